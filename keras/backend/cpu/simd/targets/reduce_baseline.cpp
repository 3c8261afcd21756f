#define KERAS_TARGET baseline
#include "keras/backend/cpu/simd/targets/reduce-inl.h"
