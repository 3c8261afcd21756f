#include "keras/utils/timeseries_dataset_utils.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras::utils {
namespace {

using testing::expect_error;

std::vector<int> numbers(const Data& data) { return data.tensors().at(0).to_vector<int>(); }

TEST(Timeseries, GivesWindowsWithTheirTargets) {
  const Tensor data = ops::arange(8);
  Dataset windows = timeseries_dataset_from_array(
      data, data * 10, 2, {.sequence_stride = 2, .sampling_rate = 2, .batch_size = 2});
  EXPECT_EQ(windows.impl().num_batches(), 2);
  const Batch first = windows.impl().get(0), last = windows.impl().get(1);
  EXPECT_EQ(first.x.tensors()[0].shape(), Shape({2, 2}));
  EXPECT_EQ(numbers(first.x), (std::vector<int>{0, 2, 2, 4}));
  EXPECT_EQ(numbers(first.y), (std::vector<int>{0, 20}));
  EXPECT_EQ(last.x.tensors()[0].shape(), Shape({1, 2}));
  EXPECT_EQ(numbers(last.x), (std::vector<int>{4, 6}));
}

TEST(Timeseries, LeavesOutWhatIsBeforeAndAfter) {
  Dataset windows =
      timeseries_dataset_from_array(ops::arange(10), {}, 3, {.start_index = 2, .end_index = 7});
  EXPECT_EQ(numbers(windows.impl().get(0).x), (std::vector<int>{2, 3, 4, 3, 4, 5, 4, 5, 6}));
}

TEST(Timeseries, GivesSingleWindows) {
  Dataset windows = timeseries_dataset_from_array(ops::arange(5), {}, 2, {.batch_size = {}});
  EXPECT_EQ(windows.impl().num_batches(), 4);
  EXPECT_EQ(windows.impl().get(3).x.tensors()[0].shape(), Shape({2}));
  EXPECT_EQ(numbers(windows.impl().get(3).x), (std::vector<int>{3, 4}));
}

TEST(Timeseries, ShufflesTheSameWayWithASeed) {
  const TimeseriesDatasetOptions options = {.shuffle = true, .seed = 3};
  Dataset a = timeseries_dataset_from_array(ops::arange(30), {}, 1, options);
  Dataset b = timeseries_dataset_from_array(ops::arange(30), {}, 1, options);
  std::vector<int> order = numbers(a.impl().get(0).x);
  EXPECT_EQ(order, numbers(b.impl().get(0).x));
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  a.impl().on_epoch_end();
  EXPECT_NE(order, numbers(a.impl().get(0).x));
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, ops::arange(30).to_vector<int>());
}

TEST(Timeseries, HasNoWindowsLongerThanTheData) {
  const Dataset dataset = timeseries_dataset_from_array(ops::arange(10), {}, std::int64_t{1} << 62,
                                                        {.sampling_rate = 3});
  Batch batch;
  EXPECT_FALSE(dataset.impl().next(batch));
}

TEST(Timeseries, RefusesBadArguments) {
  const auto expect_refused = [](const TimeseriesDatasetOptions& options, const char* message) {
    expect_error<ValueError>(
        [&] { timeseries_dataset_from_array(ops::arange(10), {}, 2, options); }, message);
  };
  expect_refused({.sequence_stride = 0}, "`sequence_stride` must be higher than 0");
  expect_refused({.sequence_stride = 10}, "`sequence_stride` must be lower than the length");
  expect_refused({.sampling_rate = 0}, "`sampling_rate` must be higher than 0");
  expect_refused({.sampling_rate = 12}, "`sampling_rate` must be lower than the length");
  expect_refused({.batch_size = 0}, "`batch_size` must be higher than 0");
  expect_refused({.start_index = -1}, "`start_index` must be 0 or greater");
  expect_refused({.start_index = 10}, "`start_index` must be lower than the length");
  expect_refused({.end_index = 0}, "`end_index` must be higher than 0");
  expect_refused({.end_index = 10}, "`end_index` must be lower than the length");
  expect_refused({.start_index = 5, .end_index = -1}, "must be higher than `start_index`");
  expect_refused({.start_index = 5, .end_index = 5}, "must be higher than `start_index`");
  expect_error<ValueError>([] { timeseries_dataset_from_array(ops::arange(10), {}, 0); },
                           "`sequence_length` must be higher than 0");
  expect_error<ValueError>(
      [] { timeseries_dataset_from_array(ops::arange(10), ops::arange(4), 2, {.start_index = 3}); },
      "has no element");
}

}  // namespace
}  // namespace keras::utils
