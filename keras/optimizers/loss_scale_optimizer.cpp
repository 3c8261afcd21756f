#include "keras/optimizers/loss_scale_optimizer.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {
namespace {

Tensor all_finite(const Tensors& gradients) {
  Tensor finite = true;
  for (const auto& gradient : gradients)
    if (gradient.defined()) finite = ops::logical_and(finite, ops::all(ops::isfinite(gradient)));
  return finite;
}

class LossScaleOptimizerImpl final : public OptimizerImpl {
 public:
  LossScaleOptimizerImpl(Optimizer inner, const LossScaleOptimizerOptions& options)
      : OptimizerImpl("LossScaleOptimizer", {.learning_rate = 0.0, .name = options.name}),
        inner_(std::move(inner)),
        options_(options) {
    if (!inner_.defined()) throw ValueError("LossScaleOptimizer: `inner_optimizer` is None.");
    inner_.set_loss_scale_factor({});
  }

  Config get_config() const override {
    return {{"name", name()},
            {"inner_optimizer", inner_.serialize()},
            {"initial_scale", options_.initial_scale},
            {"dynamic_growth_steps", options_.dynamic_growth_steps}};
  }

  void build_slots(const Variables& variables) override {
    step_counter_ = add_variable(ops::zeros({}, DType::kInt32), "step_counter");
    dynamic_scale_ = add_variable(ops::full({}, options_.initial_scale), "dynamic_scale");
    inner_.build(variables);
  }

  // Every step computes the update, and keeps it only where the gradients are finite: a step must
  // be one straight line of operations to be compiled.
  void apply(const Tensors& gradients, const Variables& given) override {
    if (!built()) build(given);
    const Variables& trained = given.empty() ? trainable_variables() : given;
    const Tensor finite = all_finite(gradients);
    const Tensor scale = dynamic_scale_.value();
    Tensors unscaled = gradients;
    for (auto& gradient : unscaled)
      if (gradient.defined()) gradient = gradient / ops::cast(scale, gradient.dtype());
    Variables touched = trained;
    const Variables state = inner_.variables();
    touched.insert(touched.end(), state.begin(), state.end());
    Tensors before;
    for (const auto& variable : touched) before.push_back(variable.value());
    inner_.apply(unscaled, trained);
    for (std::size_t i = 0; i < touched.size(); ++i)
      if (!touched[i].value().is_same(before[i]))
        touched[i].assign(ops::where(finite, touched[i].value(), before[i]));
    const Tensor steps = step_counter_.value();
    const Tensor grown = ops::equal(steps, options_.dynamic_growth_steps - 1);
    step_counter_.assign(ops::where(ops::logical_and(finite, ops::logical_not(grown)), steps + 1,
                                    ops::zeros_like(steps)));
    dynamic_scale_.assign(ops::where(finite, ops::where(grown, scale * 2, scale), scale * 0.5));
  }

  void finalize_variable_values() override { inner_.finalize_variable_values(); }
  void set_learning_rate(double value) override { inner_.set_learning_rate(value); }
  Tensor learning_rate() const override { return inner_.learning_rate(); }
  Variable iterations() const override { return inner_.iterations(); }
  Tensor scale_loss(const Tensor& loss) const override {
    if (!built()) return loss * options_.initial_scale;
    return loss * ops::cast(dynamic_scale_.value(), loss.dtype());
  }
  Variables variables() const override {
    Variables all = OptimizerImpl::variables();
    const Variables inner = inner_.variables();
    all.insert(all.end(), inner.begin(), inner.end());
    return all;
  }

 private:
  void update_step(const Tensor&, const Variable&, const Tensor&, std::size_t) override {}

  Optimizer inner_;
  LossScaleOptimizerOptions options_;
  Variable step_counter_;
  Variable dynamic_scale_;
};

}  // namespace

LossScaleOptimizer::LossScaleOptimizer(const Optimizer& inner_optimizer,
                                       LossScaleOptimizerOptions options)
    : Optimizer(std::make_shared<LossScaleOptimizerImpl>(inner_optimizer, options)) {}

}  // namespace keras::optimizers
