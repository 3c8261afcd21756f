#define KERAS_TARGET avx2
#include "keras/backend/cpu/simd/nn_functions-inl.h"
