#include "keras/layers/normalization/unit_normalization.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"

namespace keras::layers {
namespace {

class UnitNormalizationImpl final : public LayerImpl {
 public:
  explicit UnitNormalizationImpl(const UnitNormalizationOptions& options)
      : LayerImpl({"UnitNormalization", options.name, options.trainable, options.dtype}),
        axis_(options.axis) {
    if (axis_.all() || axis_.value()->empty())
      throw ValueError(
          "Invalid value for `axis` argument: expected an int or a list/tuple of ints. Received: "
          "axis=None");
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    for (const int axis : *axis_.value())
      if (axis < -x.rank() || axis >= x.rank())
        throw ValueError(str("Axis ", axes_to_config(axis_).to_string(),
                             " is out of bounds for input shape ", x.shape(), "."));
    return ops::normalize(x, {.axis = axis_, .order = 2, .epsilon = 1e-12});
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

UnitNormalization::UnitNormalization(UnitNormalizationOptions options)
    : Layer(std::make_shared<UnitNormalizationImpl>(options)) {}

UnitNormalization UnitNormalization::from_config(const Config& config) {
  ConfigReader reader("UnitNormalization", config);
  UnitNormalizationOptions options;
  if (const Config& axis = reader.get("axis"); !axis.is_null())
    options.axis = axes_from_config(axis);
  return UnitNormalization(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
