#ifdef __AVX2__
#define KERAS_TARGET avx2
#include "keras/backend/cpu/simd/targets/chains-inl.h"
#endif
