#define KERAS_TARGET avx512
#include "keras/backend/cpu/simd/nn_functions-inl.h"
