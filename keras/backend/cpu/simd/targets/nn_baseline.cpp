#define KERAS_TARGET baseline
#include "keras/backend/cpu/simd/nn_functions-inl.h"
