#include "keras/trainers/compile_loss.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::trainers {
namespace {

std::string quoted_list(const std::vector<std::string>& names) {
  return "['" + join(names, "', '") + "']";
}

bool same_names(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

bool all_among(const std::vector<std::string>& names, const std::vector<std::string>& all) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
  });
}

std::string stars(std::size_t count) {
  return "[" + join(std::vector<std::string>(count, "'*'"), ", ") + "]";
}

}  // namespace

CompileLoss::CompileLoss(LossArgument loss, LossWeightsArgument loss_weights,
                         std::vector<std::string> output_names, Names names)
    : loss_(std::move(loss)),
      loss_weights_(std::move(loss_weights)),
      output_names_(std::move(output_names)),
      names_(names) {}

/// One entry for each output; with one output and a list of losses, all of them.
std::vector<Loss> CompileLoss::losses_by_output(std::size_t output_count) const {
  using Form = LossArgument::Form;
  std::vector<Loss> losses;
  if (loss_.form() == Form::kOne) return std::vector<Loss>(output_count, loss_[0]);
  if (loss_.form() == Form::kMap) {
    if (!(names_ == Names::kSome ? all_among(loss_.names(), output_names_)
                                 : same_names(output_names_, loss_.names())))
      throw ValueError(str("Expected keys ", quoted_list(output_names_),
                           " in loss dict, but found loss.keys()=", quoted_list(loss_.names())));
    for (const auto& name : output_names_) {
      const Loss* loss = loss_.find(name);
      losses.push_back(loss ? *loss : Loss());
    }
    return losses;
  }
  if (loss_.size() > output_count && output_count > 1)
    throw ValueError(str("The path: (", output_count,
                         ",) in the `loss` argument, can't be found in either the model's output "
                         "(`y_pred`) or in the labels (`y_true`): there are ",
                         loss_.size(), " losses for ", output_count, " outputs."));
  for (std::size_t i = 0; i < loss_.size(); ++i) losses.push_back(loss_[i]);
  return losses;
}

std::vector<std::optional<double>> CompileLoss::weights_by_output(
    const std::vector<Loss>& losses) const {
  using Form = LossWeightsArgument::Form;
  std::vector<std::optional<double>> weights(losses.size());
  if (!loss_weights_.defined()) return weights;
  if (loss_weights_.form() == Form::kMap) {
    for (const auto& [name, weight] : loss_weights_.items()) {
      const auto found = std::find(output_names_.begin(), output_names_.end(), name);
      if (found == output_names_.end() || losses.size() != output_names_.size())
        throw ValueError(str("`loss_weights` names \"", name, "\", which is no output of ",
                             quoted_list(output_names_), "."));
      weights[static_cast<std::size_t>(found - output_names_.begin())] = weight;
    }
    return weights;
  }
  if (loss_weights_.size() != losses.size())
    throw ValueError(str("`loss_weights` must match the number of losses, got ", losses.size(),
                         " losses and ", loss_weights_.size(), " weights."));
  for (std::size_t i = 0; i < losses.size(); ++i) weights[i] = loss_weights_[i];
  return weights;
}

std::string CompileLoss::name_of(std::size_t output, const Loss& loss) const {
  if (output < output_names_.size()) return output_names_[output];
  const Config identifier = loss.class_name().empty() ? Config() : loss.identifier();
  return identifier.is_string() ? identifier.as_string() : loss.name();
}

void CompileLoss::build(std::size_t output_count, const Data& y) {
  const std::vector<Loss> losses = losses_by_output(output_count);
  const auto weights = weights_by_output(losses);
  const auto count = static_cast<std::size_t>(
      std::count_if(losses.begin(), losses.end(), [](const Loss& loss) { return loss.defined(); }));
  const bool for_each_loss = y.size() != output_count && y.size() == count;
  if (count > 0 && !y.defined())
    throw ValueError("The model has a loss, but there are no targets: `y` is missing.");
  if (count > 0 && y.size() != output_count && !for_each_loss)
    throw ValueError(str("y_true and y_pred have different structures.\ny_true: ", stars(y.size()),
                         "\ny_pred: ", stars(output_count)));
  terms_.clear();
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (!losses[i].defined()) continue;
    const std::size_t output = output_count == 1 ? 0 : i;
    std::size_t target = for_each_loss && output_count > 1 ? terms_.size() : output;
    if (for_each_loss && y.is_named() && output < output_names_.size())
      target = y.index_of(output_names_[output]);
    terms_.push_back({losses[i], weights[i], output, target, name_of(output, losses[i])});
  }
  if (terms_.size() > 1)
    for (auto& term : terms_) term.tracker = metrics::Mean({.name = term.name + "_loss"});
  built_ = true;
}

Tensor CompileLoss::operator()(const Data& y, const Tensors& y_pred,
                               const Data& sample_weight) const {
  Tensor total;
  for (const auto& term : terms_) {
    const Tensor& prediction = y_pred[term.output];
    Tensor weights;
    if (sample_weight.defined())
      weights = sample_weight.size() == 1 ? sample_weight[0] : sample_weight[term.target];
    Tensor value = ops::cast(term.loss(y[term.target], prediction, weights), DType::kFloat32);
    if (term.tracker)
      term.tracker->update_state(value, Tensor(static_cast<double>(prediction.shape()[0])));
    if (term.weight) value = value * *term.weight;
    total = total.defined() ? total + value : value;
  }
  return total;
}

std::vector<Metric> CompileLoss::metrics() const {
  std::vector<Metric> out;
  for (const auto& term : terms_)
    if (term.tracker) out.push_back(*term.tracker);
  return out;
}

}  // namespace keras::trainers
