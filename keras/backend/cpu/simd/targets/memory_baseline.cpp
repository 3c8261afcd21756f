#define KERAS_TARGET baseline
#include "keras/backend/cpu/simd/targets/memory-inl.h"
