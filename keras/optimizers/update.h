#pragma once

#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {

/// The arguments that every optimizer has, from an optimizer's own options.
template <typename Options>
OptimizerOptions common_options(const Options& options) {
  return {.learning_rate = options.learning_rate,
          .weight_decay = options.weight_decay,
          .clipnorm = options.clipnorm,
          .clipvalue = options.clipvalue,
          .global_clipnorm = options.global_clipnorm,
          .use_ema = options.use_ema,
          .ema_momentum = options.ema_momentum,
          .ema_overwrite_frequency = options.ema_overwrite_frequency,
          .loss_scale_factor = options.loss_scale_factor,
          .gradient_accumulation_steps = options.gradient_accumulation_steps,
          .name = options.name};
}

/// What each of the optimizers' update rules begins with: everything in the variable's dtype.
struct UpdateArguments {
  UpdateArguments(const Tensor& given_gradient, const Variable& variable,
                  const Tensor& learning_rate);
  Tensor gradient;
  Tensor rate;
};

/// Adam's learning rate at a step counted from 1, with the corrections for averages that start at
/// 0.
Tensor adam_rate(const Tensor& rate, const Tensor& step, double beta_1, double beta_2);

void assign_add(const Variable& variable, const Tensor& change);
void assign_sub(const Variable& variable, const Tensor& change);

}  // namespace keras::optimizers
