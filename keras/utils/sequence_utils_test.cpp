#include "keras/utils/sequence_utils.h"

#include <gtest/gtest.h>

#include <cmath>

#include "keras/engine/error.h"
#include "tests/support/tensors.h"

namespace keras::utils {
namespace {

using testing::expect_error;

const std::vector<std::vector<int>> kSequences = {{1, 2, 3}, {4, 5}, {6}, {}};

TEST(PadSequences, PadsAndTruncatesAsKeras) {
  const Tensor padded = pad_sequences(kSequences);
  EXPECT_EQ(padded.shape(), Shape({4, 3}));
  EXPECT_EQ(padded.dtype(), DType::kInt32);
  EXPECT_EQ(padded.to_vector<int>(), (std::vector<int>{1, 2, 3, 0, 4, 5, 0, 0, 6, 0, 0, 0}));
  EXPECT_EQ(pad_sequences(kSequences, {.maxlen = 2, .padding = "post", .truncating = "post"})
                .to_vector<int>(),
            (std::vector<int>{1, 2, 4, 5, 6, 0, 0, 0}));
  EXPECT_EQ(pad_sequences(kSequences, {.maxlen = 2, .value = -1}).to_vector<int>(),
            (std::vector<int>{2, 3, 4, 5, -1, 6, -1, -1}));
}

TEST(PadSequences, TakesSequencesOfVectors) {
  const Tensors sequences = {Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2}),
                             Tensor::from(std::vector<float>{5, 6}, {1, 2})};
  const Tensor padded = pad_sequences(sequences, {.dtype = DType::kFloat32, .value = 0.5});
  EXPECT_EQ(padded.shape(), Shape({2, 2, 2}));
  EXPECT_EQ(padded.to_vector<float>(), (std::vector<float>{1, 2, 3, 4, 0.5f, 0.5f, 5, 6}));
}

TEST(PadSequences, KeepsLargeIntegers) {
  const std::int64_t large = (std::int64_t{1} << 60) + 1;
  const Tensor padded =
      pad_sequences(std::vector<std::vector<std::int64_t>>{{large}}, {.dtype = DType::kInt64});
  EXPECT_EQ(padded.to_vector<std::int64_t>(), std::vector<std::int64_t>{large});
}

TEST(PadSequences, RefusesBadArguments) {
  expect_error<ValueError>([] { pad_sequences(kSequences, {.padding = "both"}); },
                           "Padding type \"both\" not understood");
  expect_error<ValueError>([] { pad_sequences(kSequences, {.truncating = "mid"}); },
                           "Truncating type \"mid\" not understood");
  expect_error<ValueError>([] { pad_sequences(kSequences, {.maxlen = -1}); },
                           "`maxlen` must not be negative");
  for (const double value : {std::nan(""), 1e300})
    expect_error<ValueError>([&] { pad_sequences(kSequences, {.value = value}); },
                             "`dtype` int32 is not compatible with `value`");
  expect_error<ValueError>([] { pad_sequences(Tensors{Tensor(1.0)}); },
                           "must be a list of iterables");
  expect_error<ValueError>(
      [] {
        pad_sequences(Tensors{Tensor::from(std::vector<int>{1, 2}, {1, 2}),
                              Tensor::from(std::vector<int>{1}, {1})});
      },
      "of sequence at position 1 is different from expected shape");
}

}  // namespace
}  // namespace keras::utils
