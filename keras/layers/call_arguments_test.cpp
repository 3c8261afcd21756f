#include "keras/layers/call_arguments.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/saving/json/json.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;

const std::vector<std::string> kParameters = {"query", "value", "mask", "training"};

CallArguments bind(const char* arguments, Tensors tensors) {
  return CallArguments("layer", kParameters, saving::parse_json(arguments, "test"),
                       std::move(tensors));
}

TEST(CallArguments, BindsByPlaceAndByName) {
  const Tensor a = Tensor::of<float>({1}), b = Tensor::of<float>({2});
  const CallArguments call = bind(
      R"({"args": [{"tensor": 0}], "kwargs": {"value": {"tensor": 1}, "mask": null, "training": true}})",
      {a, b});
  EXPECT_EQ(call.tensor("query").to_vector<float>(), a.to_vector<float>());
  EXPECT_EQ(call.tensor("value").to_vector<float>(), b.to_vector<float>());
  EXPECT_FALSE(call.tensor("mask").defined());
  EXPECT_EQ(call.training(), std::optional<bool>(true));
  EXPECT_EQ(call.inputs().size(), 1u);
  EXPECT_TRUE(call.flag("mask", true));
}

TEST(CallArguments, ReadsListsWithGaps) {
  const CallArguments call = bind(R"({"args": [[{"tensor": 0}, {"tensor": 1}]],
                                      "kwargs": {"mask": [null, {"tensor": 2}]}})",
                                  Tensors(3, Tensor::of<float>({1})));
  EXPECT_EQ(call.inputs().size(), 2u);
  const Tensors masks = call.list("mask");
  ASSERT_EQ(masks.size(), 2u);
  EXPECT_FALSE(masks[0].defined());
  EXPECT_TRUE(masks[1].defined());
  EXPECT_TRUE(call.list("value").empty());
  EXPECT_FALSE(call.training().has_value());
}

TEST(CallArguments, PutsAMaskOnTheInput) {
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 5}, {1, 2, 2});
  const Tensor mask = Tensor::from(std::vector<bool>{true, false}, {1, 2});
  const Config arguments =
      saving::parse_json(R"({"args": [{"tensor": 0}], "kwargs": {"mask": {"tensor": 1}}})", "test");
  const layers::GlobalAveragePooling1D pool;
  EXPECT_EQ(pool.impl()->invoke_recorded({x, mask}, arguments)[0].to_vector<float>(),
            (std::vector<float>{1, 2}));
  expect_error<ValueError>(
      [&] {
        layers::GlobalMaxPooling1D().impl()->invoke_recorded({x, mask}, arguments);
      },
      "the call argument `mask={\"tensor\": 1}` is not supported");
}

TEST(CallArguments, RefusesWhatTheLayerDoesNotTake) {
  const Tensors one = {Tensor::of<float>({1})};
  expect_error<ValueError>(
      [&] { bind(R"({"args": [{"tensor": 0}], "kwargs": {"speed": 3}})", one); },
      "the call argument `speed=3` is not supported");
  expect_error<ValueError>([&] { bind(R"({"args": [1, 2, 3, 4, 5], "kwargs": {}})", {}); },
                           "takes at most 4 positional arguments");
  expect_error<ValueError>(
      [&] { bind(R"({"args": [{"tensor": 0}], "kwargs": {"query": {"tensor": 0}}})", one); },
      "`query` is given twice");
  expect_error<ValueError>([&] { bind(R"({"args": [3], "kwargs": {}})", {}).tensor("query"); },
                           "must be a tensor, received 3");
  expect_error<ValueError>(
      [&] { bind(R"({"args": [], "kwargs": {"training": 3}})", {}).training(); },
      "must be True or False, received 3");
}

}  // namespace
}  // namespace keras
