#define KERAS_TARGET avx2
#include "keras/preprocessing/image/simd/targets/warp-inl.h"
