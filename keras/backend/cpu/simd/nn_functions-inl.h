// The table of one target; see vector_math-inl.h about being included by targets.

#include "keras/backend/cpu/simd/nn_functions.h"
//
#include "keras/backend/cpu/simd/vector_math-inl.h"
//
#include "keras/backend/cpu/simd/normalization-inl.h"
#include "keras/backend/cpu/simd/pooling-inl.h"
#include "keras/backend/cpu/simd/recurrence-inl.h"

namespace keras::backend::cpu::KERAS_TARGET {

const NnFunctions& nn_functions() {
  static constexpr NnFunctions functions = {
      max_pool,
      average_pool,
      max_pool_gradient,
      average_pool_gradient,
      softmax,
      log_softmax,
      column_moments,
      scale_columns,
      column_gradient_sums,
      batch_norm_input_gradient,
      layer_norm,
      layer_norm_gradient,
      {simple_step, lstm_step, gru_step},
      {simple_step_gradient, lstm_step_gradient, gru_step_gradient},
  };
  return functions;
}

}  // namespace keras::backend::cpu::KERAS_TARGET
