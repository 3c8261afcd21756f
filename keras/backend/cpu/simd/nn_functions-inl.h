// The table of one target; see vector_math-inl.h about being included by targets.

#include "keras/backend/cpu/simd/nn_functions.h"
//
#include "keras/backend/cpu/simd/vector_math-inl.h"
//
#include "keras/backend/cpu/simd/normalization-inl.h"
#include "keras/backend/cpu/simd/pooling-inl.h"
#include "keras/backend/cpu/simd/recurrence-inl.h"

namespace keras::backend::cpu::KERAS_TARGET {

namespace {

template <typename T>
constexpr BatchNormFunctions batch_norm_functions = {
    column_moments<T>, scale_columns<T>, column_gradient_sums<T>, batch_norm_input_gradient<T>};

}  // namespace

const NnFunctions& nn_functions() {
  static constexpr NnFunctions functions = {
      max_pool,
      average_pool,
      max_pool_gradient,
      average_pool_gradient,
      softmax,
      log_softmax,
      {batch_norm_functions<float>, batch_norm_functions<Brain>},
      layer_norm,
      layer_norm_gradient,
      {simple_step, lstm_step, gru_step},
      {simple_step_gradient, lstm_step_gradient, gru_step_gradient},
  };
  return functions;
}

}  // namespace keras::backend::cpu::KERAS_TARGET
