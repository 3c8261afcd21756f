#pragma once

#include <keras/keras.h>

#include <cstdint>
#include <string>

namespace keras::benchmarks {

/// A model of the bench with the size of its batches; keras_models.py has the same ones.
struct Workload {
  std::string name;
  std::int64_t batch;
  std::int64_t batches;
  /// Of one example.
  Shape shape;
  /// Inputs are integers below it; of floating point when 0.
  std::int64_t vocabulary;
  Model (*make)();
};

inline Model mlp() {
  return Sequential({Input({784}), layers::Dense(512, {.activation = "relu"}),
                     layers::Dense(512, {.activation = "relu"}),
                     layers::Dense(10, {.activation = "softmax"})});
}

inline Model cnn() {
  return Sequential({Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}),
                     layers::MaxPooling2D(2), layers::Conv2D(64, 3, {.activation = "relu"}),
                     layers::MaxPooling2D(2), layers::Flatten(), layers::Dropout(0.5),
                     layers::Dense(10, {.activation = "softmax"})});
}

inline Model lstm() {
  return Sequential({Input({100, 64}), layers::LSTM(128, {.return_sequences = true}),
                     layers::LSTM(128), layers::Dense(10, {.activation = "softmax"})});
}

inline Model transformer() {
  const Tensor tokens = Input({128}, {.dtype = "int32"});
  Tensor x = layers::Embedding(8000, 128)(tokens);
  for (int block = 0; block < 2; ++block) {
    const Tensor attended = layers::MultiHeadAttention(4, 32)(x, x);
    x = layers::LayerNormalization({.epsilon = 1e-6})(x + attended);
    const Tensor fed = layers::Dense(128)(layers::Dense(512, {.activation = "gelu"})(x));
    x = layers::LayerNormalization({.epsilon = 1e-6})(x + fed);
  }
  x = layers::GlobalAveragePooling1D()(x);
  return Model(tokens, layers::Dense(10, {.activation = "softmax"})(x));
}

inline Model resnet50() {
  return applications::ResNet50({.input_shape = Shape{96, 96, 3}, .classes = 10});
}

inline Model mobilenetv2() {
  return applications::MobileNetV2({.input_shape = Shape{96, 96, 3}, .classes = 10});
}

inline const Workload kWorkloads[] = {
    {"mlp", 128, 200, {784}, 0, mlp},
    {"cnn", 128, 200, {28, 28, 1}, 0, cnn},
    {"lstm", 64, 10, {100, 64}, 0, lstm},
    {"transformer", 32, 16, {128}, 8000, transformer},
    {"resnet50", 16, 4, {96, 96, 3}, 0, resnet50},
    {"mobilenetv2", 16, 6, {96, 96, 3}, 0, mobilenetv2},
};

/// nullptr for a name that is not one.
inline const Workload* find_workload(const std::string& name) {
  for (const Workload& workload : kWorkloads)
    if (workload.name == name) return &workload;
  return nullptr;
}

/// The names with a bar between.
inline std::string workload_names() {
  std::string names;
  for (const Workload& workload : kWorkloads) names += (names.empty() ? "" : "|") + workload.name;
  return names;
}

/// Inputs for `count` examples, the same in each run.
inline Tensor make_inputs(const Workload& workload, std::int64_t count) {
  const Shape shape = Shape{count}.concat(workload.shape);
  if (workload.vocabulary == 0) return random::normal(shape, {.seed = 1}).eval();
  return random::randint(shape, 0, static_cast<int>(workload.vocabulary), {.seed = 1}).eval();
}

}  // namespace keras::benchmarks
