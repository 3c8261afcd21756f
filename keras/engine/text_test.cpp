#include "keras/engine/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace keras {
namespace {

TEST(Text, NumbersPrintAsPython) {
  EXPECT_EQ(to_text(0.0), "0.0");
  EXPECT_EQ(to_text(-0.0), "-0.0");
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(0.1f), "0.1");
  EXPECT_EQ(to_text(100000.0), "100000.0");
  EXPECT_EQ(to_text(1e15), "1000000000000000.0");
  EXPECT_EQ(to_text(1e16), "1e+16");
  EXPECT_EQ(to_text(1.5e300), "1.5e+300");
  EXPECT_EQ(to_text(0.0001), "0.0001");
  EXPECT_EQ(to_text(1e-5), "1e-05");
  EXPECT_EQ(to_text(-12.375), "-12.375");
  EXPECT_EQ(to_text(2.0 / 3.0), "0.6666666666666666");
  EXPECT_EQ(to_text(5e-324), "5e-324");
  EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(to_text(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(to_text(true), "True");
}

TEST(Text, NearMatchesAreNear) {
  EXPECT_EQ(near_matches("relo", {"relu", "gelu", "softmax"}).front(), "relu");
  EXPECT_TRUE(near_matches("softmax", {"relu"}).empty());
}

}  // namespace
}  // namespace keras
