#include <gtest/gtest.h>

#include <map>

#include "keras/layers/convolutional/conv.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/reshaping/flatten.h"
#include "keras/losses/losses.h"
#include "keras/models/model.h"
#include "keras/models/sequential.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/optimizers.h"
#include "keras/regularizers/regularizers.h"
#include "keras/saving/tensor_files.h"

// Twenty training steps against real Keras's: tools/make_training_fixtures.py made the files.
namespace keras {
namespace {

class Fixture {
 public:
  explicit Fixture(const std::string& name) {
    for (const auto& [key, tensor] : load_tensors("keras/trainers/testdata/" + name + ".npz"))
      arrays_[key] = tensor;
  }

  const Tensor& operator[](const std::string& name) const { return arrays_.at(name); }
  /// One of the entries along the first axis, or a few of them.
  Tensor entry(const std::string& name, std::int64_t index) const {
    return ops::squeeze(rows(name, index, 1), {.axis = 0});
  }
  Tensor rows(const std::string& name, std::int64_t step, std::int64_t count) const {
    return ops::slice_axis((*this)[name], 0, step * count, (step + 1) * count).eval();
  }
  /// x0, x1, … of one step.
  Data batch(const std::string& prefix, std::int64_t step) const {
    constexpr std::int64_t kBatch = 8;
    if (!arrays_.contains(prefix + "1")) return rows(prefix + "0", step, kBatch);
    return {rows(prefix + "0", step, kBatch), rows(prefix + "1", step, kBatch)};
  }
  Tensors weights(std::int64_t step) const {
    Tensors out;
    for (int i = 0; arrays_.contains("weight" + std::to_string(i)); ++i)
      out.push_back(entry("weight" + std::to_string(i), step));
    return out;
  }

 private:
  std::map<std::string, Tensor> arrays_;
};

double largest_difference(const Tensor& a, const Tensor& b) {
  return ops::max(ops::abs(a - b)).item<double>();
}

void expect_keras_steps(const Model& model, const std::string& name, double tolerance) {
  const Fixture fixture(name);
  model.set_weights(fixture.weights(0));
  const auto losses = fixture["loss"].to_vector<float>();
  ASSERT_EQ(losses.size(), 20u);
  for (int step = 0; step < 20; ++step) {
    const Logs logs = model.train_on_batch(fixture.batch("x", step), fixture.batch("y", step));
    EXPECT_NEAR(logs["loss"], losses[static_cast<std::size_t>(step)], tolerance) << step;
    const Tensors expected = fixture.weights(step + 1);
    const Tensors weights = model.get_weights();
    ASSERT_EQ(weights.size(), expected.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
      ASSERT_LT(largest_difference(weights[i], expected[i]), tolerance)
          << "weight " << i << " after step " << step;
  }
}

TEST(KerasSteps, Mlp) {
  const Sequential model({
      Input({6}),
      layers::Dense(8, {.activation = "relu", .kernel_regularizer = regularizers::L2(0.01)}),
      layers::Dense(3, {.activation = "softmax"}),
  });
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}),
                 .loss = "sparse_categorical_crossentropy"});
  expect_keras_steps(model, "mlp", 1e-5);
}

TEST(KerasSteps, CnnWithBatchNormalization) {
  const Tensor input = Input({8, 8, 1});
  Tensor x = layers::Conv2D(4, 3, {.padding = "same", .use_bias = false})(input);
  x = ops::relu(layers::BatchNormalization({.momentum = 0.9})(x));
  x = layers::Conv2D(4, 3, {.activation = "relu"})(layers::MaxPooling2D(2)(x));
  x = layers::Dense(3)(layers::Flatten()(x));
  const Model model(input, x);
  model.compile(
      {.optimizer = optimizers::SGD({.learning_rate = 0.05, .momentum = 0.9, .nesterov = true}),
       .loss = losses::SparseCategoricalCrossentropy({.from_logits = true})});
  expect_keras_steps(model, "cnn", 2e-5);
}

TEST(KerasSteps, TwoInputsAndOutputs) {
  const Tensor a = Input({4}, {.name = "a"});
  const Tensor b = Input({4}, {.name = "b"});
  const layers::Dense shared(5, {.activation = "tanh", .name = "shared"});
  const Tensor joined = ops::concatenate({shared(a), shared(b)}, {.axis = -1});
  const Tensor number = layers::Dense(1, {.name = "number"})(joined);
  const Tensor kind = layers::Dense(2, {.activation = "softmax", .name = "kind"})(joined);
  const Model model(Tensors{a, b}, Tensors{number, kind});
  model.compile({.optimizer = optimizers::AdamW(
                     {.learning_rate = 0.01, .weight_decay = 0.02, .clipnorm = 1.0}),
                 .loss = {{"number", "mse"}, {"kind", "categorical_crossentropy"}},
                 .loss_weights = {{"number", 0.5}, {"kind", 2.0}}});
  expect_keras_steps(model, "two_inputs", 1e-5);
}

}  // namespace
}  // namespace keras
