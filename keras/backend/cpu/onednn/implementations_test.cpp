#include "keras/backend/cpu/onednn/implementations.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "keras/backend/cpu/fusions/batch_loop.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/program.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/layers/activations/rectifiers.h"
#include "keras/layers/attention/multi_head_attention.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/convolutional/depthwise_conv.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/merging/merge.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/normalization/layer_normalization.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/reshaping/flatten.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/losses/losses.h"
#include "keras/models/sequential.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/optimizers/adam.h"

// oneDNN falls back to plain loops, a hundred times slower, without a word.
namespace keras::backend::cpu {
namespace {

/// How many there are depends on the threads.
class OnednnImplementations : public testing::Test {
 protected:
  void SetUp() override { engine::set_num_threads(2); }
  void TearDown() override { engine::set_num_threads(threads_); }

 private:
  const int threads_ = engine::num_threads();
};

/// Which implementations oneDNN chose for the kernels of a graph, those in loops over parts of a
/// batch among them.
std::vector<std::string> all_implementations(const engine::Graph& graph) {
  const int threads = engine::threads_of(graph);
  std::vector<std::string> names;
  for (const auto& call : graph.calls) {
    if (call.op->traits.view) continue;
    if (call.op == &batch_loop_op) {
      for (auto& name : all_implementations(*call.attrs.as<BatchLoopAttrs>().body))
        names.push_back(std::move(name));
      continue;
    }
    const Specs inputs = graph.specs(call.inputs), outputs = graph.specs(call.outputs);
    const auto input_layouts = graph.layouts_of(call.inputs);
    const auto output_layouts = graph.layouts_of(call.outputs);
    const engine::KernelCall kernel_call{*call.op, call.attrs,    inputs,        outputs,
                                         threads,  input_layouts, output_layouts};
    const engine::Kernel* kernel = engine::find_kernel(kernel_call);
    if (!kernel) continue;
    for (const auto& name : implementations(*kernel->prepare(kernel_call)))
      names.push_back(str(kernel->name, " ", name));
  }
  return names;
}

/// Those of a training step and of a prediction.
std::vector<std::string> of_model(const Model& model, const Specs& batch) {
  const optimizers::Adam optimizer;
  optimizer.build(model.trainable_weights());
  const losses::SparseCategoricalCrossentropy loss_fn;
  const CompiledFunction train([&](const Tensors& in) {
    const auto [loss, gradients] =
        value_and_grad([&] { return loss_fn(in[1], model(in[0], {.training = true})); },
                       model.trainable_weights());
    optimizer.apply(gradients, model.trainable_weights());
    return Tensors{loss};
  });
  const CompiledFunction predict([&](const Tensors& in) { return Tensors{model(in[0])}; });
  std::vector<std::string> names = all_implementations(train.executable(batch)->graph());
  for (auto& name : all_implementations(predict.executable({batch[0]})->graph()))
    names.push_back(name);
  return names;
}

void expect_fast(const std::vector<std::string>& names, std::size_t at_least) {
  EXPECT_GE(names.size(), at_least) << join(names, ", ");
  for (const auto& name : names) EXPECT_EQ(name.find("ref"), std::string::npos) << name;
}

TEST_F(OnednnImplementations, OfAnMlpAreNoReferenceOnes) {
  const Sequential model({Input({784}), layers::Dense(512, {.activation = "relu"}),
                          layers::Dense(512, {.activation = "relu"}),
                          layers::Dense(10, {.activation = "softmax"})});
  // Three products forwards, five backwards, three in the prediction.
  expect_fast(of_model(model, {{{128, 784}, DType::kFloat32}, {{128}, DType::kInt32}}), 11);
}

/// Wide matrices, which are packed for so many rows, with columns that no block divides.
TEST_F(OnednnImplementations, OfPackedProductsAreNoReferenceOnes) {
  const Sequential model({Input({100}), layers::Dense(300, {.activation = "relu"}),
                          layers::Dense(520, {.activation = "tanh"}),
                          layers::Dense(10, {.activation = "softmax"})});
  for (const int threads : {2, 3}) {
    engine::set_num_threads(threads);
    expect_fast(of_model(model, {{{257, 100}, DType::kFloat32}, {{257}, DType::kInt32}}), 11);
  }
}

TEST_F(OnednnImplementations, OfACnnAreNoReferenceOnes) {
  const Sequential model({Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}),
                          layers::MaxPooling2D(2), layers::Conv2D(64, 3, {.activation = "relu"}),
                          layers::MaxPooling2D(2), layers::Flatten(),
                          layers::Dense(10, {.activation = "softmax"})});
  expect_fast(of_model(model, {{{128, 28, 28, 1}, DType::kFloat32}, {{128}, DType::kInt32}}), 11);
}

/// True where this processor's oneDNN multiplies matrices of the dtype.
bool multiplies(DType dtype) {
  const Specs inputs = {{{32, 32}, dtype}, {{32, 32}, dtype}}, outputs = {{{32, 32}, dtype}};
  const engine::Attrs attrs = ops::MatmulAttrs{};
  return engine::find_kernel({ops::matmul_op, attrs, inputs, outputs})->name ==
         std::string_view("onednn_matmul");
}

/// Blocks as of ResNet and MobileNet, some with fewer pixels than channels.
Model residual_network(const DTypePolicy& dtype) {
  const Tensor inputs = Input({12, 12, 16});
  Tensor x = layers::Conv2D(96, 1, {.use_bias = false, .dtype = dtype})(inputs);
  x = layers::ReLU({.max_value = 6, .dtype = dtype})(
      layers::BatchNormalization({.dtype = dtype})(x));
  x = layers::DepthwiseConv2D(3, {.strides = 2, .padding = "same", .dtype = dtype})(x);
  x = layers::BatchNormalization({.dtype = dtype})(x);
  Tensor y = layers::Conv2D(160, 1, {.strides = 2, .dtype = dtype})(x);
  x = layers::Conv2D(160, 3, {.strides = 2, .padding = "same", .dtype = dtype})(x);
  x = layers::BatchNormalization({.dtype = dtype})(x);
  x = layers::ReLU({.dtype = dtype})(layers::Add({.dtype = dtype})({x, y}));
  x = layers::GlobalAveragePooling2D({.dtype = dtype})(x);
  return Model(inputs, layers::Dense(10, {.activation = "softmax", .dtype = dtype})(x));
}

TEST_F(OnednnImplementations, OfAResidualNetworkAreNoReferenceOnes) {
  for (const DType dtype : {DType::kFloat32, DType::kBfloat16}) {
    if (!multiplies(dtype)) continue;
    const Model model = residual_network(dtype == DType::kFloat32 ? "float32" : "mixed_bfloat16");
    // Five convolutions of pixels and a product: forwards, backwards, and in predictions, where a
    // product of few pixels is no kernel of oneDNN's.
    for (const std::int64_t batch : {1, 16})
      expect_fast(
          of_model(model, {{{batch, 12, 12, 16}, DType::kFloat32}, {{batch}, DType::kInt32}}), 14);
  }
}

TEST_F(OnednnImplementations, OfALstmAreNoReferenceOnes) {
  const Sequential model({Input({20, 8}), layers::LSTM(32, {.return_sequences = true}),
                          layers::LSTM(32), layers::Dense(10, {.activation = "softmax"})});
  expect_fast(of_model(model, {{{16, 20, 8}, DType::kFloat32}, {{16}, DType::kInt32}}), 10);
}

TEST_F(OnednnImplementations, OfAttentionAreNoReferenceOnes) {
  const Tensor inputs = Input({24, 32});
  Tensor x = layers::MultiHeadAttention(4, 8)(inputs, inputs);
  x = layers::LayerNormalization()(layers::Add()({x, inputs}));
  x = layers::Dense(64, {.activation = "gelu"})(x);
  x = layers::GlobalAveragePooling1D()(x);
  const Model model(inputs, layers::Dense(10, {.activation = "softmax"})(x));
  expect_fast(of_model(model, {{{8, 24, 32}, DType::kFloat32}, {{8}, DType::kInt32}}), 20);
}

}  // namespace
}  // namespace keras::backend::cpu
