#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "keras/backend/cpu/fusions/batch_loop.h"
#include "keras/config/config.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/variable.h"
#include "keras/layers/attention/multi_head_attention.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/convolutional/depthwise_conv.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/embedding.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/merging/merge.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/normalization/layer_normalization.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/reshaping/flatten.h"
#include "keras/models/functional.h"
#include "keras/models/sequential.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"
#include "tests/support/tensors.h"

namespace keras::backend::cpu {
namespace {

using Function = std::function<Tensors(const Tensors&)>;

/// What is worth a loop depends on the threads.
class LoopOverBatch : public ::testing::Test {
 protected:
  void SetUp() override { engine::set_num_threads(2); }
  void TearDown() override { engine::set_num_threads(threads_); }

 private:
  const int threads_ = engine::num_threads();
};

/// The parts of a compiled function's loops over batches.
std::vector<std::int64_t> loops_of(const Function& function, const Tensors& arguments) {
  Specs specs;
  for (const auto& argument : arguments) specs.push_back(argument.spec());
  std::vector<std::int64_t> parts;
  const auto executable = CompiledFunction(function).executable(specs);
  for (const auto& call : executable->graph().calls)
    if (call.op == &batch_loop_op) parts.push_back(call.attrs.as<BatchLoopAttrs>().parts);
  return parts;
}

std::vector<std::vector<float>> run(const Function& function, const Tensors& arguments,
                                    bool loops = true) {
  if (!loops)
    engine::set_compile_settings({.disabled_passes = {"loop_over_batch"}, .dump_folder = {}});
  std::vector<std::vector<float>> out;
  for (const Tensor& result : CompiledFunction(function)(arguments))
    out.push_back(ops::cast(result, DType::kFloat32).to_vector<float>());
  engine::set_compile_settings({});
  return out;
}

/// With the loop as without it, on any number of threads, and twice the same bits.
void expect_same(const Function& function, const Tensors& arguments, const std::string& what) {
  const auto expected = run(function, arguments, false);
  for (const int threads : {1, 2, 3}) {
    engine::set_num_threads(threads);
    const auto looped = run(function, arguments);
    EXPECT_EQ(run(function, arguments), looped) << what << " on " << threads << " threads";
    ASSERT_EQ(looped.size(), expected.size()) << what;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(looped[i].size(), expected[i].size()) << what;
      for (std::size_t k = 0; k < expected[i].size(); ++k)
        ASSERT_NEAR(looped[i][k], expected[i][k], 2e-5f * std::max(1.0f, std::abs(expected[i][k])))
            << what << " on " << threads << " threads, result " << i << " at " << k;
    }
  }
  engine::set_num_threads(2);
}

Tensor images(std::int64_t count, std::int64_t size, std::int64_t channels) {
  return random::normal({count, size, size, channels}, {.seed = 1}).eval();
}

/// Blocks of convolutions, with a residual and all that is fused into them.
Model convolutional(std::int64_t size) {
  const Tensor x = Input({size, size, 3});
  Tensor y = layers::Conv2D(32, 3, {.strides = {2, 2}, .padding = "same"})(x);
  y = layers::BatchNormalization()(y);
  const Tensor shortcut = layers::Conv2D(64, 1)(y);
  y = layers::DepthwiseConv2D(3, {.padding = "same"})(y);
  y = layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"})(y);
  y = layers::add({y, shortcut});
  y = layers::MaxPooling2D(2)(y);
  y = layers::GlobalAveragePooling2D()(layers::Conv2D(32, 3, {.activation = "gelu"})(y));
  return Model(x, layers::Dense(10, {.activation = "softmax"})(y));
}

TEST_F(LoopOverBatch, GivesWhatCallsOnTheWholeBatchGive) {
  const Model model = convolutional(48);
  const Function predict = [&](const Tensors& in) { return Tensors{model(in[0])}; };
  for (const std::int64_t batch : {16, 17, 30}) {
    const Tensors x = {images(batch, 48, 3)};
    EXPECT_EQ(loops_of(predict, x).size(), 1U) << batch;
    expect_same(predict, x, "a batch of " + std::to_string(batch));
  }
}

TEST_F(LoopOverBatch, TakesSequences) {
  const Tensor tokens = Input({64}, {.dtype = "int32"});
  Tensor y = layers::Embedding(50, 128)(tokens);
  y = layers::LayerNormalization()(y + layers::MultiHeadAttention(4, 32)(y, y));
  y = layers::Dense(512, {.activation = "gelu"})(y);
  const Model model(tokens, layers::Dense(10)(layers::Flatten()(y)));
  const Function predict = [&](const Tensors& in) { return Tensors{model(in[0])}; };
  const Tensors x = {random::randint({32, 64}, 0, 50, {.seed = 3}).eval()};
  EXPECT_EQ(loops_of(predict, x).size(), 1U);
  expect_same(predict, x, "sequences");
}

TEST_F(LoopOverBatch, HasPartsThatFitTheCaches) {
  const Sequential model({Input({96, 96, 3}), layers::Conv2D(32, 3), layers::Conv2D(32, 3)});
  const Function predict = [&](const Tensors& in) { return Tensors{model(in[0])}; };
  EXPECT_EQ(loops_of(predict, {images(12, 96, 3)}), (std::vector<std::int64_t>{12}));
  const Sequential small({Input({28, 28, 1}), layers::Conv2D(32, 3), layers::MaxPooling2D(2)});
  const Function quick = [&](const Tensors& in) { return Tensors{small(in[0])}; };
  EXPECT_EQ(loops_of(quick, {images(128, 28, 1)}), (std::vector<std::int64_t>{16}));
  EXPECT_EQ(loops_of(quick, {images(8, 28, 1)}), std::vector<std::int64_t>());
  engine::set_num_threads(16);
  EXPECT_EQ(loops_of(quick, {images(128, 28, 1)}), std::vector<std::int64_t>());
  EXPECT_EQ(loops_of(predict, {images(20, 96, 3)}), std::vector<std::int64_t>());
  EXPECT_EQ(loops_of(predict, {images(32, 96, 3)}), (std::vector<std::int64_t>{32}));
  engine::set_num_threads(2);
  EXPECT_EQ(loops_of(quick, {images(3, 28, 1)}), std::vector<std::int64_t>());
}

TEST_F(LoopOverBatch, EndsBeforeSamplesMeet) {
  const layers::Conv2D convolution(32, 3);
  convolution.build(Shape{64, 28, 28, 1});
  const Tensor x = images(64, 28, 1);
  const auto pooled = [&](const Tensor& in) { return ops::max_pool(convolution(in), {2, 2}); };
  struct Case {
    const char* name;
    Function function;
  };
  const Case cases[] = {
      {"a mean",
       [&](const Tensors& in) { return Tensors{ops::mean(pooled(in[0]), {.axis = {0}})}; }},
      {"another order",
       [&](const Tensors& in) { return Tensors{ops::flip(pooled(in[0]), {.axis = 0})}; }},
      {"samples as channels",
       [&](const Tensors& in) {
         return Tensors{ops::transpose(pooled(in[0]), {.axes = {1, 2, 0, 3}})};
       }},
      {"a softmax of the batch",
       [&](const Tensors& in) { return Tensors{ops::softmax(pooled(in[0]), {.axis = {0}})}; }},
      {"padding with samples",
       [&](const Tensors& in) {
         return Tensors{ops::pad(pooled(in[0]), {{1, 1}, {0, 0}, {0, 0}, {0, 0}})};
       }},
      {"a product over the batch",
       [&](const Tensors& in) {
         const Tensor rows = ops::mean(pooled(in[0]), {.axis = {1, 2}});
         return Tensors{ops::matmul(ops::transpose(rows), rows)};
       }},
      {"another batch",
       [&](const Tensors& in) {
         const Tensor all = ops::reshape(pooled(in[0]), {32, 2, 13, 13, 32});
         return Tensors{ops::sum(all, {.axis = {1}})};
       }},
      {"a row for each sample",
       [&](const Tensors& in) {
         return Tensors{pooled(in[0]) + ops::reshape(ops::arange(64.0f), {64, 1, 1, 1})};
       }},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(loops_of(c.function, {x}).size(), 1U) << c.name;
    expect_same(c.function, {x}, c.name);
  }
}

TEST_F(LoopOverBatch, GivesWhatIsUsedLater) {
  const layers::Conv2D convolution(32, 3), second(32, 3);
  convolution.build(Shape{64, 28, 28, 1});
  second.build(Shape{64, 26, 26, 32});
  const Function function = [&](const Tensors& in) {
    const Tensor first = convolution(in[0]), next = second(first);
    return Tensors{next, ops::mean(first, {.axis = {0}}), in[0] * 2.0f};
  };
  const Tensors x = {images(64, 28, 1)};
  EXPECT_EQ(loops_of(function, x).size(), 1U);
  expect_same(function, x, "several results");
}

TEST_F(LoopOverBatch, TakesSeveralArguments) {
  const layers::Conv2D convolution(32, 3);
  convolution.build(Shape{64, 28, 28, 1});
  const Function function = [&](const Tensors& in) {
    return Tensors{ops::max_pool(convolution(in[0] * in[1]) + in[2], {2, 2})};
  };
  const Tensors arguments = {images(64, 28, 1), images(64, 28, 1),
                             random::normal({32}, {.seed = 2}).eval()};
  EXPECT_EQ(loops_of(function, arguments).size(), 1U);
  expect_same(function, arguments, "batches and others");
}

TEST_F(LoopOverBatch, SeesNewWeights) {
  const Sequential model({Input({28, 28, 1}), layers::Conv2D(32, 3), layers::MaxPooling2D(2)});
  const CompiledFunction predict([&](const Tensors& in) { return Tensors{model(in[0])}; });
  const Tensor x = images(64, 28, 1);
  const float before = predict({x})[0].to_vector<float>()[0];
  for (const Variable& weight : model.trainable_weights()) weight.assign(weight.value() * 2.0f);
  EXPECT_FLOAT_EQ(predict({x})[0].to_vector<float>()[0], 2 * before);
}

TEST_F(LoopOverBatch, LeavesWeightsAsTheyAreForOthers) {
  const layers::Dense first(128), second(64);
  first.build(Shape{8192, 64});
  second.build(Shape{8192, 128});
  const Variable copy(ops::zeros({64, 128}), {.name = "copy"});
  const std::vector<float> kernel = first.weights()[0].value().to_vector<float>();
  const Function function = [&](const Tensors& in) {
    copy.assign(first.weights()[0].value());
    return Tensors{second(first(in[0])), second.weights()[0].value()};
  };
  const Tensors x = {random::normal({8192, 64}, {.seed = 1}).eval()};
  EXPECT_EQ(loops_of(function, x).size(), 1U);
  EXPECT_EQ(run(function, x)[1], second.weights()[0].value().to_vector<float>());
  EXPECT_EQ(copy.value().to_vector<float>(), kernel);
  expect_same(function, x, "weights as results");
}

TEST_F(LoopOverBatch, TakesHalfNumbers) {
  config::set_dtype_policy("mixed_bfloat16");
  const Sequential model({Input({28, 28, 8}), layers::Conv2D(32, 3, {.activation = "relu"}),
                          layers::Conv2D(32, 3), layers::MaxPooling2D(2)});
  config::set_dtype_policy("float32");
  const Function predict = [&](const Tensors& in) { return Tensors{model(in[0])}; };
  const Tensors x = {images(64, 28, 8)};
  EXPECT_EQ(loops_of(predict, x).size(), 1U);
  const auto looped = run(predict, x)[0], whole = run(predict, x, false)[0];
  for (std::size_t i = 0; i < whole.size(); ++i) ASSERT_NEAR(looped[i], whole[i], 2e-2f) << i;
}

TEST_F(LoopOverBatch, LaysOutOnceWhatIsMadeOfWeights) {
  const Variable kernel{0.25f * images(1, 5, 32 * 32)};
  const Function function = [&](const Tensors& in) {
    const Tensor made = ops::reshape(ops::exp(kernel.value()), {5, 5, 32, 32});
    return Tensors{ops::relu(ops::conv(ops::relu(in[0]), made, {.padding = "same"}))};
  };
  const Tensors x = {images(64, 28, 32)};
  const CompiledFunction compiled(function);
  const auto executable = compiled.executable({x[0].spec()});
  int laid_out = 0;
  for (const auto& call : executable->graph().calls)
    if (call.op == &batch_loop_op)
      for (const auto argument : call.attrs.as<BatchLoopAttrs>().body->arguments)
        if (call.attrs.as<BatchLoopAttrs>().body->layout(argument)) ++laid_out;
  EXPECT_EQ(laid_out, 1) << engine::print_graph(executable->graph());
  for (const float step : {0.0f, 0.25f}) {
    kernel.assign(kernel.value() + step);
    const auto expected = function(x)[0].to_vector<float>();
    testing::expect_values(compiled(x)[0], {64, 28, 28, 32}, expected, 1e-5f);
  }
}

TEST_F(LoopOverBatch, LeavesBatchesAloneThatHaveNoFewParts) {
  const Function function = [](const Tensors& in) {
    return Tensors{ops::softmax(ops::relu(in[0]) * 2.0f)};
  };
  EXPECT_EQ(loops_of(function, {ops::zeros({1000003, 4}).eval()}), std::vector<std::int64_t>());
}

TEST_F(LoopOverBatch, LeavesTrainingAlone) {
  const Sequential model({Input({28, 28, 1}), layers::Conv2D(32, 3), layers::MaxPooling2D(2)});
  const Function train = [&](const Tensors& in) {
    const auto gradients =
        value_and_grad([&] { return ops::mean(model(in[0])); }, model.trainable_weights())
            .gradients;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const Variable weight = model.trainable_weights()[i];
      weight.assign(weight.value() - gradients[i]);
    }
    return gradients;
  };
  EXPECT_EQ(loops_of(train, {images(64, 28, 1)}), std::vector<std::int64_t>());
}

}  // namespace
}  // namespace keras::backend::cpu
