#include "keras/saving/tensor_files.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

TEST(TensorFiles, RoundTrip) {
  const test_support::TempFolder folder;
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3});
  const Tensor y = Tensor::of<std::int64_t>({7, 8});
  save_tensor(folder / "x.npy", x);
  const Tensor again = load_tensor(folder / "x.npy");
  EXPECT_EQ(again.spec(), x.spec());
  EXPECT_EQ(again.to_vector<float>(), x.to_vector<float>());
  save_tensors(folder / "both.npz", {{"x", x}, {"y", y}});
  const NamedTensors both = load_tensors(folder / "both.npz");
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[1].first, "y");
  EXPECT_EQ(both[1].second.spec(), y.spec());
  EXPECT_EQ(both[1].second.to_vector<int>(), (std::vector<int>{7, 8}));
  EXPECT_THROW(load_tensor(folder / "none.npy"), IoError);
}

}  // namespace
}  // namespace keras
