#include "keras/optimizers/multi_optimizer.h"

#include <memory>
#include <regex>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {
namespace {

class MultiOptimizerImpl final : public OptimizerImpl {
 public:
  MultiOptimizerImpl(OptimizerMap map, const MultiOptimizerOptions& options)
      : OptimizerImpl("MultiOptimizer", {.learning_rate = 0.0,
                                         .loss_scale_factor = options.loss_scale_factor,
                                         .name = options.name}),
        map_(std::move(map)) {
    if (!map_.default_optimizer.defined())
      throw ValueError("MultiOptimizer: `default_optimizer` must be an Optimizer, not None.");
    for (const auto& [pattern, optimizer] : map_.optimizer_map) add(optimizer);
    add(map_.default_optimizer);
  }

  Config get_config() const override {
    Config patterns = Config::dict();
    for (const auto& [pattern, optimizer] : map_.optimizer_map)
      patterns.set(pattern, optimizer.serialize());
    const Config map{
        {"module", "keras.optimizers"},
        {"class_name", "OptimizerMap"},
        {"config",
         {{"default_optimizer", map_.default_optimizer.serialize()}, {"optimizer_map", patterns}}},
        {"registered_name", nullptr}};
    const auto& factor = options().loss_scale_factor;
    return {{"optimizer_map", map},
            {"loss_scale_factor", factor ? Config(*factor) : Config()},
            {"name", name()}};
  }

  void build_slots(const Variables& variables) override {
    std::vector<Variables> shares(inner_.size());
    for (const auto& variable : variables) shares[place_of(variable)].push_back(variable);
    for (std::size_t i = 0; i < inner_.size(); ++i)
      if (!shares[i].empty()) inner_[i].build(shares[i]);
  }

  void apply(const Tensors& gradients, const Variables& given) override {
    if (gradients.empty()) return;
    if (!built()) build(given);
    const Variables& variables = given.empty() ? trainable_variables() : given;
    if (gradients.size() != variables.size())
      throw ValueError(str("Gradients must match trainable variables one-to-one. Received ",
                           gradients.size(), " gradients and ", variables.size(), " variables."));
    std::vector<Tensors> shares(inner_.size());
    std::vector<Variables> owners(inner_.size());
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const std::size_t place = place_of(variables[i]);
      shares[place].push_back(gradients[i]);
      owners[place].push_back(variables[i]);
    }
    for (std::size_t i = 0; i < inner_.size(); ++i)
      if (!shares[i].empty()) inner_[i].apply(shares[i], owners[i]);
    const Variable count = iterations();
    count.assign(count.value() + 1);
  }

  void finalize_variable_values() override {
    for (const auto& optimizer : inner_)
      if (optimizer.built()) optimizer.finalize_variable_values();
  }
  void set_learning_rate(double) override { refuse("set"); }
  Tensor learning_rate() const override { refuse("accessed"); }
  Variables variables() const override {
    Variables all = OptimizerImpl::variables();
    for (const auto& optimizer : inner_) {
      const Variables own = optimizer.variables();
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }

 private:
  [[noreturn]] static void refuse(const char* what) {
    throw TypeError(str("Learning rate cannot be ", what, " on a MultiOptimizer."),
                    "use the learning rates of the optimizers inside.");
  }

  void update_step(const Tensor&, const Variable&, const Tensor&, std::size_t) override {}

  /// Each optimizer once; they are told apart by their counters.
  void add(const Optimizer& optimizer) {
    const std::string kind = optimizer.class_name();
    if (kind == "LossScaleOptimizer" || kind == "MultiOptimizer")
      throw ValueError(str(kind, " cannot be used inside an MultiOptimizer."));
    for (const auto& known : inner_)
      if (known.iterations() == optimizer.iterations()) return;
    optimizer.set_loss_scale_factor(options().loss_scale_factor);
    inner_.push_back(optimizer);
  }

  const Optimizer& optimizer_of(const Variable& variable) const {
    const Optimizer* found = nullptr;
    for (const auto& [pattern, optimizer] : map_.optimizer_map)
      if (pattern == variable.path()) return optimizer;
    for (const auto& [pattern, optimizer] : map_.optimizer_map) {
      if (!std::regex_match(variable.path(), std::regex(pattern))) continue;
      if (found)
        throw ValueError(str("Multiple optimizers assigned to variable ", variable.path(), "."));
      found = &optimizer;
    }
    return found ? *found : map_.default_optimizer;
  }

  std::size_t place_of(const Variable& variable) const {
    const Variable wanted = optimizer_of(variable).iterations();
    std::size_t place = 0;
    while (!(inner_[place].iterations() == wanted)) ++place;
    return place;
  }

  OptimizerMap map_;
  std::vector<Optimizer> inner_;
};

}  // namespace

MultiOptimizer::MultiOptimizer(OptimizerMap optimizer_map, MultiOptimizerOptions options)
    : Optimizer(std::make_shared<MultiOptimizerImpl>(std::move(optimizer_map), options)) {}

}  // namespace keras::optimizers
