#include "keras/layers/preprocessing/normalization.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/nested_values.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// Mean and variance of all elements seen so far at each place of the kept axes.
struct Moments {
  Tensor mean;
  Tensor variance;
  double count = 0;

  /// The variance of the union, by the law of total variance.
  void add(const Moments& batch) {
    count += batch.count;
    const double weight = batch.count / count;
    const double rest = 1 - weight;
    const Tensor merged = mean * rest + batch.mean * weight;
    variance = (variance + ops::square(mean - merged)) * rest +
               (batch.variance + ops::square(batch.mean - merged)) * weight;
    mean = merged;
  }
};

std::string axes_text(const std::vector<int>& axes) {
  std::vector<std::string> texts;
  for (const int axis : axes) texts.push_back(to_text(axis));
  return "(" + join(texts, ", ") + (axes.size() == 1 ? ",)" : ")");
}

class NormalizationImpl final : public LayerImpl {
 public:
  explicit NormalizationImpl(NormalizationOptions options)
      : LayerImpl({"Normalization", options.name, options.trainable, options.dtype}),
        axis_(options.axis.value().value_or(std::vector<int>{})),
        given_mean_(std::move(options.mean)),
        given_variance_(std::move(options.variance)),
        invert_(options.invert) {
    supports_masking_ = true;
    check_given();
  }

  void build(const Shapes& input_shapes) override {
    const Shape& input = input_shapes[0];
    keep_axes(input);
    Shape kept;
    broadcast_shape_ = Shape(std::vector<std::int64_t>(static_cast<std::size_t>(input.rank()), 1));
    for (const int axis : keep_) {
      kept.push_back(input[axis]);
      broadcast_shape_[axis] = input[axis];
    }
    if (given_mean_.defined()) {
      mean_ = aligned(given_mean_);
      deviation_ = deviation(aligned(given_variance_));
      return;
    }
    adapted_mean_ = add_weight("mean", kept, {.initializer = "zeros", .trainable = false});
    adapted_variance_ = add_weight("variance", kept, {.initializer = "ones", .trainable = false});
    // Nothing reads it; Keras keeps it since older files have it.
    add_weight("count", {}, {.initializer = "zeros", .trainable = false, .dtype = DType::kInt32});
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    const Tensor input = ops::cast(x, compute_dtype());
    const Tensor mean = given_mean_.defined() ? mean_ : broadcast(adapted_mean_);
    const Tensor scale =
        given_mean_.defined() ? deviation_ : deviation(broadcast(adapted_variance_));
    return invert_ ? mean + input * scale : (input - mean) / scale;
  }

  void adapt(const AdaptData& data) {
    if (given_mean_.defined())
      throw ValueError(str("Layer \"", name(),
                           "\" (Normalization) was given `mean` and `variance`: adapt() works "
                           "only without them."));
    Moments total;
    data.for_each([&](const Tensor& batch) {
      ensure_built({batch.shape()});
      check_batch(batch.shape(), total.count == 0);
      const Moments moments = moments_of(ops::cast(batch, compute_dtype()));
      if (total.count == 0) {
        total = moments;
      } else {
        total.add(moments);
      }
      total.mean.eval();
      total.variance.eval();
    });
    adapted_mean_.assign(ops::cast(total.mean, adapted_mean_.dtype()));
    adapted_variance_.assign(ops::cast(total.variance, adapted_variance_.dtype()));
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("axis", Config::list_of(axis_));
    config.set("invert", invert_);
    config.set("mean", tensor_to_nested(given_mean_));
    config.set("variance", tensor_to_nested(given_variance_));
    return config;
  }

 private:
  void check_given() const {
    const auto text = [](const Tensor& given) {
      return given.defined() ? tensor_to_nested(given).to_string() : "None";
    };
    if (given_mean_.defined() != given_variance_.defined())
      throw ValueError(
          str("When setting values directly, both `mean` and `variance` must be set. Received: "
              "mean=",
              text(given_mean_), " and variance=", text(given_variance_)));
    if (!given_mean_.defined()) return;
    if (given_mean_.shape() != given_variance_.shape())
      throw ValueError(
          str("When setting values directly, `mean` and `variance` must have the same shape. "
              "Received: mean shape ",
              given_mean_.shape(), " and variance shape ", given_variance_.shape()));
    if (given_mean_.rank() > static_cast<int>(axis_.size()) && given_mean_.rank() > 0)
      throw ValueError(str("The rank of `mean` must be less than or equal to the number of axes (",
                           axis_.size(), "). Received: mean shape ", given_mean_.shape(),
                           " for axis ", axes_text(axis_)));
  }

  void keep_axes(const Shape& input) {
    keep_.clear();
    for (const int axis : axis_) {
      if (axis < -input.rank() || axis >= input.rank())
        throw ValueError(
            str("All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim=",
                input.rank(), ", while axis=", axes_text(axis_)));
      keep_.push_back(axis < 0 ? axis + input.rank() : axis);
    }
    std::sort(keep_.begin(), keep_.end());
    for (const int axis : keep_)
      if (input[axis] == kUnknown)
        throw ValueError(str("All `axis` values to be kept must have a known shape. Received axis=",
                             axes_text(axis_), ", inputs.shape=", input,
                             ", with unknown axis at index ", axis));
  }

  /// Given values against the kept axes from the last one on, over all that share them.
  Tensor aligned(const Tensor& given) const {
    Shape shape(std::vector<std::int64_t>(static_cast<std::size_t>(broadcast_shape_.rank()), 1));
    const auto kept = static_cast<int>(keep_.size());
    for (int i = 1; i <= given.rank(); ++i)
      shape[keep_[static_cast<std::size_t>(kept - i)]] = given.shape()[-i];
    const Tensor values = ops::cast(ops::reshape(given, shape), compute_dtype());
    return ops::broadcast_to(values, broadcast_shape_).eval();
  }

  Tensor broadcast(const Variable& adapted) const {
    return ops::cast(ops::reshape(adapted.value(), broadcast_shape_), compute_dtype());
  }

  static Tensor deviation(const Tensor& variance) {
    return ops::maximum(ops::sqrt(variance), config::epsilon());
  }

  /// The first batch is compared with what the layer was built for, the others with the first.
  void check_batch(const Shape& batch, bool is_first) const {
    const Shape& built_for = build_shapes()[0];
    bool fits = batch.rank() == built_for.rank();
    for (const int axis : keep_) fits = fits && batch[axis] == built_for[axis];
    if (fits) return;
    if (!is_first)
      throw ValueError(str("adapt() yielded a batch with incompatible shape. Expected ", built_for,
                           ", got ", batch, "."));
    throw ValueError(str("The layer was built with input_shape=", built_for,
                         ", but adapt() is being called with data with an incompatible shape, "
                         "data.shape=",
                         batch));
  }

  Moments moments_of(const Tensor& batch) const {
    std::vector<int> reduced;
    double count = 1;
    for (int axis = 0; axis < batch.rank(); ++axis) {
      if (std::find(keep_.begin(), keep_.end(), axis) != keep_.end()) continue;
      reduced.push_back(axis);
      count *= static_cast<double>(batch.shape()[axis]);
    }
    return {ops::mean(batch, {.axis = reduced}), ops::var(batch, {.axis = reduced}), count};
  }

  std::vector<int> axis_;
  Tensor given_mean_;
  Tensor given_variance_;
  bool invert_;
  std::vector<int> keep_;
  Shape broadcast_shape_;
  Tensor mean_;       ///< of those given, ready to use
  Tensor deviation_;  ///< the same
  Variable adapted_mean_;
  Variable adapted_variance_;
};

}  // namespace

Normalization::Normalization(NormalizationOptions options)
    : Layer(std::make_shared<NormalizationImpl>(std::move(options))) {}

void Normalization::adapt(const AdaptData& data) const {
  static_cast<NormalizationImpl&>(*impl_).adapt(data);
}

Normalization Normalization::from_config(const Config& config) {
  ConfigReader reader("Normalization", config);
  NormalizationOptions options;
  if (config.contains("axis")) options.axis = axes_from_config(reader.get("axis"));
  options.mean = tensor_from_nested(reader.get("mean"));
  options.variance = tensor_from_nested(reader.get("variance"));
  options.invert = reader.get("invert", false);
  return Normalization(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
