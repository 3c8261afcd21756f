#include "keras/layers/core/dense.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/serialization.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class DenseImpl final : public LayerImpl {
 public:
  DenseImpl(int units, DenseOptions options)
      : LayerImpl({"Dense", options.name, options.trainable, options.dtype}),
        units_(units),
        options_(std::move(options)) {
    if (units <= 0)
      throw ValueError(
          str("Received an invalid value for `units`, expected a positive integer. "
              "Received: units=",
              units));
    supports_masking_ = true;
    activity_regularizer_ = options_.activity_regularizer;
    input_spec_ = {{.min_ndim = 2}};
  }

  void build(const Shapes& input_shapes) override {
    const std::int64_t size = input_shapes[0][-1];
    if (size == kUnknown)
      throw ValueError(
          str("The last dimension of the inputs to a Dense layer should be defined. "
              "Found None. Full input shape received: ",
              input_shapes[0]));
    kernel_ = add_weight("kernel", {size, units_},
                         {.initializer = options_.kernel_initializer,
                          .regularizer = options_.kernel_regularizer,
                          .constraint = options_.kernel_constraint});
    if (options_.use_bias)
      bias_ = add_weight("bias", {units_},
                         {.initializer = options_.bias_initializer,
                          .regularizer = options_.bias_regularizer,
                          .constraint = options_.bias_constraint});
    input_spec_ = {{.min_ndim = 2, .axes = {{-1, size}}}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    Tensor y = ops::matmul(x, computed(kernel_));
    if (bias_.defined()) y = y + computed(bias_);
    return options_.activation(y);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("units", units_);
    config.set("activation", options_.activation.config());
    config.set("use_bias", options_.use_bias);
    config.set("kernel_initializer", options_.kernel_initializer.serialize());
    config.set("bias_initializer", options_.bias_initializer.serialize());
    config.set("kernel_regularizer", options_.kernel_regularizer.serialize());
    config.set("bias_regularizer", options_.bias_regularizer.serialize());
    config.set("activity_regularizer", options_.activity_regularizer.serialize());
    config.set("kernel_constraint", options_.kernel_constraint.serialize());
    config.set("bias_constraint", options_.bias_constraint.serialize());
    return config;
  }

 private:
  std::int64_t units_;
  DenseOptions options_;
  Variable kernel_;
  Variable bias_;
};

}  // namespace

Dense::Dense(int units, DenseOptions options)
    : Layer(std::make_shared<DenseImpl>(units, std::move(options))) {}

Dense Dense::from_config(const Config& config) {
  ConfigReader reader("Dense", config);
  const int units = reader.require_int("units");
  DenseOptions options;
  options.activation = activation_from_config(reader.get("activation"));
  options.use_bias = reader.get("use_bias", true);
  options.kernel_initializer =
      initializers::Initializer::deserialize(reader.get("kernel_initializer"));
  options.bias_initializer = initializers::Initializer::deserialize(reader.get("bias_initializer"));
  options.kernel_regularizer =
      regularizers::Regularizer::deserialize(reader.get("kernel_regularizer"));
  options.bias_regularizer = regularizers::Regularizer::deserialize(reader.get("bias_regularizer"));
  options.activity_regularizer =
      regularizers::Regularizer::deserialize(reader.get("activity_regularizer"));
  options.kernel_constraint = constraints::Constraint::deserialize(reader.get("kernel_constraint"));
  options.bias_constraint = constraints::Constraint::deserialize(reader.get("bias_constraint"));
  reader.expect("quantization_config", nullptr);
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return Dense(units, std::move(options));
}

}  // namespace keras::layers
