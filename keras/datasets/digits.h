#pragma once

#include "keras/engine/tensor/tensor.h"

namespace keras::datasets::digits {

/// Pictures and what they show.
struct Split {
  Tensor x;  ///< float32 (n, 8, 8, 1): rows, columns and one channel of ink, from 0 to 1
  Tensor y;  ///< int32 (n): the digit, 0 to 9
};

/// The two parts; `auto [train, test] = load_data();` takes it apart.
struct Data {
  Split train;
  Split test;
};

/// The UCI optical digits: 1,797 handwritten digits of 8x8 pixels, built into the library. Every
/// fifth picture, from the first on, is for testing (360), the others for training (1,437), so that
/// both have pictures of every writer. Ink comes in sixteenths. By E. Alpaydin and C. Kaynak,
/// CC BY 4.0; `digits_license.md` beside this file has the attribution.
Data load_data();

}  // namespace keras::datasets::digits
