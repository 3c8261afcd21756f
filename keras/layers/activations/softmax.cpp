#include "keras/layers/activations/softmax.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

void check_mask(const Shape& mask, const Shape& inputs) {
  if (mask.rank() > inputs.rank())
    throw ShapeError(
        str("The `mask` must be broadcastable to `inputs` and must not have more dimensions. "
            "Received: inputs.shape=",
            inputs, ", mask.shape=", mask));
  for (int axis = -1; axis >= -mask.rank(); --axis)
    if (mask[axis] != 1 && mask[axis] != inputs[axis])
      throw ShapeError(
          str("The `mask` must be broadcastable to `inputs`. Each mask dimension must be 1 or "
              "match the corresponding input dimension. Received: inputs.shape=",
              inputs, ", mask.shape=", mask));
}

class SoftmaxImpl final : public LayerImpl {
 public:
  explicit SoftmaxImpl(SoftmaxOptions options)
      : LayerImpl({"Softmax", options.name, options.trainable, options.dtype}),
        axis_(std::move(options.axis)) {
    if (axis_.all() || axis_.value()->empty())
      throw ValueError("Softmax: `axis` must be an axis or a list of axes. Received: axis=None");
    supports_masking_ = true;
  }

  std::vector<std::string> call_parameters() const override { return {"inputs", "mask"}; }

  Tensor call(const Tensor& x, const CallContext&) override {
    if (!x.mask()) return ops::softmax(x, {.axis = axis_});
    Tensor mask = *x.mask();
    check_mask(mask.shape(), x.shape());
    if (mask.dtype() != DType::kBool) mask = ops::greater(mask, 0.5);
    // Large enough to vanish, yet not infinite: rows without anything that counts have no NaN.
    const double hidden = x.dtype() == DType::kFloat16 ? -3e4 : -1e9;
    const Tensor y = ops::softmax(ops::where(mask, x, hidden), {.axis = axis_});
    return ops::where(mask, y, 0.0);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("axis", axes_to_config(axis_));
    return config;
  }

 private:
  Axes axis_;
};

}  // namespace

Softmax::Softmax(SoftmaxOptions options)
    : Layer(std::make_shared<SoftmaxImpl>(std::move(options))) {}

Softmax Softmax::from_config(const Config& config) {
  ConfigReader reader("Softmax", config);
  SoftmaxOptions options;
  if (const Config& axis = reader.get("axis"); !axis.is_null())
    options.axis = axes_from_config(axis);
  return Softmax(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
