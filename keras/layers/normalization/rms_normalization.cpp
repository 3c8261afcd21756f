#include "keras/layers/normalization/rms_normalization.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"

namespace keras::layers {
namespace {

class RMSNormalizationImpl final : public LayerImpl {
 public:
  explicit RMSNormalizationImpl(const RMSNormalizationOptions& options)
      : LayerImpl({"RMSNormalization", options.name, options.trainable, options.dtype}),
        epsilon_(options.epsilon) {
    if (options.axis.all() || options.axis.value()->empty())
      throw ValueError("RMSNormalization: `axis` must be an int or a list of ints, received None.");
    axes_ = *options.axis.value();
  }

  void build(const Shapes& input_shapes) override {
    const Shape& shape = input_shapes[0];
    std::sort(axes_.begin(), axes_.end());
    normalize_axes("RMSNormalization", axes_, shape.rank());
    Shape sizes;
    for (const int axis : axes_) sizes.push_back(shape[axis]);
    if (!sizes.is_static())
      throw ValueError(
          str("The normalized axes of the inputs to a RMSNormalization layer should be defined. "
              "Full input shape received: ",
              shape));
    scale_ = add_weight("scale", sizes, {.initializer = "ones"});
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return ops::rms_normalization(x,
                                  {.scale = computed(scale_), .axis = axes_, .epsilon = epsilon_});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    // Keras makes a list of a single axis when it builds the layer.
    config.set("axis", axes_.size() == 1 && !built() ? Config(axes_[0]) : Config::list_of(axes_));
    config.set("epsilon", epsilon_);
    return config;
  }

 private:
  std::vector<int> axes_;
  double epsilon_;
  Variable scale_;
};

}  // namespace

RMSNormalization::RMSNormalization(RMSNormalizationOptions options)
    : Layer(std::make_shared<RMSNormalizationImpl>(options)) {}

RMSNormalization RMSNormalization::from_config(const Config& config) {
  ConfigReader reader("RMSNormalization", config);
  RMSNormalizationOptions options;
  if (const Config& axis = reader.get("axis"); !axis.is_null())
    options.axis = axes_from_config(axis);
  options.epsilon = reader.get("epsilon", 1e-6);
  return RMSNormalization(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
