#include "keras/utils/string_hash.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace keras::utils {
namespace {

struct Row {
  std::string text;
  std::uint64_t fast;    ///< of 2^62 buckets, as tf.strings.to_hash_bucket_fast gives it
  std::uint64_t strong;  ///< the same of to_hash_bucket_strong with the key (1337, 7)
};

const std::string kLorem =
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut "
    "labore et dolore magna aliqua.";

const std::vector<Row> kRows = {
    {"", 1936946117179621455u, 1872387059633548480u},
    {"a", 3694432073954588131u, 939628769980416180u},
    {"cat", 1283407398697799384u, 3287598404112904762u},
    {"hello", 3786372426573024488u, 2198439498457029618u},
    {"12345678", 3430003927990384362u, 3722587505673932360u},
    {"0123456789abcdef", 1493332391325024359u, 974041647784569348u},
    {std::string(17, 'x'), 2082709914559524773u, 4544166793688004607u},
    {std::string(32, 'y'), 2351315479247125839u, 2749764217830797455u},
    {std::string(64, 'q'), 3227602484106814583u, 3450609811282759271u},
    {kLorem.substr(0, 63), 2853090340684725272u, 3837131281308635499u},
    {std::string(65, 'z'), 3688229565335330613u, 2234846841750488209u},
    {std::string(128, 'w'), 1651997402916279192u, 3890969438741163656u},
    {kLorem + kLorem, 949310272512862004u, 2807233756254233032u},
};

TEST(StringHash, IsFarmHashsFingerprint) {
  for (const auto& row : kRows)
    EXPECT_EQ(fingerprint64(row.text) % (std::uint64_t{1} << 62), row.fast) << row.text;
}

TEST(StringHash, IsSipHash) {
  for (const auto& row : kRows)
    EXPECT_EQ(sip_hash64(row.text, {1337, 7}) % (std::uint64_t{1} << 62), row.strong) << row.text;
}

}  // namespace
}  // namespace keras::utils
