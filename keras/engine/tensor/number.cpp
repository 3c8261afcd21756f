#include "keras/engine/tensor/number.h"

#include <cstring>
#include <utility>

#include "keras/engine/graph/node.h"

namespace keras::engine {
namespace {

/// The float that kernels read, and behind it what it was rounded from.
struct NumberBytes {
  float rounded;
  alignas(8) double exact;
};

}  // namespace

Tensor make_number(double value) {
  NumberBytes number = {};
  number.rounded = static_cast<float>(value);
  number.exact = value;
  return make_constant({{}, DType::kFloat32},
                       Storage::copy_of(std::as_bytes(std::span(&number, 1))), true);
}

std::optional<double> exact_number(const Tensor& x) {
  const Node& node = *x.node();
  if (node.kind != NodeKind::kConstant || !node.weak || x.dtype() != DType::kFloat32) return {};
  if (node.values.empty() || node.values[0].size() < sizeof(NumberBytes)) return {};
  NumberBytes number;
  std::memcpy(&number, node.values[0].data(), sizeof number);
  return number.exact;
}

}  // namespace keras::engine
