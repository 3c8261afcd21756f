#pragma once

#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras::testing {

/// What losses and metrics are tried with: three entries of four outputs.
enum class Data {
  kReal,          ///< real numbers
  kBinary,        ///< labels 0 and 1 against probabilities
  kLogits,        ///< labels 0 and 1 against logits
  kOneHot,        ///< one-hot labels against probabilities
  kOneHotLogits,  ///< one-hot labels against logits
  kSparse,        ///< class numbers against probabilities
  kSparseLogits,  ///< class numbers against logits
};

inline Tensor grid(int mul, int add) {
  std::vector<float> values;
  for (int i = 0; i < 12; ++i) values.push_back(static_cast<float>((i * mul + add) % 11 - 5) / 4);
  return Tensor::from(values, Shape{3, 4});
}

inline std::vector<float> probability_values() {
  std::vector<float> values;
  for (int i = 0; i < 12; ++i) values.push_back((static_cast<float>((i * 7 + 3) % 19) + 0.5f) / 20);
  return values;
}

inline Tensor normalized_probabilities() {
  std::vector<float> values = probability_values();
  for (std::size_t row = 0; row < 12; row += 4) {
    const float sum = values[row] + values[row + 1] + values[row + 2] + values[row + 3];
    for (std::size_t i = row; i < row + 4; ++i) values[i] /= sum;
  }
  return Tensor::from(values, Shape{3, 4});
}

inline Tensor binary_labels() {
  std::vector<float> values;
  for (int i = 0; i < 12; ++i) values.push_back(i * 5 % 3 == 0 ? 1.0f : 0.0f);
  return Tensor::from(values, Shape{3, 4});
}

inline Tensor one_hot_labels() {
  return Tensor::from(std::vector<float>{0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0}, Shape{3, 4});
}

struct LabelsAndPredictions {
  Tensor y_true;
  Tensor y_pred;
};

inline LabelsAndPredictions make_data(Data data) {
  switch (data) {
    case Data::kReal:
      return {grid(7, 0), grid(5, 3)};
    case Data::kBinary:
      return {binary_labels(), Tensor::from(probability_values(), Shape{3, 4})};
    case Data::kLogits:
      return {binary_labels(), grid(5, 3)};
    case Data::kOneHot:
      return {one_hot_labels(), normalized_probabilities()};
    case Data::kOneHotLogits:
      return {one_hot_labels(), grid(5, 3)};
    case Data::kSparse:
      return {Tensor::of<int>({1, 3, 0}), normalized_probabilities()};
    case Data::kSparseLogits:
      return {Tensor::of<int>({1, 3, 0}), grid(5, 3)};
  }
  return {};
}

}  // namespace keras::testing
