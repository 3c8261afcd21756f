#define KERAS_TARGET baseline
#include "keras/backend/cpu/simd/targets/chains-inl.h"
