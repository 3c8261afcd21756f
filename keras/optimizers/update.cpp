#include "keras/optimizers/update.h"

#include "keras/ops/numpy.h"

namespace keras::optimizers {

UpdateArguments::UpdateArguments(const Tensor& given_gradient, const Variable& variable,
                                 const Tensor& learning_rate)
    : gradient(ops::cast(given_gradient, variable.dtype())),
      rate(ops::cast(learning_rate, variable.dtype())) {}

Tensor adam_rate(const Tensor& rate, const Tensor& step, double beta_1, double beta_2) {
  return rate * ops::sqrt(1 - ops::power(beta_2, step)) / (1 - ops::power(beta_1, step));
}

void assign_add(const Variable& variable, const Tensor& change) {
  variable.assign(variable.value() + change);
}

void assign_sub(const Variable& variable, const Tensor& change) {
  variable.assign(variable.value() - change);
}

}  // namespace keras::optimizers
