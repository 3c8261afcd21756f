#include "keras/saving/sharded_weights.h"

#include <gtest/gtest.h>

#include <string>

#include "keras/keras.h"
#include "keras/saving/json/json.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using test_support::read_file;
using test_support::TempFolder;
using test_support::write_file;

/// 48 and 12 bytes of weights, then 24 and 8.
Model make_model() {
  const Tensor input = Input({4});
  return Model(input, layers::Dense(2)(layers::Dense(3)(input)));
}

class ShardedWeights : public ::testing::Test {
 protected:
  std::string path(const char* name) const { return (folder_ / name).string(); }
  void save(double bytes) const {
    model_.save_weights(path("m.weights.json"), {.max_shard_size = bytes / (1 << 30)});
  }
  std::string load_message(const Model& model) const {
    try {
      model.load_weights(path("m.weights.json"));
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  TempFolder folder_;
  Model model_ = make_model();
};

TEST_F(ShardedWeights, AreSpreadAsKerasDoes) {
  save(50);
  const Config map = saving::parse_json(read_file(folder_ / "m.weights.json"), "map");
  EXPECT_EQ(map.at("metadata").at("total_size").as_double(), 92);
  const Config expected = {
      {"/layers/dense/vars", Config::list({"m_00000.weights.h5", "m_00001.weights.h5"})},
      {"/layers/dense_1/vars", "m_00001.weights.h5"}};
  EXPECT_EQ(map.at("weight_map"), expected);
}

TEST_F(ShardedWeights, RoundTripWhateverTheirSize) {
  for (const double bytes : {48.0, 50.0, 60.0, 1000.0}) {
    save(bytes);
    const Model other = make_model();
    other.load_weights(path("m.weights.json"));
    const Tensors a = model_.get_weights(), b = other.get_weights();
    for (std::size_t i = 0; i < a.size(); ++i)
      EXPECT_EQ(a[i].to_vector<float>(), b[i].to_vector<float>());
  }
}

TEST_F(ShardedWeights, BadOptionsAreErrors) {
  EXPECT_THROW(save(47), ValueError);  // less than one weight
  EXPECT_FALSE(std::filesystem::exists(path("m.weights.json")));
  EXPECT_FALSE(std::filesystem::exists(path("m_00000.weights.h5")));
  EXPECT_THROW(save(0), ValueError);
  EXPECT_THROW(model_.save_weights(path("m.weights.h5"), {.max_shard_size = 1}), ValueError);
  save(1000);
  EXPECT_THROW(
      model_.save_weights(path("m.weights.json"), {.overwrite = false, .max_shard_size = 1}),
      IoError);
}

TEST_F(ShardedWeights, ShardsLieBesideTheMap) {
  save(1000);
  const std::string map = read_file(folder_ / "m.weights.json");
  for (const char* name : {"../m_00000.weights.h5", "/etc/passwd", "m_00000.txt"}) {
    std::string bad = map;
    for (std::size_t at; (at = bad.find("m_00000.weights.h5\"")) != std::string::npos;) {
      if (at > 0 && bad[at - 1] == '/') break;
      bad.replace(at, std::string("m_00000.weights.h5").size(), name);
    }
    write_file(folder_ / "m.weights.json", bad);
    EXPECT_NE(load_message(model_).find("beside it"), std::string::npos) << load_message(model_);
  }
  write_file(folder_ / "m.weights.json", map);
  std::filesystem::remove(path("m_00000.weights.h5"));
  EXPECT_NE(load_message(model_).find("m_00000.weights.h5"), std::string::npos);
  write_file(folder_ / "m.weights.json", "[]");
  EXPECT_NE(load_message(model_), "no error");
}

}  // namespace
}  // namespace keras
