#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras::utils {

/// Further arguments of pad_sequences.
struct PadSequencesOptions {
  std::optional<std::int64_t> maxlen = {};  ///< The longest sequence's length where not given.
  DType dtype = DType::kInt32;              ///< of the result
  std::string padding = "pre";              ///< Values are added before, or "post", after.
  std::string truncating = "pre";  ///< What is too long loses its start, or "post", its end.
  double value = 0.0;              ///< what is added
};

/// Sequences of the same length, (n, maxlen, …): shorter ones get a value added, longer ones lose
/// elements. Throws ValueError for a padding that is neither "pre" nor "post" and for elements of
/// different shapes. Keras: keras.utils.pad_sequences.
Tensor pad_sequences(const Tensors& sequences, PadSequencesOptions options = {});
/// The same for lists of numbers: `pad_sequences<int>({{1, 2, 3}, {4}})`.
template <typename T>
Tensor pad_sequences(const std::vector<std::vector<T>>& sequences,
                     PadSequencesOptions options = {}) {
  Tensors tensors;
  for (const auto& sequence : sequences)
    tensors.push_back(Tensor::from(sequence, {static_cast<std::int64_t>(sequence.size())}));
  return pad_sequences(tensors, std::move(options));
}

}  // namespace keras::utils
