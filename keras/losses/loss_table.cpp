#include "keras/losses/loss_table.h"

#include <string>

#include "keras/losses/losses.h"

namespace keras::losses {
namespace {

std::string reduction_of(const Config& config) {
  const Config* reduction = config.find("reduction");
  if (!reduction) return "sum_over_batch_size";
  return reduction->is_null() ? "none" : reduction->as_string();
}
std::string name_of(const Config& config) { return config.get("name", ""); }
/// A name, or a serialized dtype policy.
std::string dtype_of(const Config& config) {
  const Config* dtype = config.find("dtype");
  if (dtype && dtype->is_dict() && dtype->find("config"))
    dtype = dtype->find("config")->find("name");
  return dtype && dtype->is_string() ? dtype->as_string() : std::string();
}

/// An int, a list of ints, or null for all axes.
Axes axes_of(const Config& config) {
  const Config* axis = config.find("axis");
  if (!axis || axis->is_null()) return {};
  if (axis->is_int()) return static_cast<int>(axis->as_int());
  std::vector<int> axes;
  for (const auto& entry : axis->as_list()) axes.push_back(static_cast<int>(entry.as_int()));
  return axes;
}

template <typename T>
Loss plain(const Config& c) {
  return T(LossOptions{.reduction = reduction_of(c), .name = name_of(c), .dtype = dtype_of(c)});
}

Loss cosine(const Config& c) {
  return CosineSimilarity({.axis = c.get("axis", -1),
                           .reduction = reduction_of(c),
                           .name = name_of(c),
                           .dtype = dtype_of(c)});
}

Loss huber_loss(const Config& c) {
  return Huber({.delta = c.get("delta", 1.0),
                .reduction = reduction_of(c),
                .name = name_of(c),
                .dtype = dtype_of(c)});
}

template <typename T, typename Options>
Loss crossentropy(const Config& c) {
  return T(Options{.from_logits = c.get("from_logits", false),
                   .label_smoothing = c.get("label_smoothing", 0.0),
                   .axis = c.get("axis", -1),
                   .reduction = reduction_of(c),
                   .name = name_of(c),
                   .dtype = dtype_of(c)});
}

Loss binary_focal(const Config& c) {
  return BinaryFocalCrossentropy({.apply_class_balancing = c.get("apply_class_balancing", false),
                                  .alpha = c.get("alpha", 0.25),
                                  .gamma = c.get("gamma", 2.0),
                                  .from_logits = c.get("from_logits", false),
                                  .label_smoothing = c.get("label_smoothing", 0.0),
                                  .axis = c.get("axis", -1),
                                  .reduction = reduction_of(c),
                                  .name = name_of(c),
                                  .dtype = dtype_of(c)});
}

Loss categorical_focal(const Config& c) {
  return CategoricalFocalCrossentropy({.alpha = c.get("alpha", 0.25),
                                       .gamma = c.get("gamma", 2.0),
                                       .from_logits = c.get("from_logits", false),
                                       .label_smoothing = c.get("label_smoothing", 0.0),
                                       .axis = c.get("axis", -1),
                                       .reduction = reduction_of(c),
                                       .name = name_of(c),
                                       .dtype = dtype_of(c)});
}

Loss sparse(const Config& c) {
  const Config* ignored = c.find("ignore_class");
  std::optional<int> ignore_class;
  if (ignored && !ignored->is_null()) ignore_class = static_cast<int>(ignored->as_int());
  return SparseCategoricalCrossentropy({.from_logits = c.get("from_logits", false),
                                        .ignore_class = ignore_class,
                                        .reduction = reduction_of(c),
                                        .axis = c.get("axis", -1),
                                        .name = name_of(c),
                                        .dtype = dtype_of(c)});
}

Loss generalized(const Config& c) {
  return CategoricalGeneralizedCrossEntropy({.q = c.get("q", 0.5),
                                             .reduction = reduction_of(c),
                                             .name = name_of(c),
                                             .dtype = dtype_of(c)});
}

Loss dice_loss(const Config& c) {
  return Dice(
      {.reduction = reduction_of(c), .name = name_of(c), .axis = axes_of(c), .dtype = dtype_of(c)});
}

Loss tversky_loss(const Config& c) {
  return Tversky({.alpha = c.get("alpha", 0.5),
                  .beta = c.get("beta", 0.5),
                  .reduction = reduction_of(c),
                  .name = name_of(c),
                  .axis = axes_of(c),
                  .dtype = dtype_of(c)});
}

Loss circle_loss(const Config& c) {
  return Circle({.gamma = c.get("gamma", 80.0),
                 .margin = c.get("margin", 0.4),
                 .remove_diagonal = c.get("remove_diagonal", true),
                 .reduction = reduction_of(c),
                 .name = name_of(c),
                 .dtype = dtype_of(c)});
}

}  // namespace

ObjectRegistry<Loss>& loss_table() {
  static ObjectRegistry<Loss> rows(
      "loss",
      {
          {"MeanSquaredError", plain<MeanSquaredError>, {"mse", "MSE"}},
          {"MeanAbsoluteError", plain<MeanAbsoluteError>, {"mae", "MAE"}},
          {"MeanAbsolutePercentageError", plain<MeanAbsolutePercentageError>, {"mape", "MAPE"}},
          {"MeanSquaredLogarithmicError", plain<MeanSquaredLogarithmicError>, {"msle", "MSLE"}},
          {"CosineSimilarity", cosine},
          {"Huber", huber_loss},
          {"LogCosh", plain<LogCosh>, {"logcosh"}},
          {"Hinge", plain<Hinge>},
          {"SquaredHinge", plain<SquaredHinge>},
          {"CategoricalHinge", plain<CategoricalHinge>},
          {"KLDivergence",
           plain<KLDivergence>,
           {"kl_divergence", "kld", "KLD", "kullback_leibler_divergence"}},
          {"Poisson", plain<Poisson>},
          {"BinaryCrossentropy",
           crossentropy<BinaryCrossentropy, BinaryCrossentropyOptions>,
           {"bce", "BCE"}},
          {"BinaryFocalCrossentropy", binary_focal},
          {"CategoricalCrossentropy",
           crossentropy<CategoricalCrossentropy, CategoricalCrossentropyOptions>},
          {"CategoricalFocalCrossentropy", categorical_focal},
          {"SparseCategoricalCrossentropy", sparse},
          {"CategoricalGeneralizedCrossEntropy", generalized},
          {"Dice", dice_loss},
          {"Tversky", tversky_loss},
          {"Circle", circle_loss},
          {"CTC", plain<CTC>},
      });
  return rows;
}

}  // namespace keras::losses
