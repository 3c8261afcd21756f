#include "keras/layers/core/layer_scale.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializers.h"
#include "keras/layers/base_options.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"
#include "keras/utils/naming.h"

namespace keras::layers {
namespace {

class LayerScaleImpl final : public LayerImpl {
 public:
  LayerScaleImpl(double init_values, int projection_dim, const LayerScaleOptions& options)
      : LayerImpl({"LayerScale", options.name, options.trainable, options.dtype}),
        init_values_(init_values),
        projection_dim_(projection_dim) {
    if (projection_dim <= 0)
      throw ValueError(
          str("LayerScale \"", name(),
              "\": `projection_dim` must be positive. Received: projection_dim=", projection_dim));
  }

  void build(const Shapes& input_shapes) override {
    const Shape& shape = input_shapes[0];
    const std::int64_t channels = shape.rank() > 0 ? shape[-1] : 1;
    if (channels != kUnknown && channels != 1 && projection_dim_ != 1 &&
        channels != projection_dim_)
      throw ValueError(str("LayerScale \"", name(), "\": projection_dim=", projection_dim_,
                           " does not fit the last axis of the input's shape ", shape));
    scale_ = add_weight(unique_name("variable"), {projection_dim_},
                        {.initializer = initializers::Constant(init_values_)});
  }

  Tensor call(const Tensor& x, const CallContext&) override { return x * computed(scale_); }

  std::string module() const override { return "keras.src.applications.convnext"; }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("init_values", init_values_);
    config.set("projection_dim", projection_dim_);
    return config;
  }

 private:
  double init_values_;
  int projection_dim_;
  Variable scale_;
};

}  // namespace

LayerScale::LayerScale(double init_values, int projection_dim, LayerScaleOptions options)
    : Layer(std::make_shared<LayerScaleImpl>(init_values, projection_dim, options)) {}

LayerScale LayerScale::from_config(const Config& config) {
  ConfigReader reader("LayerScale", config);
  const double init_values = reader.require_double("init_values");
  const int projection_dim = reader.require_int("projection_dim");
  return LayerScale(init_values, projection_dim, finish_options(reader, LayerScaleOptions{}));
}

}  // namespace keras::layers
