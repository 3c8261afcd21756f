#include "keras/preprocessing/image/simd/warp_kernels.h"

#include "keras/backend/cpu/simd/instruction_set.h"

namespace keras::preprocessing::image::simd {

namespace baseline {
extern const WarpTable warp_table;
}
#if defined(__x86_64__)
namespace avx2 {
extern const WarpTable warp_table;
}
namespace avx512 {
extern const WarpTable warp_table;
}
#endif

namespace {

std::vector<const WarpTable*> find_available() {
  std::vector<const WarpTable*> found = {&baseline::warp_table};
#if defined(__x86_64__)
  using backend::cpu::InstructionSet;
  const InstructionSet set = backend::cpu::instruction_set();
  if (set >= InstructionSet::kAvx2) found.push_back(&avx2::warp_table);
  if (set >= InstructionSet::kAvx512) found.push_back(&avx512::warp_table);
#endif
  return found;
}

}  // namespace

const std::vector<const WarpTable*>& available_warp_tables() {
  static const std::vector<const WarpTable*> found = find_available();
  return found;
}

const WarpTable& warp_table() {
  static const WarpTable& widest = *available_warp_tables().back();
  return widest;
}

}  // namespace keras::preprocessing::image::simd
