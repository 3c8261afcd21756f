#include "keras/losses/losses.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/function_loss.h"

namespace keras::losses {
namespace {

template <typename Options>
LossOptions common(const Options& options) {
  return {.reduction = options.reduction, .name = options.name, .dtype = options.dtype};
}

Config axes_config(const Axes& axes) {
  if (axes.all()) return {};
  if (axes.value()->size() == 1) return axes.value()->front();
  return Config::list_of(*axes.value());
}

Config ignore_class_config(const std::optional<int>& ignore_class) {
  if (!ignore_class) return {};
  return *ignore_class;
}

// Python's Keras forgets the following arguments in its configs; they are written only where they
// matter, and it reads them.
Config delta_config(double delta) {
  if (delta == 1.0) return Config::dict();
  return {{"delta", delta}};
}
Config axis_config(int axis) {
  if (axis == -1) return Config::dict();
  return {{"axis", axis}};
}

template <typename Options>
Config crossentropy_config(const Options& options) {
  return {{"from_logits", options.from_logits},
          {"label_smoothing", options.label_smoothing},
          {"axis", options.axis}};
}

CrossentropyOptions crossentropy_arguments(const auto& options) {
  return {.from_logits = options.from_logits,
          .label_smoothing = options.label_smoothing,
          .axis = options.axis};
}

double checked_q(double q) {
  if (q > 0 && q < 1) return q;
  throw ValueError(str("q must be in the interval (0, 1). Received: q=", q));
}

}  // namespace

MeanSquaredError::MeanSquaredError(LossOptions options)
    : Loss(function_loss("MeanSquaredError", "mean_squared_error", std::move(options),
                         mean_squared_error)) {}
MeanAbsoluteError::MeanAbsoluteError(LossOptions options)
    : Loss(function_loss("MeanAbsoluteError", "mean_absolute_error", std::move(options),
                         mean_absolute_error)) {}
MeanAbsolutePercentageError::MeanAbsolutePercentageError(LossOptions options)
    : Loss(function_loss("MeanAbsolutePercentageError", "mean_absolute_percentage_error",
                         std::move(options), mean_absolute_percentage_error)) {}
MeanSquaredLogarithmicError::MeanSquaredLogarithmicError(LossOptions options)
    : Loss(function_loss("MeanSquaredLogarithmicError", "mean_squared_logarithmic_error",
                         std::move(options), mean_squared_logarithmic_error)) {}
LogCosh::LogCosh(LossOptions options)
    : Loss(function_loss("LogCosh", "log_cosh", std::move(options), log_cosh)) {}
Hinge::Hinge(LossOptions options)
    : Loss(function_loss("Hinge", "hinge", std::move(options), hinge)) {}
SquaredHinge::SquaredHinge(LossOptions options)
    : Loss(function_loss("SquaredHinge", "squared_hinge", std::move(options), squared_hinge)) {}
CategoricalHinge::CategoricalHinge(LossOptions options)
    : Loss(function_loss("CategoricalHinge", "categorical_hinge", std::move(options),
                         categorical_hinge)) {}
KLDivergence::KLDivergence(LossOptions options)
    : Loss(function_loss("KLDivergence", "kl_divergence", std::move(options), kl_divergence)) {}
Poisson::Poisson(LossOptions options)
    : Loss(function_loss("Poisson", "poisson", std::move(options), poisson)) {}
CTC::CTC(LossOptions options) : Loss(function_loss("CTC", "ctc", std::move(options), ctc)) {}

CosineSimilarity::CosineSimilarity(CosineSimilarityOptions options)
    : Loss(function_loss(
          "CosineSimilarity", "cosine_similarity", common(options),
          [axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
            return cosine_similarity(y_true, y_pred, axis);
          },
          axis_config(options.axis))) {}

Huber::Huber(HuberOptions options)
    : Loss(function_loss(
          "Huber", "huber_loss", common(options),
          [delta = options.delta](const Tensor& y_true, const Tensor& y_pred) {
            return huber(y_true, y_pred, delta);
          },
          delta_config(options.delta))) {}

BinaryCrossentropy::BinaryCrossentropy(BinaryCrossentropyOptions options)
    : Loss(function_loss(
          "BinaryCrossentropy", "binary_crossentropy", common(options),
          [arguments = crossentropy_arguments(options)](const Tensor& y_true,
                                                        const Tensor& y_pred) {
            return binary_crossentropy(y_true, y_pred, arguments);
          },
          crossentropy_config(options))) {}

CategoricalCrossentropy::CategoricalCrossentropy(CategoricalCrossentropyOptions options)
    : Loss(function_loss(
          "CategoricalCrossentropy", "categorical_crossentropy", common(options),
          [arguments = crossentropy_arguments(options)](const Tensor& y_true,
                                                        const Tensor& y_pred) {
            return categorical_crossentropy(y_true, y_pred, arguments);
          },
          crossentropy_config(options))) {}

namespace {

std::shared_ptr<const LossImpl> make_binary_focal(const BinaryFocalCrossentropyOptions& options) {
  const BinaryFocalCrossentropyFunctionOptions arguments{
      .apply_class_balancing = options.apply_class_balancing,
      .alpha = options.alpha,
      .gamma = options.gamma,
      .from_logits = options.from_logits,
      .label_smoothing = options.label_smoothing,
      .axis = options.axis};
  Config config = crossentropy_config(options);
  config.set("apply_class_balancing", options.apply_class_balancing);
  config.set("alpha", options.alpha);
  config.set("gamma", options.gamma);
  return function_loss(
      "BinaryFocalCrossentropy", "binary_focal_crossentropy", common(options),
      [arguments](const Tensor& y_true, const Tensor& y_pred) {
        return binary_focal_crossentropy(y_true, y_pred, arguments);
      },
      std::move(config));
}

std::shared_ptr<const LossImpl> make_categorical_focal(
    const CategoricalFocalCrossentropyOptions& options) {
  const CategoricalFocalCrossentropyFunctionOptions arguments{
      .alpha = options.alpha,
      .gamma = options.gamma,
      .from_logits = options.from_logits,
      .label_smoothing = options.label_smoothing,
      .axis = options.axis};
  Config config = crossentropy_config(options);
  config.set("alpha", options.alpha);
  config.set("gamma", options.gamma);
  return function_loss(
      "CategoricalFocalCrossentropy", "categorical_focal_crossentropy", common(options),
      [arguments](const Tensor& y_true, const Tensor& y_pred) {
        return categorical_focal_crossentropy(y_true, y_pred, arguments);
      },
      std::move(config));
}

std::shared_ptr<const LossImpl> make_sparse(const SparseCategoricalCrossentropyOptions& options) {
  const SparseCategoricalCrossentropyFunctionOptions arguments{.from_logits = options.from_logits,
                                                               .ignore_class = options.ignore_class,
                                                               .axis = options.axis};
  Config config{{"from_logits", options.from_logits},
                {"ignore_class", ignore_class_config(options.ignore_class)}};
  if (options.axis != -1) config.set("axis", options.axis);
  return function_loss(
      "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", common(options),
      [arguments](const Tensor& y_true, const Tensor& y_pred) {
        return sparse_categorical_crossentropy(y_true, y_pred, arguments);
      },
      std::move(config));
}

std::shared_ptr<const LossImpl> make_tversky(const TverskyOptions& options) {
  const TverskyFunctionOptions arguments{
      .alpha = options.alpha, .beta = options.beta, .axis = options.axis};
  return function_loss(
      "Tversky", "tversky", common(options),
      [arguments](const Tensor& y_true, const Tensor& y_pred) {
        return tversky(y_true, y_pred, arguments);
      },
      {{"alpha", options.alpha}, {"beta", options.beta}, {"axis", axes_config(options.axis)}});
}

std::shared_ptr<const LossImpl> make_circle(const CircleOptions& options) {
  const CircleFunctionOptions arguments{
      .remove_diagonal = options.remove_diagonal, .gamma = options.gamma, .margin = options.margin};
  return function_loss("Circle", "circle", common(options),
                       [arguments](const Tensor& y_true, const Tensor& y_pred) {
                         return circle(y_true, y_pred, arguments);
                       },
                       {{"gamma", options.gamma},
                        {"margin", options.margin},
                        {"remove_diagonal", options.remove_diagonal}});
}

}  // namespace

BinaryFocalCrossentropy::BinaryFocalCrossentropy(BinaryFocalCrossentropyOptions options)
    : Loss(make_binary_focal(options)) {}
CategoricalFocalCrossentropy::CategoricalFocalCrossentropy(
    CategoricalFocalCrossentropyOptions options)
    : Loss(make_categorical_focal(options)) {}
SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(
    SparseCategoricalCrossentropyOptions options)
    : Loss(make_sparse(options)) {}
CategoricalGeneralizedCrossEntropy::CategoricalGeneralizedCrossEntropy(
    CategoricalGeneralizedCrossEntropyOptions options)
    : Loss(function_loss("CategoricalGeneralizedCrossEntropy",
                         "categorical_generalized_cross_entropy", common(options),
                         [q = checked_q(options.q)](const Tensor& y_true, const Tensor& y_pred) {
                           return categorical_generalized_cross_entropy(y_true, y_pred, q);
                         },
                         {{"q", options.q}})) {}
Dice::Dice(DiceOptions options)
    : Loss(function_loss("Dice", "dice", common(options),
                         [axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
                           return dice(y_true, y_pred, axis);
                         },
                         {{"axis", axes_config(options.axis)}})) {}
Tversky::Tversky(TverskyOptions options) : Loss(make_tversky(options)) {}
Circle::Circle(CircleOptions options) : Loss(make_circle(options)) {}

}  // namespace keras::losses
