#include "keras/layers/normalization/batch_normalization.h"

#include <cmath>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// Keras's backend epsilon, which keeps a batch that is masked out altogether from dividing by 0.
constexpr double kEpsilon = 1e-7;

void check_clipping(const RenormClipping& ends) {
  if (ends.rmax && ends.rmin && *ends.rmax < *ends.rmin)
    throw ValueError(
        str("rmax should be greater than rmin in the `renorm_clipping` argument. "
            "Received: rmax=",
            *ends.rmax, ", rmin=", *ends.rmin, "."));
  if (ends.dmax && *ends.dmax < 0)
    throw ValueError(
        str("dmax should be non-negative in the `renorm_clipping` argument. Received: dmax=",
            *ends.dmax, "."));
}

Config clipping_to_config(const std::optional<RenormClipping>& ends) {
  if (!ends) return nullptr;
  Config config = Config::dict();
  if (ends->rmax) config.set("rmax", *ends->rmax);
  if (ends->rmin) config.set("rmin", *ends->rmin);
  if (ends->dmax) config.set("dmax", *ends->dmax);
  return config;
}

std::optional<RenormClipping> clipping_from_config(const Config& config) {
  if (config.is_null()) return {};
  RenormClipping ends;
  for (const auto& [key, value] : config.as_dict()) {
    std::optional<double>* end = key == "rmax"   ? &ends.rmax
                                 : key == "rmin" ? &ends.rmin
                                 : key == "dmax" ? &ends.dmax
                                                 : nullptr;
    if (!end)
      throw ValueError(str("Received invalid keys for `renorm_clipping` argument: ", config,
                           ". Supported values: ['rmax', 'rmin', 'dmax']."));
    if (!value.is_null()) *end = value.as_double();
  }
  return ends;
}

class BatchNormalizationImpl final : public LayerImpl {
 public:
  explicit BatchNormalizationImpl(BatchNormalizationOptions options)
      : LayerImpl({"BatchNormalization", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    supports_masking_ = true;
    if (options_.momentum < 0 || options_.momentum > 1)
      throw ValueError(
          str("BatchNormalization: momentum must be in [0, 1], received ", options_.momentum, "."));
    if (options_.renorm) {
      if (!options_.renorm_clipping) options_.renorm_clipping.emplace();
      check_clipping(*options_.renorm_clipping);
    }
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
    if (options_.renorm) add_renorm_weights(size);
    input_spec_ = {{.ndim = shape.rank(), .axes = {{options_.axis, size}}}};
  }

  std::vector<std::string> call_parameters() const override {
    return {"inputs", "training", "mask"};
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    const int axis = normalize_axis("BatchNormalization", options_.axis, x.rank());
    ops::BatchNormalizationOptions arguments{.epsilon = options_.epsilon};
    if (beta_.defined()) arguments.offset = wide(beta_);
    if (gamma_.defined()) arguments.scale = wide(gamma_);
    if (!context.is_training() || !trainable()) {
      const Tensor y = ops::batch_normalization(ops::cast(x, wide_dtype()), wide(moving_mean_),
                                                wide(moving_variance_), axis, arguments);
      return ops::cast(y, compute_dtype());
    }
    if (options_.renorm) return renormalize(x, axis);
    const auto normalized =
        x.mask() ? normalize_masked(x, axis, arguments) : ops::batch_normalize(x, axis, arguments);
    move(moving_mean_, normalized.mean, options_.momentum);
    move(moving_variance_, normalized.variance, options_.momentum);
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
    config.set("renorm", options_.renorm);
    config.set("renorm_clipping", clipping_to_config(options_.renorm_clipping));
    config.set("renorm_momentum", options_.renorm_momentum);
    return config;
  }

 private:
  struct Moments {
    Tensor mean;
    Tensor variance;
  };

  /// That of all computations: squares would leave the range of 16 bits.
  DType wide_dtype() const {
    return compute_dtype() == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
  }
  Tensor wide(const Variable& weight) const { return ops::cast(weight.value(), wide_dtype()); }

  static std::vector<int> all_but(int axis, int rank) {
    std::vector<int> others;
    for (int i = 0; i < rank; ++i)
      if (i != axis) others.push_back(i);
    return others;
  }

  /// Of the elements that the mask lets count.
  static Moments masked_moments(const Tensor& x, const Tensor& mask, int axis) {
    if (mask.rank() != x.rank() - 1)
      throw ValueError(
          str("The mask provided should be one dimension less than the inputs. Received: "
              "mask.shape=",
              mask.shape(), ", inputs.shape=", x.shape()));
    const Tensor counts =
        ops::broadcast_to(ops::expand_dims(ops::cast(mask, DType::kBool), {.axis = -1}), x.shape());
    const ops::ReduceOptions over{.axis = all_but(axis, x.rank()), .keepdims = true};
    const Tensor none = ops::zeros_like(x);
    const Tensor total = ops::sum(ops::cast(counts, x.dtype()), over) + kEpsilon;
    const Tensor mean = ops::sum(ops::where(counts, x, none), over) / total;
    const Tensor apart = ops::where(counts, x - mean, none);
    const Tensor variance = ops::sum(ops::square(apart), over) / total;
    const Shape vector{x.shape()[axis]};
    return {ops::reshape(mean, vector), ops::reshape(variance, vector)};
  }

  /// By the mean and variance of the elements that the mask lets count.
  ops::BatchNormalized normalize_masked(const Tensor& given, int axis,
                                        const ops::BatchNormalizationOptions& arguments) const {
    const Tensor x = ops::cast(given, wide_dtype());
    const Moments batch = masked_moments(x, *given.mask(), axis);
    ops::BatchNormalized out{{}, batch.mean, batch.variance};
    out.output = ops::cast(ops::batch_normalization(x, out.mean, out.variance, axis, arguments),
                           compute_dtype());
    return out;
  }

  /// The weights that Keras adds where the slow averages are of standard deviations.
  void add_renorm_weights(std::int64_t size) {
    const auto add = [&](const char* name, const Tensor& value) {
      const Variable weight =
          add_weight(name, {size}, {.initializer = "zeros", .trainable = false});
      weight.assign(value);
      return weight;
    };
    moving_stddev_ = add("moving_stddev", ops::sqrt(moving_variance_.value()));
    renorm_mean_ = add("renorm_mean", moving_mean_.value());
    renorm_stddev_ = add("renorm_stddev", moving_stddev_.value());
  }

  /// (x - mean) / stddev · r + d, where r and d, constants to the gradient, lead from the batch's
  /// moments to the slow ones.
  Tensor renormalize(const Tensor& given, int axis) const {
    const Tensor x = ops::cast(given, wide_dtype());
    const ops::ReduceOptions over{.axis = all_but(axis, x.rank())};
    const Moments batch = given.mask() ? masked_moments(x, *given.mask(), axis)
                                       : Moments{ops::mean(x, over), ops::var(x, over)};
    const Tensor stddev = ops::sqrt(batch.variance + options_.epsilon);
    // Nothing is divided by 0 in the first steps.
    const Tensor slow = ops::maximum(wide(renorm_stddev_), std::sqrt(options_.epsilon));
    const RenormClipping& ends = *options_.renorm_clipping;
    Tensor r = stddev / slow;
    Tensor d = (batch.mean - wide(renorm_mean_)) / slow;
    if (ends.rmin) r = ops::maximum(r, *ends.rmin);
    if (ends.rmax) r = ops::minimum(r, *ends.rmax);
    if (ends.dmax) d = ops::clip(d, -*ends.dmax, *ends.dmax);
    Tensor scale = ops::stop_gradient(r), offset = ops::stop_gradient(d);
    if (gamma_.defined()) {
      scale = scale * wide(gamma_);
      offset = offset * wide(gamma_);
    }
    if (beta_.defined()) offset = offset + wide(beta_);
    move_slow_averages(batch.mean, stddev);
    return ops::cast(
        ops::batch_normalization(x, batch.mean, batch.variance, axis,
                                 {.offset = offset, .scale = scale, .epsilon = options_.epsilon}),
        compute_dtype());
  }

  void move_slow_averages(const Tensor& mean, const Tensor& stddev) const {
    move(renorm_mean_, mean, options_.renorm_momentum);
    move(renorm_stddev_, stddev, options_.renorm_momentum);
    move(moving_mean_, mean, options_.momentum);
    move(moving_stddev_, stddev, options_.momentum);
    assign(moving_variance_, ops::relu(ops::square(wide(moving_stddev_)) - options_.epsilon));
  }

  void move(const Variable& average, const Tensor& batch, double momentum) const {
    assign(average, wide(average) * momentum + ops::cast(batch, wide_dtype()) * (1 - momentum));
  }
  static void assign(const Variable& weight, const Tensor& value) {
    weight.assign(ops::cast(value, weight.dtype()));
  }

  BatchNormalizationOptions options_;
  Variable gamma_;
  Variable beta_;
  Variable moving_mean_;
  Variable moving_variance_;
  Variable moving_stddev_;
  Variable renorm_mean_;
  Variable renorm_stddev_;
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
  o.renorm = reader.get("renorm", false);
  o.renorm_clipping = clipping_from_config(reader.get("renorm_clipping"));
  o.renorm_momentum = reader.get("renorm_momentum", 0.99);
  o.name = reader.name();
  o.trainable = reader.trainable();
  o.dtype = reader.dtype();
  reader.finish();
  return BatchNormalization(std::move(o));
}

}  // namespace keras::layers
