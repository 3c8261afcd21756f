#pragma once

#include <optional>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/axes.h"

/// The losses as functions: one value for each entry, the last axis reduced. y_true is cast to
/// y_pred's dtype, and ranks that differ by a last axis of size 1 are made equal.
namespace keras::losses {

/// Keras: keras.losses.mean_squared_error, and so on for all below.
Tensor mean_squared_error(const Tensor& y_true, const Tensor& y_pred);
Tensor mean_absolute_error(const Tensor& y_true, const Tensor& y_pred);
Tensor mean_absolute_percentage_error(const Tensor& y_true, const Tensor& y_pred);
Tensor mean_squared_logarithmic_error(const Tensor& y_true, const Tensor& y_pred);
/// Quadratic up to `delta`, linear beyond: Huber (1964).
Tensor huber(const Tensor& y_true, const Tensor& y_pred, double delta = 1.0);
Tensor log_cosh(const Tensor& y_true, const Tensor& y_pred);
/// -1 for the same direction, 1 for the opposite one.
Tensor cosine_similarity(const Tensor& y_true, const Tensor& y_pred, int axis = -1);

/// y_true in {-1, 1}, or {0, 1}, which is converted.
Tensor hinge(const Tensor& y_true, const Tensor& y_pred);
Tensor squared_hinge(const Tensor& y_true, const Tensor& y_pred);
/// y_true one-hot.
Tensor categorical_hinge(const Tensor& y_true, const Tensor& y_pred);

Tensor kl_divergence(const Tensor& y_true, const Tensor& y_pred);
Tensor poisson(const Tensor& y_true, const Tensor& y_pred);

struct CrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0.0;
  int axis = -1;
};
Tensor binary_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                           CrossentropyOptions options = {});
Tensor categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                CrossentropyOptions options = {});

struct SparseCategoricalCrossentropyFunctionOptions {
  bool from_logits = false;
  std::optional<int> ignore_class = {};
  int axis = -1;
};
/// y_true are class numbers. Entries of `ignore_class` are masked out.
Tensor sparse_categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                       SparseCategoricalCrossentropyFunctionOptions options = {});

struct BinaryFocalCrossentropyFunctionOptions {
  bool apply_class_balancing = false;
  double alpha = 0.25;
  double gamma = 2.0;
  bool from_logits = false;
  double label_smoothing = 0.0;
  int axis = -1;
};
/// Lin et al., "Focal loss for dense object detection" (2017).
Tensor binary_focal_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                 BinaryFocalCrossentropyFunctionOptions options = {});

struct CategoricalFocalCrossentropyFunctionOptions {
  double alpha = 0.25;
  double gamma = 2.0;
  bool from_logits = false;
  double label_smoothing = 0.0;
  int axis = -1;
};
Tensor categorical_focal_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                      CategoricalFocalCrossentropyFunctionOptions options = {});
/// y_true are class numbers. Zhang and Sabuncu, "Generalized cross entropy loss" (2018).
Tensor categorical_generalized_cross_entropy(const Tensor& y_true, const Tensor& y_pred, double q);

/// 1 - the Dice coefficient over the axes (all by default).
Tensor dice(const Tensor& y_true, const Tensor& y_pred, const Axes& axis = {});

struct TverskyFunctionOptions {
  double alpha = 0.5;
  double beta = 0.5;
  Axes axis = {};
};
/// Salehi et al., "Tversky loss function for image segmentation" (2017).
Tensor tversky(const Tensor& y_true, const Tensor& y_pred, TverskyFunctionOptions options = {});

struct CircleFunctionOptions {
  bool remove_diagonal = true;
  double gamma = 80;
  double margin = 0.4;
};
/// y_true are class numbers, y_pred normalized embeddings: Sun et al., "Circle loss" (2020).
Tensor circle(const Tensor& y_true, const Tensor& y_pred, CircleFunctionOptions options = {});

/// y_true are class numbers (batch, labels), 0 where a sequence has ended; y_pred logits (batch,
/// steps, classes), of which the class 0 is the blank: Graves et al., "Connectionist temporal
/// classification" (2006).
Tensor ctc(const Tensor& y_true, const Tensor& y_pred);

/// Binary, categorical or sparse categorical crossentropy, by the shapes: what the name
/// "crossentropy" means in `compile`.
Tensor crossentropy_by_shape(const Tensor& y_true, const Tensor& y_pred);

/// How `compile` reads labels: binary where the predictions' last axis has size 1, class numbers
/// where the labels have fewer axes or a last one of size 1, else one-hot.
enum class LabelKind { kBinary, kSparseCategorical, kCategorical };
LabelKind label_kind(const Shape& y_true, const Shape& y_pred);

}  // namespace keras::losses
