#include "keras/layers/core/einsum_quantization.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "keras/layers/core/einsum_weights.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// How a scale that an operand keeps for its axes is laid out like the product: its axes are
/// exchanged, then some of size 1 come in, then some go away.
struct ScaleLayout {
  std::vector<int> reduced;  ///< the operand's axes that the product does not have
  std::vector<int> order;
  std::vector<int> expanded;
  std::vector<int> squeezed;

  Shape laid_out(const Shape& permuted) const {
    std::vector<std::int64_t> sizes(permuted.begin(), permuted.end());
    for (const int axis : expanded) sizes.insert(sizes.begin() + axis, 1);
    for (auto axis = squeezed.rbegin(); axis != squeezed.rend(); ++axis)
      if (*axis < static_cast<int>(sizes.size())) sizes.erase(sizes.begin() + *axis);
    return Shape(sizes);
  }
};

/// Keras puts each axis that is summed over in the place of an axis of the product that the operand
/// lacks, while there are any; what is left over follows the last one and goes away. `place` is
/// where that is, handed on from operand to operand.
ScaleLayout scale_layout(const std::string& operand, const std::string& output, int& place) {
  ScaleLayout layout;
  for (std::size_t i = 0; i < operand.size(); ++i)
    if (output.find(operand[i]) == std::string::npos) layout.reduced.push_back(static_cast<int>(i));
  for (std::size_t i = 0; i < output.size(); ++i) {
    const std::size_t found = operand.find(output[i]);
    if (found == std::string::npos) {
      layout.expanded.push_back(static_cast<int>(i));
    } else {
      layout.order.push_back(static_cast<int>(found));
    }
  }
  for (const int axis : layout.reduced) {
    if (layout.expanded.empty()) {
      layout.squeezed.push_back(axis);
    } else {
      place = layout.expanded.front();
      layout.expanded.erase(layout.expanded.begin());
    }
    const int size = static_cast<int>(layout.order.size());
    const int at = std::clamp(place < 0 ? place + size : place, 0, size);
    layout.order.insert(layout.order.begin() + at, axis);
  }
  return layout;
}

KernelLayout kernel_layout(const ScaleLayout& scale, const Shape& shape) {
  KernelLayout layout{.name = "kernel", .shape = shape, .reduced = scale.reduced};
  layout.scale_axes = scale.order;
  std::int64_t rows = 1;
  Shape kept = shape, permuted;
  for (const int axis : scale.reduced) {
    rows *= shape[axis];
    kept[axis] = 1;
  }
  for (const int axis : scale.order) permuted.push_back(kept[axis]);
  layout.scale_shape = scale.laid_out(permuted);
  layout.matrix = {rows, kept.size()};
  layout.scale_follows = false;
  return layout;
}

}  // namespace

EinsumQuantization einsum_quantization(const std::string& equation, int input_rank,
                                       const Shape& kernel_shape) {
  const EinsumTerms terms = einsum_terms(equation, input_rank);
  const std::size_t last = terms.output.find(terms.kernel.back());
  int place = last == std::string::npos ? -1 : static_cast<int>(last);
  const ScaleLayout input = scale_layout(terms.input, terms.output, place);
  const ScaleLayout kernel = scale_layout(terms.kernel, terms.output, place);
  EinsumQuantization out{kernel_layout(kernel, kernel_shape), {}};
  out.product.forward = [equation](const Tensor& x, const Tensor& weights) {
    return ops::einsum(equation, {x, weights});
  };
  const std::string backward = terms.output + "," + terms.kernel + "->" + terms.input;
  out.product.gradient = [backward](const Tensor& upstream, const Tensor& weights) {
    return ops::einsum(backward, {upstream, weights});
  };
  out.product.input_axes = input.reduced;
  out.product.align = [input](const Tensor& scale) {
    const Tensor permuted = ops::transpose(scale, {.axes = input.order});
    return ops::reshape(permuted, input.laid_out(permuted.shape()));
  };
  return out;
}

}  // namespace keras::layers
