#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/models/sequential.h"
#include "keras/ops/numpy.h"
#include "keras/trainers/data_adapters/dataset.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_values;
using Numbers = std::vector<float>;

/// The examples 0, 1, 2 …, of two features each, one at a time.
Dataset examples(int count) {
  const auto next = std::make_shared<int>(0);
  return Dataset::from_generator(
      [=](Batch& out) {
        if (*next == count) return false;
        const auto number = static_cast<float>((*next)++);
        out = {Tensor::of<float>({number, -number}), Tensor(number)};
        return true;
      },
      {.num_batches = count, .reset = [=] { *next = 0; }});
}

/// What y says in one pass.
Numbers pass(const Dataset& dataset) {
  Numbers out;
  dataset.impl().reset();
  for (Batch batch; dataset.impl().next(batch);)
    for (const float value : batch.y.single().to_vector<float>()) out.push_back(value);
  return out;
}

Numbers sorted(Numbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

TEST(Dataset, MapsElementsWhenTheyAreAskedFor) {
  int calls = 0;
  const Dataset doubled = examples(4).map([&](const Batch& b) {
    ++calls;
    return Batch{b.x, (b.y.single() * 2.0).eval()};
  });
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(pass(doubled), (Numbers{0, 2, 4, 6}));
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(doubled.impl().num_batches(), 4);
  // Random access stays, so that `fit` can go on shuffling.
  const Dataset numbered = Dataset::from_function(
      3, [](std::int64_t i) { return Batch{Tensor::of<float>({static_cast<float>(i)})}; });
  const Dataset mapped = numbered.map([](const Batch& b) { return Batch{{}, b.x}; });
  EXPECT_TRUE(mapped.impl().has_random_access());
  EXPECT_EQ(mapped.impl().get(2).y.single().to_vector<float>(), (Numbers{2}));
}

TEST(Dataset, BatchesElements) {
  const Dataset batched = examples(5).batch(2);
  EXPECT_EQ(batched.impl().num_batches(), 3);
  batched.impl().reset();
  Batch batch;
  ASSERT_TRUE(batched.impl().next(batch));
  expect_values(batch.x.single(), {2, 2}, {0, 0, 1, -1});
  expect_values(batch.y.single(), {2}, {0, 1});
  ASSERT_TRUE(batched.impl().next(batch));
  ASSERT_TRUE(batched.impl().next(batch));
  expect_values(batch.x.single(), {1, 2}, {4, -4});
  EXPECT_FALSE(batched.impl().next(batch));
  const Dataset whole = examples(5).batch(2, {.drop_remainder = true});
  EXPECT_EQ(whole.impl().num_batches(), 2);
  EXPECT_EQ(pass(whole), (Numbers{0, 1, 2, 3}));
}

TEST(Dataset, BatchesTexts) {
  const Dataset texts =
      Dataset::from_function(3, [](std::int64_t i) {
        return Batch{string_tensor({std::string(static_cast<std::size_t>(i), 'a')}, {})};
      }).batch(3);
  texts.impl().reset();
  Batch batch;
  ASSERT_TRUE(texts.impl().next(batch));
  EXPECT_EQ(batch.x.single().shape(), (Shape{3}));
  EXPECT_EQ(to_strings(batch.x.single()), (std::vector<std::string>{"", "a", "aa"}));
}

TEST(Dataset, TakesBatchesApart) {
  const Dataset apart = examples(5).batch(3).unbatch();
  EXPECT_EQ(pass(apart), (Numbers{0, 1, 2, 3, 4}));
  EXPECT_FALSE(apart.impl().num_batches());
  apart.impl().reset();
  Batch element;
  ASSERT_TRUE(apart.impl().next(element));
  ASSERT_TRUE(apart.impl().next(element));
  expect_values(element.x.single(), {2}, {1, -1});
  EXPECT_EQ(pass(apart.batch(2)), (Numbers{0, 1, 2, 3, 4}));
}

TEST(Dataset, ShufflesWithinItsBuffer) {
  const Dataset all = examples(50).shuffle(50, {.seed = 3});
  const Numbers first = pass(all), second = pass(all);
  EXPECT_NE(first, sorted(first));
  EXPECT_NE(first, second);
  EXPECT_EQ(sorted(first), pass(examples(50)));
  EXPECT_EQ(pass(examples(50).shuffle(50, {.seed = 3})), first);
  const Dataset fixed = examples(50).shuffle(50, {.seed = 3, .reshuffle_each_iteration = false});
  EXPECT_EQ(pass(fixed), first);
  EXPECT_EQ(pass(fixed), first);
  // An element cannot come before the buffer has reached it.
  const Numbers few = pass(examples(50).shuffle(4, {.seed = 3}));
  EXPECT_NE(few, sorted(few));
  for (std::size_t i = 0; i < few.size(); ++i) EXPECT_LE(few[i], static_cast<float>(i + 3));
  EXPECT_EQ(pass(examples(50).shuffle(1)), pass(examples(50)));
}

TEST(Dataset, PrefetchesNoMoreThanAskedFor) {
  std::atomic<int> read{0};
  const Dataset endless = Dataset::from_generator([&](Batch& out) {
    out = {Tensor(static_cast<float>(read++))};
    return true;
  });
  const Dataset ahead = endless.prefetch(3);
  ahead.impl().reset();
  EXPECT_EQ(read, 0);
  Batch batch;
  ASSERT_TRUE(ahead.impl().next(batch));
  for (int i = 0; i < 500 && read < 5; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  // One is taken, three wait, and one is in the hands of the thread.
  EXPECT_EQ(read, 5);
  for (int i = 1; i < 20; ++i) {
    ASSERT_TRUE(ahead.impl().next(batch));
    EXPECT_EQ(batch.x.single().item<float>(), static_cast<float>(i));
    EXPECT_LE(read, i + 5);
  }
  ahead.impl().reset();  // in the middle
  EXPECT_EQ(pass(examples(7).prefetch(2)), pass(examples(7)));
}

TEST(Dataset, PassesErrorsOnWhenTheyAreDue) {
  const Dataset broken = examples(4).map([](const Batch& b) {
    if (b.y.single().item<float>() == 2) throw std::runtime_error("no third one");
    return b;
  });
  const Dataset ahead = broken.prefetch(8);
  ahead.impl().reset();
  Batch batch;
  EXPECT_TRUE(ahead.impl().next(batch));
  EXPECT_TRUE(ahead.impl().next(batch));
  EXPECT_THROW(ahead.impl().next(batch), std::runtime_error);
}

TEST(Dataset, StreamsIntoTraining) {
  const Dataset source = examples(64).shuffle(16, {.seed = 1}).batch(8).prefetch(2);
  const Sequential model({Input({2}), layers::Dense(1, {.kernel_initializer = "zeros"})});
  model.compile({.optimizer = "adam", .loss = "mse"});
  const auto history = model.fit(source.map([](const Batch& b) {
    return Batch{(b.x.single() / 64.0).eval(), (b.y.single() / 64.0).eval()};
  }),
                                 {.epochs = 3, .verbose = 0});
  EXPECT_EQ(history.history["loss"].size(), 3u);
  EXPECT_LT(history.history["loss"].back(), history.history["loss"].front());
}

TEST(Dataset, RefusesBadArguments) {
  expect_error<ValueError>([] { examples(1).batch(0); }, "Received: batch_size=0");
  expect_error<ValueError>([] { examples(1).shuffle(-1); }, "Received: buffer_size=-1");
  expect_error<ValueError>([] { examples(1).prefetch(0); }, "Received: buffer_size=0");
  expect_error<ValueError>([] { examples(1).map(nullptr); }, "the function is empty");
  expect_error<ValueError>([] { Dataset().batch(1); }, "Dataset::batch: the dataset is undefined");
  expect_error<ValueError>(
      [] {
        pass(Dataset::from_function(2, [](std::int64_t i) {
               return Batch{ops::zeros({i + 1}), Tensor(0.0f)};
             }).batch(2));
      },
      "the elements differ in their shape or dtype: (1,) of float32 and (2,) of float32");
}

}  // namespace
}  // namespace keras
