#include "keras/backend/cpu/convolution_problem.h"

#include <algorithm>

namespace keras::backend::cpu {

ConvolutionProblem convolution_problem(const ops::ConvAttrs& attrs) {
  return {attrs.strides, attrs.pad_low, attrs.pad_high, attrs.dilation, attrs.groups};
}

ConvolutionProblem gradient_problem(const engine::KernelCall& call) {
  return convolution_problem(call.attrs.as<ops::ConvGradientAttrs>().conv);
}

bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted) {
  return std::all_of(values.begin(), values.end(),
                     [wanted](auto value) { return value == wanted; });
}

}  // namespace keras::backend::cpu
