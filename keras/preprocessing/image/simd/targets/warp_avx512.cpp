#define KERAS_TARGET avx512
#include "keras/preprocessing/image/simd/targets/warp-inl.h"
