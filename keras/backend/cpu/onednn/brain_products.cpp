#include "keras/backend/cpu/onednn/brain_products.h"

#include <dnnl.hpp>

namespace keras::backend::cpu {
namespace {

bool has(dnnl::cpu_isa instructions) {
  const auto present = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  const auto wanted = static_cast<unsigned>(instructions);
  return (present & wanted) == wanted;
}

}  // namespace

bool has_brain_products() { return has(dnnl::cpu_isa::avx512_core_bf16); }
bool has_brain_tiles() { return has(dnnl::cpu_isa::avx512_core_amx); }

}  // namespace keras::backend::cpu
