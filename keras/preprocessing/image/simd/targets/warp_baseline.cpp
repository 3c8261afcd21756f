#define KERAS_TARGET baseline
#include "keras/preprocessing/image/simd/targets/warp-inl.h"
