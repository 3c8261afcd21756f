#include "keras/optimizers/adafactor.h"

#include <memory>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class AdafactorImpl final : public OptimizerImpl {
 public:
  explicit AdafactorImpl(AdafactorOptions options)
      : OptimizerImpl("Adafactor", common_options(options)), options_(std::move(options)) {}

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("beta_2_decay", options_.beta_2_decay);
    config.set("epsilon_1", options_.epsilon_1);
    config.set("epsilon_2", options_.epsilon_2);
    config.set("clip_threshold", options_.clip_threshold);
    config.set("relative_step", options_.relative_step);
    return config;
  }

  void build_slots(const Variables& variables) override {
    for (const auto& variable : variables) {
      const Shape& shape = variable.shape();
      Shape row;
      Shape column;
      if (shape.rank() >= 2) {
        row = shape.slice(0, shape.rank() - 1);
        column = shape.slice(0, shape.rank() - 2).concat(Shape{shape[-1]});
      }
      rows_.push_back(add_factor(variable, row));
      columns_.push_back(add_factor(variable, column));
      velocities_.push_back(add_slot(variable, "velocity"));
    }
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const DType dtype = variable.dtype();
    const Tensor step = ops::cast(update_count() + 1, dtype);
    const Tensor rho = ops::minimum(rate, 1 / ops::sqrt(step));
    const Tensor alpha = ops::maximum(root_mean_square(variable.value()), options_.epsilon_2) * rho;
    const Tensor squares = ops::square(gradient) + options_.epsilon_1;
    const Tensor beta = 1 - ops::power(step, options_.beta_2_decay);
    const Variable& velocity = velocities_[index];
    if (variable.shape().rank() >= 2) {
      velocity.assign(factored(rows_[index], columns_[index], squares, beta));
    } else {
      velocity.assign(beta * velocity.value() + (1 - beta) * squares);
    }
    const Tensor update = gradient / ops::sqrt(velocity.value());
    const Tensor excess = ops::maximum(root_mean_square(update) / options_.clip_threshold, 1.0);
    assign_sub(variable, alpha * (update / excess));
  }

 private:
  static Tensor root_mean_square(const Tensor& x) { return ops::sqrt(ops::mean(ops::square(x))); }

  /// A placeholder, as in Keras's files, for variables of fewer than two axes.
  Variable add_factor(const Variable& variable, const Shape& shape) {
    const bool placeholder = shape.empty();
    const Variable factor = add_variable(
        ops::zeros(shape, placeholder ? DType::kInt32 : variable.dtype()), variable.name());
    if (placeholder) factor.set_path(variable.name());
    return factor;
  }

  /// The second moments as an outer product of the rows' and the columns' means.
  static Tensor factored(const Variable& row, const Variable& column, const Tensor& squares,
                         const Tensor& beta) {
    row.assign(beta * row.value() + (1 - beta) * ops::mean(squares, {.axis = -1}));
    column.assign(beta * column.value() + (1 - beta) * ops::mean(squares, {.axis = -2}));
    const Tensor share = row.value() / ops::mean(row.value(), {.axis = -1, .keepdims = true});
    return ops::expand_dims(share, {.axis = -1}) * ops::expand_dims(column.value(), {.axis = -2});
  }

  AdafactorOptions options_;
  Variables rows_;
  Variables columns_;
  Variables velocities_;
};

}  // namespace

Adafactor::Adafactor(AdafactorOptions options)
    : Optimizer(std::make_shared<AdafactorImpl>(std::move(options))) {}

}  // namespace keras::optimizers
