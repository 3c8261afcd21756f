#ifdef __AVX512F__
#define KERAS_TARGET avx512
#include "keras/backend/cpu/simd/targets/chains-inl.h"
#endif
