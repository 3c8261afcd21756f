#pragma once

#include <string>
#include <vector>

#include "keras/layers/layer.h"

namespace keras::saving::legacy {

/// Who wrote a file.
struct WeightOrigin {
  int generation = 3;
  std::string backend = {};
};

/// A layer's weights from a file of an older Keras as this layer has them: the many matrices of
/// Keras 1's recurrent layers, cuDNN's layouts of LSTM and GRU, kernels of Theano, which are
/// turned around, and of channels-first convolutions of Keras 1.
std::vector<Tensor> modern_layout(const Layer& layer, std::vector<Tensor> values,
                                  const WeightOrigin& origin);

}  // namespace keras::saving::legacy
