#pragma once

#include <optional>
#include <string>

#include "keras/losses/loss.h"
#include "keras/losses/loss_functions.h"
#include "keras/ops/axes.h"

// Without a name, a loss has Keras's, such as "mean_squared_error".
namespace keras::losses {

/// mean((y_true - y_pred)²) over the last axis.
/// Keras: keras.losses.MeanSquaredError.
class MeanSquaredError : public Loss {
 public:
  MeanSquaredError(LossOptions options = {});
};

/// mean(|y_true - y_pred|) over the last axis.
/// Keras: keras.losses.MeanAbsoluteError.
class MeanAbsoluteError : public Loss {
 public:
  MeanAbsoluteError(LossOptions options = {});
};

/// 100 · mean(|(y_true - y_pred) / y_true|).
/// Keras: keras.losses.MeanAbsolutePercentageError.
class MeanAbsolutePercentageError : public Loss {
 public:
  MeanAbsolutePercentageError(LossOptions options = {});
};

/// mean((log(y_true + 1) - log(y_pred + 1))²).
/// Keras: keras.losses.MeanSquaredLogarithmicError.
class MeanSquaredLogarithmicError : public Loss {
 public:
  MeanSquaredLogarithmicError(LossOptions options = {});
};

/// mean(log(cosh(y_pred - y_true))).
/// Keras: keras.losses.LogCosh.
class LogCosh : public Loss {
 public:
  LogCosh(LossOptions options = {});
};

/// mean(max(1 - y_true · y_pred, 0)) with labels -1 and 1, or 0 and 1.
/// Keras: keras.losses.Hinge.
class Hinge : public Loss {
 public:
  Hinge(LossOptions options = {});
};

/// mean(max(1 - y_true · y_pred, 0)²).
/// Keras: keras.losses.SquaredHinge.
class SquaredHinge : public Loss {
 public:
  SquaredHinge(LossOptions options = {});
};

/// max(max((1 - y_true) · y_pred) - sum(y_true · y_pred) + 1, 0) with one-hot labels.
/// Keras: keras.losses.CategoricalHinge.
class CategoricalHinge : public Loss {
 public:
  CategoricalHinge(LossOptions options = {});
};

/// sum(y_true · log(y_true / y_pred)).
/// Keras: keras.losses.KLDivergence.
class KLDivergence : public Loss {
 public:
  KLDivergence(LossOptions options = {});
};

/// mean(y_pred - y_true · log(y_pred)).
/// Keras: keras.losses.Poisson.
class Poisson : public Loss {
 public:
  Poisson(LossOptions options = {});
};

/// Unaligned sequences of class numbers (batch, labels) against logits (batch, steps, classes); the
/// class 0 is the blank and ends the labels. Keras: keras.losses.CTC.
class CTC : public Loss {
 public:
  CTC(LossOptions options = {});
};

struct CosineSimilarityOptions {
  int axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};
};
/// -sum(l2_normalize(y_true) · l2_normalize(y_pred)): -1 for the same direction.
/// Keras: keras.losses.CosineSimilarity.
class CosineSimilarity : public Loss {
 public:
  CosineSimilarity(CosineSimilarityOptions options = {});
};

struct HuberOptions {
  double delta = 1.0;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};
};
/// Quadratic up to `delta`, linear beyond: Huber (1964).
/// Keras: keras.losses.Huber.
class Huber : public Loss {
 public:
  Huber(HuberOptions options = {});
};

struct BinaryCrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0.0;
  int axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};
};
/// Labels 0 and 1 against probabilities or logits.
/// Keras: keras.losses.BinaryCrossentropy.
class BinaryCrossentropy : public Loss {
 public:
  BinaryCrossentropy(BinaryCrossentropyOptions options = {});
};

struct BinaryFocalCrossentropyOptions {
  bool apply_class_balancing = false;
  double alpha = 0.25;
  double gamma = 2.0;
  bool from_logits = false;
  double label_smoothing = 0.0;
  int axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};
};
/// Weighs well-classified entries down: Lin et al., "Focal loss for dense object detection" (2017).
/// Keras: keras.losses.BinaryFocalCrossentropy.
class BinaryFocalCrossentropy : public Loss {
 public:
  BinaryFocalCrossentropy(BinaryFocalCrossentropyOptions options = {});
};

struct CategoricalCrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0.0;
  int axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};
};
/// One-hot labels against probabilities or logits.
/// Keras: keras.losses.CategoricalCrossentropy.
class CategoricalCrossentropy : public Loss {
 public:
  CategoricalCrossentropy(CategoricalCrossentropyOptions options = {});
};

struct CategoricalFocalCrossentropyOptions {
  double alpha = 0.25;
  double gamma = 2.0;
  bool from_logits = false;
  double label_smoothing = 0.0;
  int axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};
};
/// The focal loss for one-hot labels.
/// Keras: keras.losses.CategoricalFocalCrossentropy.
class CategoricalFocalCrossentropy : public Loss {
 public:
  CategoricalFocalCrossentropy(CategoricalFocalCrossentropyOptions options = {});
};

struct SparseCategoricalCrossentropyOptions {
  bool from_logits = false;
  std::optional<int> ignore_class = {};
  std::string reduction = "sum_over_batch_size";
  int axis = -1;
  std::string name = {};
  std::string dtype = {};
};
/// Class numbers against probabilities or logits. Entries of `ignore_class` count for nothing.
/// Keras: keras.losses.SparseCategoricalCrossentropy.
class SparseCategoricalCrossentropy : public Loss {
 public:
  SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions options = {});
};

struct CategoricalGeneralizedCrossEntropyOptions {
  double q = 0.5;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};
};
/// (1 - p^q) / q of the true class's probability p: Zhang and Sabuncu (2018). Throws ValueError
/// unless 0 < q < 1. Keras: keras.losses.CategoricalGeneralizedCrossEntropy.
class CategoricalGeneralizedCrossEntropy : public Loss {
 public:
  CategoricalGeneralizedCrossEntropy(CategoricalGeneralizedCrossEntropyOptions options = {});
};

struct DiceOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  Axes axis = {};
  std::string dtype = {};
};
/// 1 - the Dice coefficient over the axes (all by default).
/// Keras: keras.losses.Dice.
class Dice : public Loss {
 public:
  Dice(DiceOptions options = {});
};

struct TverskyOptions {
  double alpha = 0.5;
  double beta = 0.5;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  Axes axis = {};
  std::string dtype = {};
};
/// Dice with weights alpha and beta for missed and false positives: Salehi et al. (2017).
/// Keras: keras.losses.Tversky.
class Tversky : public Loss {
 public:
  Tversky(TverskyOptions options = {});
};

struct CircleOptions {
  double gamma = 80.0;
  double margin = 0.4;
  bool remove_diagonal = true;
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};
};
/// Class numbers against normalized embeddings: Sun et al., "Circle loss" (2020).
/// Keras: keras.losses.Circle.
class Circle : public Loss {
 public:
  Circle(CircleOptions options = {});
};

}  // namespace keras::losses
