#include "workloads.h"

#include <vector>

namespace keras::benchmarks {

namespace {

Model mlp() {
  return Sequential({Input({784}), layers::Dense(512, {.activation = "relu"}),
                     layers::Dense(512, {.activation = "relu"}),
                     layers::Dense(10, {.activation = "softmax"})});
}

Model cnn() {
  return Sequential({Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}),
                     layers::MaxPooling2D(2), layers::Conv2D(64, 3, {.activation = "relu"}),
                     layers::MaxPooling2D(2), layers::Flatten(), layers::Dropout(0.5),
                     layers::Dense(10, {.activation = "softmax"})});
}

Model resnet50() {
  return applications::ResNet50({.input_shape = Shape{96, 96, 3}, .classes = 10});
}

Model mobilenetv2() {
  return applications::MobileNetV2({.input_shape = Shape{96, 96, 3}, .classes = 10});
}

const Workload kWorkloads[] = {
    {"mlp", 128, 200, {784}, 0, 669706, mlp},
    {"cnn", 128, 50, {28, 28, 1}, 0, 34826, cnn},
    {"lstm", 64, 10, {100, 64}, 0, 231690, [] { return lstm(100); }},
    {"transformer", 32, 16, {128}, 8000, 1421834, [] { return transformer(128); }},
    {"resnet50", 16, 4, {96, 96, 3}, 0, 23555082, resnet50},
    {"mobilenetv2", 16, 6, {96, 96, 3}, 0, 2236682, mobilenetv2},
};

constexpr std::uint32_t kClasses = 10;

/// A hash of good quality: two rounds of multiplying and shifting.
std::uint32_t scramble(std::uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352dU;
  x = (x ^ (x >> 15)) * 0x846ca68bU;
  return x ^ (x >> 16);
}

}  // namespace

Model lstm(std::int64_t steps) {
  return Sequential({Input({steps, 64}), layers::LSTM(128, {.return_sequences = true}),
                     layers::LSTM(128), layers::Dense(10, {.activation = "softmax"})});
}

Model transformer(std::int64_t steps) {
  const Tensor tokens = Input({steps}, {.dtype = "int32"});
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

std::span<const Workload> workloads() { return kWorkloads; }

const Workload* find_workload(const std::string& name) {
  for (const Workload& workload : kWorkloads)
    if (workload.name == name) return &workload;
  return nullptr;
}

Examples make_examples(const Workload& workload, std::int64_t count) {
  const Shape shape = Shape{count}.concat(workload.shape);
  const auto features = static_cast<std::uint32_t>(workload.shape.size());
  const auto total = static_cast<std::uint32_t>(count) * features;
  std::vector<std::int32_t> labels(static_cast<std::size_t>(count)), tokens;
  std::vector<float> values;
  for (std::uint32_t i = 0; i < labels.size(); ++i)
    labels[i] = static_cast<std::int32_t>(i % kClasses);
  const auto groups = static_cast<std::uint32_t>(workload.vocabulary) / kClasses;
  for (std::uint32_t i = 0; i < total; ++i) {
    const std::uint32_t label = i / features % kClasses, noise = scramble(i);
    if (groups > 0)
      tokens.push_back(static_cast<std::int32_t>(noise % groups * kClasses + label));
    else
      values.push_back(static_cast<float>(noise) * 0x1p-31F - 1 +
                       (i % features % kClasses == label ? 1 : 0));
  }
  const Tensor x = groups > 0 ? Tensor::from(tokens, shape) : Tensor::from(values, shape);
  return {x, Tensor::from(labels, {count})};
}

}  // namespace keras::benchmarks
