#pragma once

#include "keras/engine/tensor/tensor.h"

namespace keras::datasets {

/// Examples and what is to be found for each.
struct Split {
  Tensor x;
  Tensor y;
};

/// The two parts; `auto [train, test] = load_data();` takes it apart.
struct TrainAndTest {
  Split train;
  Split test;
};

}  // namespace keras::datasets
