#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "keras/callbacks/callbacks.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/core/masking.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/regularization/dropout.h"
#include "keras/layers/reshaping/flatten.h"
#include "keras/layers/rnn/bidirectional.h"
#include "keras/layers/rnn/gru.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/models/sequential.h"
#include "keras/random/random.h"
#include "tests/support/allocation_count.h"

namespace keras {
namespace {

/// Notes how many allocations each step made.
class CountsAllocations final : public CallbackImpl {
 public:
  explicit CountsAllocations(std::vector<long>* counts) : counts_(counts) {}
  void on_train_batch_begin(std::int64_t, Logs&) override { before_ = testing::allocation_count(); }
  void on_train_batch_end(std::int64_t, Logs&) override {
    counts_->push_back(testing::allocation_count() - before_);
  }

 private:
  std::vector<long>* counts_;
  long before_ = 0;
};

/// The allocations of each of 24 steps.
std::vector<long> count_steps(const Model& model, const Shape& example) {
  model.compile(
      {.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  const Tensor x = random::normal(Shape{256}.concat(example), {.seed = 1});
  const Tensor y = random::randint({256}, 0, 4, {.seed = 2});
  std::vector<long> counts;
  counts.reserve(1000);
  model.fit(x, y,
            {.batch_size = 32,
             .epochs = 3,
             .verbose = 0,
             .callbacks = {make_callback<CountsAllocations>(&counts)}});
  return counts;
}

void expect_no_allocations(const std::vector<long>& counts) {
  ASSERT_EQ(counts.size(), 24u);
  EXPECT_GT(counts.front(), 100);  // the first step compiles
  // On a busy machine another thread may come to its first share late, for which OpenMP allocates
  // once what it keeps of a thread.
  EXPECT_LE(std::accumulate(counts.begin() + 2, counts.end(), 0L), engine::num_threads() - 1)
      << ::testing::PrintToString(counts);
}

TEST(StepAllocation, AStepOfAnMlpAllocatesNothing) {
  expect_no_allocations(count_steps(Sequential({
                                        Input({16}),
                                        layers::Dense(32, {.activation = "relu"}),
                                        layers::Dropout(0.2),
                                        layers::Dense(4, {.activation = "softmax"}),
                                    }),
                                    {16}));
}

TEST(StepAllocation, AStepOfACnnAllocatesNothing) {
  expect_no_allocations(count_steps(Sequential({
                                        Input({8, 8, 1}),
                                        layers::Conv2D(8, 3, {.activation = "relu"}),
                                        layers::BatchNormalization(),
                                        layers::MaxPooling2D(2),
                                        layers::Flatten(),
                                        layers::Dense(4, {.activation = "softmax"}),
                                    }),
                                    {8, 8, 1}));
}

TEST(StepAllocation, AStepOfRecurrentLayersAllocatesNothing) {
  expect_no_allocations(
      count_steps(Sequential({
                      Input({6, 5}),
                      layers::Masking(),
                      layers::LSTM(8, {.return_sequences = true}),
                      layers::Bidirectional(layers::GRU(8), {.merge_mode = "sum"}),
                      layers::Dense(4, {.activation = "softmax"}),
                  }),
                  {6, 5}));
}

TEST(StepAllocation, ABatchIsGatheredIntoTheMemoryOfTheLast) {
  const Sequential model({Input({16}), layers::Dense(1)});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor x = random::normal({256, 16}, {.seed = 1});
  const Tensor y = random::normal({256, 1}, {.seed = 2});
  long before = 0;
  std::vector<long> counts;
  counts.reserve(1000);
  // From the end of one step to the beginning of the next.
  const auto count = callbacks::LambdaCallback(
      {.on_train_batch_begin =
           [&](std::int64_t batch, Logs&) {
             if (batch > 1) counts.push_back(testing::allocation_count() - before);
           },
       .on_train_batch_end = [&](std::int64_t, Logs&) { before = testing::allocation_count(); }});
  model.fit(x, y, {.batch_size = 32, .epochs = 2, .verbose = 0, .callbacks = {count}});
  ASSERT_EQ(counts.size(), 12u);
  for (const long allocated : counts) EXPECT_EQ(allocated, 0);
}

}  // namespace
}  // namespace keras
