#include "keras/trainers/data_adapters/data_adapter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "keras/engine/error.h"
#include "keras/trainers/data_adapters/data_adapter_utils.h"
#include "keras/trainers/epoch_iterator.h"
#include "keras/utils/random_seed.h"

namespace keras::trainers {
namespace {

Tensor count_up(std::int64_t rows, std::int64_t columns = 1) {
  std::vector<float> values(static_cast<std::size_t>(rows * columns));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i / static_cast<std::size_t>(columns));
  return Tensor::from(values, {rows, columns});
}

/// The first column of each batch of one pass.
std::vector<std::vector<float>> pass(DataAdapter& adapter) {
  std::vector<std::vector<float>> out;
  Batch batch;
  adapter.start();
  while (adapter.next(batch)) {
    out.emplace_back();
    const auto values = batch.x[0].to_vector<float>();
    const auto columns = values.size() / static_cast<std::size_t>(batch.x[0].shape()[0]);
    for (std::size_t i = 0; i < values.size(); i += columns) out.back().push_back(values[i]);
  }
  return out;
}

std::vector<float> joined(const std::vector<std::vector<float>>& batches) {
  std::vector<float> out;
  for (const auto& batch : batches) out.insert(out.end(), batch.begin(), batch.end());
  return out;
}

template <typename Function>
std::string error_of(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}
#define EXPECT_ERROR(statement, text) \
  EXPECT_NE(error_of([&] { statement; }).find(text), std::string::npos)

TEST(ArrayDataAdapter, CutsInOrder) {
  const auto adapter = adapt_arrays({count_up(7, 2)}, {.batch_size = 3});
  EXPECT_EQ(adapter->num_batches(), 3);
  EXPECT_EQ(adapter->num_samples(), 7);
  const std::vector<std::vector<float>> expected = {{0, 1, 2}, {3, 4, 5}, {6}};
  EXPECT_EQ(pass(*adapter), expected);
  EXPECT_EQ(pass(*adapter), expected);
  EXPECT_EQ(adapt_arrays({count_up(70)}, {})->num_batches(), 3);
  EXPECT_EQ(adapt_arrays({count_up(70)}, {.steps = 7})->num_batches(), 7);
}

TEST(ArrayDataAdapter, UnshuffledBatchesShareTheBytes) {
  const Tensor x = count_up(8);
  const auto adapter = adapt_arrays({x}, {.batch_size = 4});
  Batch batch;
  adapter->start();
  adapter->next(batch);
  adapter->next(batch);
  EXPECT_EQ(batch.x[0].data<float>().data(), x.data<float>().data() + 4);
}

TEST(ArrayDataAdapter, ShufflesByTheSeed) {
  const auto order = [](int seed, DataAdapterOptions options) {
    utils::set_random_seed(seed);
    const auto adapter = adapt_arrays({count_up(20)}, options);
    auto first = joined(pass(*adapter));
    auto second = joined(pass(*adapter));
    EXPECT_NE(first, second);
    return first;
  };
  const auto first = order(1, {.batch_size = 6, .shuffle = true});
  EXPECT_EQ(order(1, {.batch_size = 6, .shuffle = true}), first);
  EXPECT_NE(order(2, {.batch_size = 6, .shuffle = true}), first);
  auto sorted = first;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, joined(pass(*adapt_arrays({count_up(20)}, {}))));
  auto within = order(1, {.batch_size = 10, .shuffle_batches = true});
  EXPECT_FALSE(std::is_sorted(within.begin(), within.begin() + 10));
  std::sort(within.begin(), within.begin() + 10);
  EXPECT_EQ(within[9], 9.0f);
}

TEST(ArrayDataAdapter, KeepsRowsTogether) {
  const auto adapter = adapt_arrays({count_up(9), {count_up(9, 3), count_up(9)}, count_up(9)},
                                    {.batch_size = 4, .shuffle = true});
  Batch batch;
  adapter->start();
  while (adapter->next(batch)) {
    ASSERT_EQ(batch.sample_weight.size(), 2u);
    const auto x = batch.x[0].to_vector<float>();
    EXPECT_EQ(batch.y[1].to_vector<float>(), x);
    EXPECT_EQ(batch.sample_weight[1].to_vector<float>(), x);
    EXPECT_EQ(batch.y[0].to_vector<float>()[3 * (x.size() - 1)], x.back());
  }
}

TEST(ArrayDataAdapter, FeedsFloats) {
  const auto adapter =
      adapt_arrays({Tensor::of<double>({1, 2}), Tensor::of<std::int64_t>({1, 2})}, {});
  Batch batch;
  adapter->start();
  adapter->next(batch);
  EXPECT_EQ(batch.x[0].dtype(), DType::kFloat32);
  EXPECT_EQ(batch.y[0].dtype(), DType::kInt64);
}

TEST(ArrayDataAdapter, RefusesWhatDoesNotFit) {
  EXPECT_ERROR(adapt_arrays({count_up(3), {count_up(3), count_up(3)}, count_up(3, 2)}, {}),
               "it should only have one scalar score per sample");
  EXPECT_ERROR(
      adapt_arrays(
          {count_up(3), {count_up(3), count_up(3)}, {count_up(3), count_up(3), count_up(3)}}, {}),
      "You should provide one `sample_weight` array per output in `y`.");
  EXPECT_ERROR(adapt_arrays({count_up(3), count_up(3), count_up(3)}, {.class_weight = {{0, 1.0}}}),
               "You cannot `class_weight` and `sample_weight` at the same time.");
  EXPECT_ERROR(
      adapt_arrays({count_up(3), {count_up(3), count_up(3)}}, {.class_weight = {{0, 1.0}}}),
      "`class_weight` is only supported for Models with a single output.");
  EXPECT_ERROR(adapt_arrays({Tensor(1.0)}, {}), "a scalar where there must be one entry");
  EXPECT_ERROR(adapt_arrays({Tensor::from(std::vector<float>{}, {0, 2})}, {}), "0 samples");
}

TEST(ClassWeight, LooksUpLabels) {
  const ClassWeight weights = {{0, 2.0}, {2, 0.5}};
  EXPECT_EQ(class_weight_to_sample_weights(Tensor::of<std::int32_t>({0, 1, 2}), weights)
                .to_vector<float>(),
            (std::vector<float>{2, 1, 0.5}));
  EXPECT_EQ(class_weight_to_sample_weights(
                Tensor::from(std::vector<float>{1, 0, 0, 0, 0, 1}, {2, 3}), weights)
                .to_vector<float>(),
            (std::vector<float>{2, 0.5}));
}

/// Five batches with their numbers.
class Numbered final : public SequenceImpl {
 public:
  std::int64_t size() const override { return 5; }
  Batch get(std::int64_t index) override {
    threads.insert(threads.end(), std::this_thread::get_id());
    return {Tensor::of<float>({static_cast<float>(index)})};
  }
  void on_epoch_end() override { ++epochs; }

  std::vector<std::thread::id> threads;
  int epochs = 0;
};

TEST(DatasetAdapter, FetchesOnAnotherThread) {
  const auto source = std::make_shared<Numbered>();
  const auto adapter = adapt_dataset(source, {});
  EXPECT_EQ(joined(pass(*adapter)), (std::vector<float>{0, 1, 2, 3, 4}));
  EXPECT_EQ(joined(pass(*adapter)), (std::vector<float>{0, 1, 2, 3, 4}));
  for (const auto& id : source->threads) EXPECT_NE(id, std::this_thread::get_id());
}

TEST(DatasetAdapter, ShufflesWhatCanBeAskedForInAnyOrder) {
  utils::set_random_seed(1);
  const auto adapter = adapt_dataset(std::make_shared<Numbered>(), {.shuffle = true});
  auto first = joined(pass(*adapter));
  EXPECT_NE(first, joined(pass(*adapter)));
  std::sort(first.begin(), first.end());
  EXPECT_EQ(first, (std::vector<float>{0, 1, 2, 3, 4}));
}

TEST(DatasetAdapter, StopsInTheMiddleOfAnEndlessSource) {
  std::atomic<int> fetched{0};
  {
    const auto adapter = adapt_dataset(Dataset::from_generator([&](Batch& batch) {
                                         batch = {Tensor::of<float>({float(fetched++)})};
                                         return true;
                                       }),
                                       {});
    Batch batch;
    adapter->start();
    ASSERT_TRUE(adapter->next(batch));
    ASSERT_TRUE(adapter->next(batch));
    EXPECT_EQ(batch.x[0].item<float>(), 1.0f);
  }
  EXPECT_LE(fetched, 4);  // two taken, one waiting, one under way
}

TEST(DatasetAdapter, PassesErrorsOn) {
  const auto adapter = adapt_dataset(
      Dataset::from_function(1,
                             [](std::int64_t) {
                               return Batch{Tensor::of<float>({1, 2}), Tensor::of<float>({1})};
                             }),
      {});
  EXPECT_ERROR(pass(*adapter), "Data cardinality is ambiguous.");
  EXPECT_ERROR(adapt_dataset(Dataset(), {}), "the dataset is undefined");
  EXPECT_ERROR(Dataset::from_generator(nullptr), "`next` is no function");
  EXPECT_ERROR(Dataset::from_function(-1, [](std::int64_t) { return Batch(); }), "size=-1");
}

/// The begin and end of each run of steps, and the first values of the batches in it.
std::string epoch_text(EpochIterator& iterator) {
  std::string text;
  iterator.begin_epoch();
  while (const auto steps = iterator.next_steps()) {
    text += "[" + std::to_string(steps->begin) + "-" + std::to_string(steps->end) + ":";
    do {
      text += " " + std::to_string(static_cast<int>(iterator.batch().x[0].to_vector<float>()[0]));
    } while (iterator.next_in_steps());
    text += "]";
  }
  iterator.end_epoch();
  return text;
}

TEST(EpochIterator, RunsSeveralStepsAtATime) {
  EpochIterator iterator(adapt_arrays({count_up(5)}, {.batch_size = 1}), {}, 2);
  EXPECT_EQ(epoch_text(iterator), "[0-1: 0 1][2-3: 2 3][4-5: 4]");
  EXPECT_EQ(epoch_text(iterator), "[0-1: 0 1][2-3: 2 3][4-5: 4]");
  EXPECT_EQ(iterator.num_batches(), 5);
}

TEST(EpochIterator, GoesOnWhereTheLastEpochStopped) {
  EpochIterator iterator(adapt_arrays({count_up(6)}, {.batch_size = 1}), 2, 1);
  EXPECT_EQ(epoch_text(iterator), "[0-0: 0][1-1: 1]");
  EXPECT_EQ(epoch_text(iterator), "[0-0: 2][1-1: 3]");
  EXPECT_EQ(epoch_text(iterator), "[0-0: 4][1-1: 5]");
  EXPECT_EQ(epoch_text(iterator), "[0-0: 0][1-1: 1]");
}

TEST(EpochIterator, WarnsWhenTheDataEndsEarly) {
  EpochIterator iterator(adapt_arrays({count_up(3)}, {.batch_size = 1}), 5, 1);
  testing::internal::CaptureStderr();
  EXPECT_EQ(epoch_text(iterator), "[0-0: 0][1-1: 1][2-2: 2]");
  EXPECT_NE(testing::internal::GetCapturedStderr().find("Your input ran out of data"),
            std::string::npos);
}

TEST(EpochIterator, LearnsHowManyBatchesThereAre) {
  int left = 0;
  const auto dataset = Dataset::from_generator(
      [&](Batch& batch) {
        batch = {Tensor::of<float>({float(left)})};
        return left-- > 0;
      },
      {.reset = [&] { left = 3; }});
  EpochIterator iterator(adapt_dataset(dataset, {}), {}, 1);
  EXPECT_EQ(iterator.num_batches(), std::nullopt);
  EXPECT_EQ(epoch_text(iterator), "[0-0: 3][1-1: 2][2-2: 1]");
  EXPECT_EQ(iterator.num_batches(), 3);
  EXPECT_EQ(epoch_text(iterator), "[0-0: 3][1-1: 2][2-2: 1]");
}

}  // namespace
}  // namespace keras::trainers
