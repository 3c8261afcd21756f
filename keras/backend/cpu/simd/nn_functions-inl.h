// The table of one target; see vector_math-inl.h about being included by targets.

#ifdef __AVX512F__
#include <immintrin.h>

#include <utility>
#endif

#include <type_traits>

#include "keras/backend/cpu/simd/attention.h"
#include "keras/backend/cpu/simd/depthwise.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/winograd.h"
//
#include "keras/backend/cpu/simd/vector_math-inl.h"
//
#include "keras/backend/cpu/simd/normalization-inl.h"
#include "keras/backend/cpu/simd/pooling-inl.h"
#include "keras/backend/cpu/simd/recurrence-inl.h"
//
#include "keras/backend/cpu/simd/product_tile-inl.h"
#include "keras/backend/cpu/simd/transpose-inl.h"
//
#include "keras/backend/cpu/simd/attention-inl.h"
#include "keras/backend/cpu/simd/brain_vectors-inl.h"
#include "keras/backend/cpu/simd/depthwise-inl.h"
#include "keras/backend/cpu/simd/gradient_product-inl.h"
#include "keras/backend/cpu/simd/small_product-inl.h"
#include "keras/backend/cpu/simd/winograd_transforms-inl.h"
//
#include "keras/backend/cpu/simd/winograd-inl.h"

namespace keras::backend::cpu::KERAS_TARGET {

namespace {

template <typename T>
constexpr BatchNormFunctions batch_norm_functions = {
    column_moments<T>, scale_columns<T>, column_gradient_sums<T>, batch_norm_input_gradient<T>};

template <typename T>
constexpr RecurrenceFunctions recurrence_functions = {
    {recurrent_step<T, SimpleRow>, recurrent_step<T, LstmRow>, recurrent_step<T, GruRow>},
    {recurrent_step_gradient<T, SimpleRowGradient>, recurrent_step_gradient<T, LstmRowGradient>,
     recurrent_step_gradient<T, GruRowGradient>},
    widen<T>,
    narrow<T>};

}  // namespace

const NnFunctions& nn_functions() {
  static constexpr NnFunctions functions = {
      max_pool,
      average_pool,
      max_pool_gradient,
      average_pool_gradient,
      max_pool_choice,
      max_pool_spread,
      softmax,
      log_softmax,
      {batch_norm_functions<float>, batch_norm_functions<Brain>},
      layer_norm,
      layer_norm_gradient,
      {recurrence_functions<float>, recurrence_functions<Brain>},
      kSmallProduct,
      kGradientProduct,
      {{winograd_functions<2, float>, winograd_functions<3, float>, winograd_functions<4, float>},
       {winograd_functions<2, Brain>, winograd_functions<3, Brain>, winograd_functions<4, Brain>}},
      kDepthwise,
      kAttention,
  };
  return functions;
}

}  // namespace keras::backend::cpu::KERAS_TARGET
