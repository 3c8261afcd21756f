#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/numpy.h"

namespace keras::ops {

Tensor multi_hot(const Tensor& x, std::int64_t num_classes, OneHotOptions options) {
  const Config config{{"num_classes", num_classes},
                      {"axis", options.axis},
                      {"dtype", dtype_name(options.dtype)},
                      {"sparse", false}};
  return record_unary("MultiHot", x, config, [=](const Tensor& in) {
    const Tensor hot = one_hot(cast(in, DType::kInt32), num_classes, options);
    return max(hot, {.axis = in.rank() > 1 ? 1 : 0});
  });
}

}  // namespace keras::ops
