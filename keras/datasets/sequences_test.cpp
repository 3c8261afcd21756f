#include "keras/datasets/sequences.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/utils/sequence_utils.h"
#include "tests/support/tensors.h"

namespace keras::datasets {
namespace {

using testing::expect_error;
using Lists = std::vector<std::vector<std::int64_t>>;
using Labels = std::vector<std::int64_t>;

const std::filesystem::path kData = "keras/datasets/testdata";
const std::filesystem::path kFile = kData / "lists_protocol4.npz";

Labels labels(const SequenceSplit& split) { return split.y.to_vector<std::int64_t>(); }

TEST(Imdb, IsKerass) {
  for (const char* name : {"lists_protocol2.npz", "lists_protocol3.npz", "lists_protocol4.npz"}) {
    const auto [train, test] = imdb::load_file(kData / name, {});
    EXPECT_EQ(train.x, (Lists{{1, 2, 48604, 39516, 52624, 17093, 32234},
                              {1, 4, 7, 7, 13, 23},
                              {1, 29, 17, 12, 13, 24, 20},
                              {1, 21},
                              {1, 9, 19, 4, 22}}));
    EXPECT_EQ(labels(train), (Labels{1, 0, 1, 0, 1}));
    EXPECT_EQ(train.y.dtype(), DType::kInt64);
    EXPECT_EQ(test.x, (Lists{{1, 28, 33, 23, 23}, {1, 52493}, {1, 27, 39, 15}, {1, 36, 35}}));
    EXPECT_EQ(labels(test), (Labels{1, 0, 1, 0}));
  }
}

TEST(Imdb, CutsTheVocabularyAsKeras) {
  const auto [train, test] = imdb::load_file(
      kFile,
      {.num_words = 30, .skip_top = 6, .maxlen = 6, .seed = 5, .oov_char = {}, .index_from = 1});
  EXPECT_EQ(train.x, (Lists{{7, 17, 20}, {19}}));
  EXPECT_EQ(labels(train), (Labels{1, 0}));
  EXPECT_EQ(test.x, (Lists{{25, 13}, {}, {26, 21, 21}, {}}));
  EXPECT_EQ(labels(test), (Labels{1, 0, 1, 0}));
}

TEST(Imdb, LeavesTheMarksOutAsKeras) {
  const auto [train, test] =
      imdb::load_file(kFile, {.skip_top = 10, .start_char = {}, .oov_char = 99, .index_from = 0});
  EXPECT_EQ(train.x[1], (std::vector<std::int64_t>{99, 99, 99, 10, 20}));
  EXPECT_EQ(test.x, (Lists{{25, 30, 20, 20}, {52490}, {24, 36, 12}, {33, 32}}));
  expect_error<ValueError>([] { imdb::load_file(kFile, {.maxlen = 2}); },
                           "After filtering for sequences shorter than maxlen=2, no sequence was");
}

TEST(Imdb, FeedsPadSequences) {
  const auto [train, test] = imdb::load_file(kFile, {});
  const Tensor x = utils::pad_sequences(train.x, {.maxlen = 3});
  testing::expect_values(x, {5, 3},
                         {52624, 17093, 32234, 7, 13, 23, 13, 24, 20, 0, 1, 21, 19, 4, 22});
}

TEST(Reuters, IsKerass) {
  const auto [train, test] = reuters::load_file(kFile, {.test_split = 0.4});
  EXPECT_EQ(train.x, (Lists{{1, 2}, {1, 32, 38, 4}, {1, 5}}));
  EXPECT_EQ(labels(train), (Labels{4, 3, 3}));
  EXPECT_EQ(test.x, (Lists{{1, 9, 42, 21, 19, 8, 35}, {1, 39, 42}, {1, 22, 31, 4, 18}}));
  EXPECT_EQ(labels(test), (Labels{45, 16, 19}));
  const auto cut = reuters::load_file(kFile, {.num_words = 20, .maxlen = 5, .start_char = {}});
  EXPECT_EQ(cut.train.x, (Lists{{2}, {2, 2, 4}, {5}, {2, 2}}));
  EXPECT_EQ(cut.test.x, (Lists{{2, 2, 4, 18}}));
  EXPECT_EQ(labels(cut.test), (Labels{19}));
  expect_error<ValueError>([] { reuters::load_file(kFile, {.test_split = 1.5}); },
                           "Invalid `test_split` argument: 1.5");
}

TEST(Reuters, NamesItsTopics) {
  const auto names = reuters::get_label_names();
  ASSERT_EQ(names.size(), 46u);
  EXPECT_EQ(names[3], "earn");
  EXPECT_EQ(names[45], "lead");
}

}  // namespace
}  // namespace keras::datasets
