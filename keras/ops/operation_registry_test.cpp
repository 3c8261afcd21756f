#include "keras/ops/operation_registry.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/math.h"
#include "keras/ops/nn.h"
#include "keras/ops/operation.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::expect_error;
using testing::ramp;

Tensor symbolic(const Shape& shape, DType dtype = DType::kFloat32) {
  return engine::make_symbolic({shape, dtype}, std::make_shared<OperationHistory>());
}

/// A recorded call, written down and made anew, gives the same values and is recorded as the same.
void expect_round_trip(const Tensor& y, const Tensors& inputs) {
  ASSERT_TRUE(y.is_symbolic());
  const OperationHistory& history = history_of(y);
  const OperationNode& node = *history.node;
  const std::string name = node.operation->class_name();
  SCOPED_TRACE(name + " " + node.operation->op_config().to_string() + " " +
               node.arguments.to_string());
  ASSERT_TRUE(is_known_operation(name));
  const auto function = operation_from_config(name, node.operation->op_config());
  const auto index = static_cast<std::size_t>(history.output_index);
  const Tensor expected = node.operation->replay(inputs, node.arguments, {})[index];
  const Tensor actual = function(inputs, node.arguments)[index];
  ASSERT_EQ(actual.spec(), expected.spec());
  EXPECT_EQ(actual.to_vector<float>(), expected.to_vector<float>());

  const Tensor again = function(node.inputs, node.arguments)[index];
  EXPECT_EQ(history_of(again).node->operation->class_name(), name);
  EXPECT_EQ(history_of(again).node->operation->op_config(), node.operation->op_config());
  EXPECT_EQ(history_of(again).node->arguments, node.arguments);
  EXPECT_EQ(again.spec(), y.spec());
}

TEST(OperationRegistry, CallsOfOneTensorRoundTrip) {
  const Tensor s = symbolic({kUnknown, 3, 4}), x = ramp({2, 3, 4});
  for (const Tensor& y : {
           abs(s),
           clip(s, -0.5, 1),
           cast(s, DType::kInt32),
           round(s, 1),
           nan_to_num(s),
           erf(s),
           sum(s, {.axis = 1}),
           mean(s, {.axis = {1, 2}, .keepdims = true}),
           max(s),
           std(s),
           logsumexp(s, {.axis = -1}),
           argmax(s, {.axis = 1}),
           cumsum(s, {.axis = 1}),
           median(s, {.axis = 1}),
           quantile(s, 0.3, {.axis = 2}),
           sort(s),
           argsort(s, {.axis = 1}),
           count_nonzero(s, {.axis = 1}),
           diff(s),
           average(s, {.axis = 2, .weights = ramp({4})}),
           reshape(s, {-1, 12}),
           transpose(s, {.axes = {0, 2, 1}}),
           expand_dims(s, {.axis = 1}),
           flip(s, {.axis = 1}),
           roll(s, 1, {.axis = 2}),
           moveaxis(s, 1, 2),
           swapaxes(s, 1, 2),
           tile(s, {1, 2, 1}),
           repeat(s, 2, {.axis = 1}),
           repeat(s, {1, 0, 2}, {.axis = 1}),
           pad(s, {{0, 0}, {1, 2}, {0, 1}}),
           pad(s, {{0, 0}, {1, 2}, {0, 1}}, {.mode = "reflect"}),
           ravel(s),
           rot90(s, {.axes = {1, 2}}),
           tril(s),
           triu(s, {.k = 1}),
           diagonal(s, {.axis1 = 1, .axis2 = 2}),
           zeros_like(s, DType::kBool),
           full_like(s, 2.5),
           relu(s),
           softmax(s),
           softmax(s, {.axis = 1}),
           gelu(s),
           leaky_relu(s),
           elu(s, {.alpha = 0.5}),
           log_softmax(s),
           normalize(s),
           glu(s),
           stop_gradient(s),
           threshold(s, 0.1, 2),
           max(s, {.axis = 1, .initial = 0.5}),
           moments(s, {0, 1}).second,
           tensordot(s, ramp({4, 2}), 1),
           tensordot(s, ramp({2, 4}), {2}, {1}),
           einsum("abc->cb", {s}),
           conv_transpose(s, ramp({2, 5, 4}), {.strides = 2}),
       })
    expect_round_trip(y, {x});
}

TEST(OperationRegistry, CallsOfSeveralTensorsRoundTrip) {
  const Tensor s = symbolic({kUnknown, 3}), t = symbolic({kUnknown, 3});
  const Tensors in = {ramp({2, 3}), ramp({3, 2})};
  const Tensors pair = {ramp({2, 3}), ramp({2, 3}) * 0.5};
  expect_round_trip(s + t, pair);
  expect_round_trip(s * 2, {pair[0]});
  expect_round_trip(1 - s, {pair[0]});
  expect_round_trip(s + ramp({3}), {pair[0]});
  expect_round_trip(maximum(s, t), pair);
  expect_round_trip(
      where(symbolic({kUnknown, 3}, DType::kBool), s, 0),
      {Tensor::from(std::vector<bool>{true, false, true, true, true, false}, {2, 3}), pair[0]});
  expect_round_trip(concatenate({s, t}, {.axis = -1}), pair);
  expect_round_trip(concatenate({symbolic({2, 3}), ones({2, 3})}, {.axis = 1}), {pair[0]});
  expect_round_trip(stack({s, t}, {.axis = 1}), pair);
  expect_round_trip(matmul(s, symbolic({3, 2})), in);
  expect_round_trip(take(s, Tensor::of<std::int32_t>({2, 0}), {.axis = 1}), {pair[0]});
  expect_round_trip(isclose(s, t), pair);
}

TEST(OperationRegistry, ProductsRoundTrip) {
  const Tensor s = symbolic({kUnknown, 3}), t = symbolic({kUnknown, 3});
  const Tensors pair = {ramp({2, 3}), ramp({2, 3}) * 0.5};
  expect_round_trip(cross(s, t), pair);
  expect_round_trip(outer(s, t), pair);
  expect_round_trip(einsum("ij,kj->ik", {s, t}), pair);
  expect_round_trip(meshgrid({symbolic({3}), symbolic({2})}, {.indexing = "ij"})[1],
                    {ramp({3}), ramp({2})});
  expect_round_trip(vander(symbolic({3}), {.N = 2}), {ramp({3})});
  expect_round_trip(multi_hot(symbolic({kUnknown, 2}, DType::kInt32), 3),
                    {Tensor::from(std::vector<int>{2, 0, 1, 1}, {2, 2})});
  for (const Tensor& index : unravel_index(symbolic({kUnknown}, DType::kInt32), {2, 3}))
    expect_round_trip(index, {Tensor::of<std::int32_t>({5, 2})});
}

TEST(OperationRegistry, ReadsWhatKerasCallsByOtherNames) {
  const Tensor x = ramp({2, 4}), scale = ramp({4});
  const auto call = [&](const char* name, const Config& config, const Tensors& inputs) {
    Config::List args;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      args.push_back({{"tensor", static_cast<std::int64_t>(i)}});
    const Config arguments = {{"args", args}, {"kwargs", Config::dict()}};
    return operation_from_config(name, config)(inputs, arguments).at(0).to_vector<float>();
  };
  EXPECT_EQ(call("Fliplr", Config::dict(), {x}), flip(x, {.axis = 1}).to_vector<float>());
  EXPECT_EQ(call("Hsplit", {{"indices_or_sections", 2}}, {x}),
            split(x, 2, {.axis = 1})[0].to_vector<float>());
  EXPECT_EQ(call("LayerNorm", {{"axis", -1}, {"epsilon", 0.1}}, {x, scale}),
            layer_normalization(x, {.gamma = scale, .epsilon = 0.1}).to_vector<float>());
  EXPECT_EQ(call("RMSNorm", {{"axis", -1}}, {x, scale}),
            rms_normalization(x, {.scale = scale}).to_vector<float>());
  EXPECT_EQ(call("BatchNorm", {{"axis", 1}, {"epsilon", 0.1}}, {x, scale, square(scale)}),
            batch_normalization(x, scale, square(scale), 1, {.epsilon = 0.1}).to_vector<float>());
  EXPECT_EQ(call("Clip", {{"x_min", -0.1}, {"x_max", 0.2}}, {x}),
            clip(x, -0.1, 0.2).to_vector<float>());
}

TEST(OperationRegistry, PiecesRoundTrip) {
  const Tensor s = symbolic({kUnknown, 4, 6}), x = ramp({2, 4, 6});
  expect_round_trip(get_item(s, {Slice{}, 0}), {x});
  expect_round_trip(get_item(s, {0}), {x});
  expect_round_trip(get_item(s, {ellipsis, Slice{.step = -2}, newaxis}), {x});
  expect_round_trip(slice(s, {0, 1, 2}, {2, 2, 3}), {x});
  expect_round_trip(slice_update(s, {0, 1, 2}, zeros({2, 1, 2})), {x});
  for (const Tensor& part : split(s, 2, {.axis = 1})) expect_round_trip(part, {x});
  for (const Tensor& part : split(s, {1, 4}, {.axis = 2})) expect_round_trip(part, {x});
  for (const Tensor& part : unstack(s, {.axis = 1})) expect_round_trip(part, {x});
  expect_round_trip(top_k(s, 2).indices, {x});
  expect_round_trip(max_pool(s, 2), {x});
  expect_round_trip(squeeze(symbolic({kUnknown, 1, 3}), {.axis = 1}), {ramp({2, 1, 3})});
  expect_round_trip(one_hot(symbolic({kUnknown}, DType::kInt32), 3),
                    {Tensor::of<std::int32_t>({2, 0})});
}

TEST(OperationRegistry, WritesWhatKerasWrites) {
  const Tensor s = symbolic({kUnknown, 3, 3});
  const Tensor y = get_item(s, {Slice{}, 0});
  const OperationNode& node = *history_of(y).node;
  EXPECT_EQ(node.arguments.to_string(),
            R"({"args": [{"tensor": 0}, [{"class_name": "__slice__", "config": )"
            R"({"start": null, "stop": null, "step": null}}, 0]], "kwargs": {}})");
  EXPECT_EQ(operation_module("GetItem"), "keras.src.ops.numpy");
  EXPECT_EQ(operation_module("TopK"), "keras.src.ops.math");
  EXPECT_EQ(operation_module("Softmax"), "keras.src.ops.nn");
  EXPECT_EQ(operation_module("Slice"), "keras.src.ops.core");
}

TEST(OperationRegistry, RefusesWhatItDoesNotKnow) {
  EXPECT_FALSE(is_known_operation("Eval"));
  expect_error<ValueError>([] { operation_from_config("Eval", Config::dict()); },
                           "The operation Eval cannot be saved or loaded");
  const Config arguments = {{"args", Config::list({Config("x")})}, {"kwargs", Config::dict()}};
  expect_error<ValueError>([&] { operation_from_config("Exp", Config::dict())({}, arguments); },
                           "argument is not supported");
  const Config none = {{"args", Config::list()}, {"kwargs", Config::dict()}};
  expect_error<ValueError>([&] { operation_from_config("Exp", Config::dict())({}, none); },
                           "has no argument x");
}

}  // namespace
}  // namespace keras::ops
