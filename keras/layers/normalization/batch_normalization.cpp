#include "keras/layers/normalization/batch_normalization.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// Keras's backend epsilon, which keeps a batch that is masked out altogether from dividing by 0.
constexpr double kEpsilon = 1e-7;

class BatchNormalizationImpl final : public LayerImpl {
 public:
  explicit BatchNormalizationImpl(BatchNormalizationOptions options)
      : LayerImpl({"BatchNormalization", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    supports_masking_ = true;
    if (options_.momentum < 0 || options_.momentum > 1)
      throw ValueError(
          str("BatchNormalization: momentum must be in [0, 1], received ", options_.momentum, "."));
  }

  void build(const Shapes& input_shapes) override {
    const Shape& shape = input_shapes[0];
    const int axis = normalize_axis("BatchNormalization", options_.axis, shape.rank());
    const std::int64_t size = shape[axis];
    if (size == kUnknown)
      throw ValueError(str("Axis ", options_.axis,
                           " of input tensor should have a defined "
                           "dimension, but the layer received an input with shape ",
                           shape, "."));
    if (options_.scale)
      gamma_ = add_weight("gamma", {size},
                          {.initializer = options_.gamma_initializer,
                           .regularizer = options_.gamma_regularizer,
                           .constraint = options_.gamma_constraint});
    if (options_.center)
      beta_ = add_weight("beta", {size},
                         {.initializer = options_.beta_initializer,
                          .regularizer = options_.beta_regularizer,
                          .constraint = options_.beta_constraint});
    moving_mean_ =
        add_weight("moving_mean", {size},
                   {.initializer = options_.moving_mean_initializer, .trainable = false});
    moving_variance_ =
        add_weight("moving_variance", {size},
                   {.initializer = options_.moving_variance_initializer, .trainable = false});
    input_spec_ = {{.ndim = shape.rank(), .axes = {{options_.axis, size}}}};
  }

  std::vector<std::string> call_parameters() const override {
    return {"inputs", "training", "mask"};
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    const int axis = normalize_axis("BatchNormalization", options_.axis, x.rank());
    ops::BatchNormalizationOptions arguments{.epsilon = options_.epsilon};
    if (beta_.defined()) arguments.offset = beta_.value();
    if (gamma_.defined()) arguments.scale = gamma_.value();
    if (!context.is_training() || !trainable()) {
      const Tensor y =
          ops::batch_normalization(ops::cast(x, variable_dtype()), moving_mean_.value(),
                                   moving_variance_.value(), axis, arguments);
      return ops::cast(y, compute_dtype());
    }
    const auto normalized =
        x.mask() ? normalize_masked(x, axis, arguments) : ops::batch_normalize(x, axis, arguments);
    move(moving_mean_, normalized.mean);
    move(moving_variance_, normalized.variance);
    return normalized.output;
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("axis", options_.axis);
    config.set("momentum", options_.momentum);
    config.set("epsilon", options_.epsilon);
    config.set("center", options_.center);
    config.set("scale", options_.scale);
    config.set("beta_initializer", options_.beta_initializer.serialize());
    config.set("gamma_initializer", options_.gamma_initializer.serialize());
    config.set("moving_mean_initializer", options_.moving_mean_initializer.serialize());
    config.set("moving_variance_initializer", options_.moving_variance_initializer.serialize());
    config.set("beta_regularizer", options_.beta_regularizer.serialize());
    config.set("gamma_regularizer", options_.gamma_regularizer.serialize());
    config.set("beta_constraint", options_.beta_constraint.serialize());
    config.set("gamma_constraint", options_.gamma_constraint.serialize());
    config.set("synchronized", false);
    return config;
  }

 private:
  /// By the mean and variance of the elements that the mask lets count.
  ops::BatchNormalized normalize_masked(const Tensor& given, int axis,
                                        const ops::BatchNormalizationOptions& arguments) const {
    const Tensor& mask = *given.mask();
    if (mask.rank() != given.rank() - 1)
      throw ValueError(
          str("The mask provided should be one dimension less than the inputs. Received: "
              "mask.shape=",
              mask.shape(), ", inputs.shape=", given.shape()));
    const Tensor x = ops::cast(given, variable_dtype());
    const Tensor counts =
        ops::broadcast_to(ops::expand_dims(ops::cast(mask, DType::kBool), {.axis = -1}), x.shape());
    std::vector<int> others;
    for (int i = 0; i < x.rank(); ++i)
      if (i != axis) others.push_back(i);
    const ops::ReduceOptions over{.axis = others, .keepdims = true};
    const Tensor none = ops::zeros_like(x);
    const Tensor total = ops::sum(ops::cast(counts, x.dtype()), over) + kEpsilon;
    const Tensor mean = ops::sum(ops::where(counts, x, none), over) / total;
    const Tensor apart = ops::where(counts, x - mean, none);
    const Tensor variance = ops::sum(ops::square(apart), over) / total;
    const Shape vector{x.shape()[axis]};
    ops::BatchNormalized out{{}, ops::reshape(mean, vector), ops::reshape(variance, vector)};
    out.output = ops::cast(ops::batch_normalization(x, out.mean, out.variance, axis, arguments),
                           compute_dtype());
    return out;
  }

  void move(const Variable& average, const Tensor& batch) const {
    const Tensor now = ops::cast(batch, average.dtype());
    average.assign(average.value() * options_.momentum + now * (1 - options_.momentum));
  }

  BatchNormalizationOptions options_;
  Variable gamma_;
  Variable beta_;
  Variable moving_mean_;
  Variable moving_variance_;
};

int axis_from(const Config& axis) {
  // Keras 2 wrote a list of one.
  if (axis.is_null()) return -1;
  return static_cast<int>((axis.is_list() ? axis.at(std::size_t{0}) : axis).as_int());
}

}  // namespace

BatchNormalization::BatchNormalization(BatchNormalizationOptions options)
    : Layer(std::make_shared<BatchNormalizationImpl>(std::move(options))) {}

BatchNormalization BatchNormalization::from_config(const Config& config) {
  ConfigReader reader("BatchNormalization", config);
  BatchNormalizationOptions o;
  o.axis = axis_from(reader.get("axis"));
  o.momentum = reader.get("momentum", 0.99);
  o.epsilon = reader.get("epsilon", 1e-3);
  o.center = reader.get("center", true);
  o.scale = reader.get("scale", true);
  const auto initializer = [&](const char* key, initializers::Initializer& into) {
    if (const Config& given = reader.get(key); !given.is_null())
      into = initializers::Initializer::deserialize(given);
  };
  initializer("beta_initializer", o.beta_initializer);
  initializer("gamma_initializer", o.gamma_initializer);
  initializer("moving_mean_initializer", o.moving_mean_initializer);
  initializer("moving_variance_initializer", o.moving_variance_initializer);
  o.beta_regularizer = regularizers::Regularizer::deserialize(reader.get("beta_regularizer"));
  o.gamma_regularizer = regularizers::Regularizer::deserialize(reader.get("gamma_regularizer"));
  o.beta_constraint = constraints::Constraint::deserialize(reader.get("beta_constraint"));
  o.gamma_constraint = constraints::Constraint::deserialize(reader.get("gamma_constraint"));
  reader.expect("synchronized", false);
  reader.expect("renorm", false);
  reader.expect("renorm_clipping", nullptr);
  reader.expect("renorm_momentum", 0.99);
  o.name = reader.name();
  o.trainable = reader.trainable();
  o.dtype = reader.dtype();
  reader.finish();
  return BatchNormalization(std::move(o));
}

}  // namespace keras::layers
