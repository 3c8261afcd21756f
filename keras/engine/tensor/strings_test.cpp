#include "keras/engine/tensor/strings.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras {
namespace {

using testing::expect_error;
using Strings = std::vector<std::string>;

TEST(StringTensor, HoldsText) {
  const Tensor x = string_tensor({"a", "", "über", "a"}, {2, 2});
  EXPECT_EQ(x.shape(), (Shape{2, 2}));
  EXPECT_EQ(x.dtype(), kString);
  EXPECT_EQ(dtype_name(x.dtype()), "string");
  EXPECT_EQ(dtype_from_name("string"), kString);
  EXPECT_EQ(to_strings(x), (Strings{"a", "", "über", "a"}));
  EXPECT_NE(x.to_string().find("[['a' '']\n ['über' 'a']]"), std::string::npos);
  EXPECT_EQ(string_tensor(Strings{"x"}).shape(), (Shape{1}));
  EXPECT_EQ(string_tensor(Strings{}).shape(), (Shape{0}));
}

TEST(StringTensor, MovesAsOtherTensors) {
  const Tensor x = string_tensor({"a", "b", "c", "d"}, {2, 2});
  EXPECT_EQ(to_strings(ops::slice_axis(x, 0, 1, 2)), (Strings{"c", "d"}));
  EXPECT_EQ(to_strings(ops::reshape(x, {4})), (Strings{"a", "b", "c", "d"}));
}

TEST(StringTensor, IsReadWhileItLives) {
  Tensor part;
  {
    const Tensor x = string_tensor({"a", "b"});
    part = ops::slice_axis(x, 0, 1, 2).eval();
    EXPECT_EQ(to_strings(part), (Strings{"b"}));
  }
  expect_error<ValueError>([&] { to_strings(part); }, "is gone");
}

TEST(StringTensor, HasNoArithmetic) {
  const Tensor x = string_tensor(Strings{"a", "b"});
  expect_error<DtypeError>([&] { x + x; }, "There is no arithmetic on text");
  expect_error<DtypeError>([&] { ops::cast(x, DType::kFloat32); }, "no arithmetic on text");
  expect_error<DtypeError>([&] { ops::cast(Tensor::of<float>({1}), kString); }, "text");
  expect_error<DtypeError>([&] { x.to_vector<double>(); }, "cannot be converted");
  expect_error<DtypeError>([&] { to_strings(Tensor::of<float>({1})); }, "dtype float32");
  expect_error<ShapeError>([] { string_tensor({"a"}, {2}); }, "needs 2 strings, received 1");
}

}  // namespace
}  // namespace keras
