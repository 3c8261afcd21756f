#include "keras/engine/tensor/shape.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "keras/engine/error.h"

namespace keras {
namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Shape, PrintsAsPython) {
  EXPECT_EQ(Shape().to_string(), "()");
  EXPECT_EQ(Shape({3}).to_string(), "(3,)");
  EXPECT_EQ(Shape({kUnknown, 64}).to_string(), "(None, 64)");
}

TEST(Shape, CountsElements) {
  EXPECT_EQ(Shape().size(), 1);
  EXPECT_EQ(Shape({2, 3, 4}).size(), 24);
  EXPECT_EQ(Shape({std::int64_t{1} << 62, 0, 8}).size(), 0);
  EXPECT_THROW(Shape({kUnknown, 2}).size(), ValueError);
  EXPECT_THROW(Shape({std::int64_t{1} << 62, 4}).size(), ValueError);
}

TEST(Shape, SlicesAndJoins) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape.slice(1), (Shape{3, 4}));
  EXPECT_EQ(shape.slice(0, -1), (Shape{2, 3}));
  EXPECT_EQ(shape.slice(-2, 2), Shape({3}));
  EXPECT_EQ(shape.slice(5), Shape());
  EXPECT_EQ(shape.slice(2, 1), Shape());
  EXPECT_EQ(shape.concat({5}), (Shape{2, 3, 4, 5}));
  EXPECT_EQ(row_major_strides(shape), (std::vector<std::int64_t>{12, 4, 1}));
}

TEST(Shape, BroadcastsAsKeras) {
  EXPECT_EQ(broadcast_shapes({2, 1, 3}, {4, 3}, "add"), (Shape{2, 4, 3}));
  EXPECT_EQ(broadcast_shapes({}, {2}, "add"), Shape({2}));
  EXPECT_EQ(broadcast_shapes({kUnknown, 1}, {1, 5}, "add"), (Shape{kUnknown, 5}));
  EXPECT_EQ(broadcast_shapes({kUnknown}, {5}, "add"), Shape({5}));
  EXPECT_EQ(broadcast_shapes({5}, {kUnknown}, "add"), Shape({5}));
  EXPECT_EQ(broadcast_shapes({0}, {1}, "add"), Shape({0}));
  EXPECT_EQ(message_of([] {
              broadcast_shapes({2, 3}, {4, 3}, "add");
            }),
            "add: Cannot broadcast shape, the failure dim has value 2, which cannot be "
            "broadcasted to 4. Input shapes are: (2, 3) and (4, 3).");
}

TEST(Shape, NormalizesAxes) {
  EXPECT_EQ(normalize_axis("softmax", -1, 3), 2);
  EXPECT_EQ(message_of([] { normalize_axis("softmax", 3, 3); }),
            "softmax: axis 3 is out of bounds for an array with dimension 3.\n"
            "  fix: use an axis in [-3, 2]");
  EXPECT_THROW(normalize_axis("softmax", 0, 0), ValueError);
  EXPECT_EQ(normalize_axes("sum", std::nullopt, 2), (std::vector<int>{0, 1}));
  EXPECT_EQ(normalize_axes("sum", std::vector<int>{-1, 0}, 3), (std::vector<int>{0, 2}));
  EXPECT_EQ(message_of([] {
              normalize_axes("sum", std::vector<int>{1, -1}, 2);
            }),
            "sum: axis 1 is given more than once.");
}

}  // namespace
}  // namespace keras
