#include "keras/constraints/constraints.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras::constraints {
namespace {

using testing::expect_error;
using testing::expect_values;
using testing::ramp;

struct Case {
  Constraint constraint;
  std::vector<float> expected;  ///< of ramp({3, 4}) in Python's Keras
};

std::vector<Case> cases() {
  return {
      {MaxNorm({.max_value = 1.5}),
       {-1.1572751f, 0.49999994f, -0.49999994f, 1.0606601f, 0.23145501f, -0.74999988f, 0.99999988f,
        0.0f, -0.92582005f, 0.74999988f, -0.24999997f, -1.0606601f}},
      {MaxNorm({.max_value = 1.5, .axis = 1}),
       {-0.98479813f, 0.39391926f, -0.39391926f, 0.98479813f, 0.24999997f, -0.74999988f,
        0.99999988f, 0.0f, -0.840168f, 0.630126f, -0.210042f, -1.05021f}},
      {NonNeg(), {0, 0.5f, 0, 1.25f, 0.25f, 0, 1, 0, 0, 0.75f, 0, 0}},
      {UnitNorm(),
       {-0.77151668f, 0.42640138f, -0.43643573f, 0.70710671f, 0.15430334f, -0.63960207f,
        0.87287146f, 0.0f, -0.61721337f, 0.63960207f, -0.21821786f, -0.70710671f}},
      {UnitNorm({.axis = {0, 1}}),
       {-0.4303315f, 0.1721326f, -0.1721326f, 0.4303315f, 0.086066298f, -0.25819889f, 0.34426519f,
        0.0f, -0.34426519f, 0.25819889f, -0.086066298f, -0.4303315f}},
      {MinMaxNorm({.min_value = 1.2, .max_value = 1.6, .rate = 0.5, .axis = 1}),
       {-1.1502256f, 0.46009028f, -0.46009028f, 1.1502256f, 0.24999997f, -0.74999988f, 0.99999988f,
        0.0f, -0.94808954f, 0.71106714f, -0.23702239f, -1.1851119f}},
  };
}

TEST(Constraints, MatchKeras) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(c.constraint.serialize().to_string());
    expect_values(c.constraint(ramp({3, 4})), {3, 4}, c.expected, 1e-6f);
  }
}

TEST(Constraints, KeepTheirConfigs) {
  for (const auto& c : cases())
    EXPECT_EQ(Constraint::deserialize(c.constraint.serialize()).serialize(),
              c.constraint.serialize());
  EXPECT_EQ(UnitNorm({.axis = {0, 1}}).serialize().to_string(),
            R"({"module": "keras.constraints", "class_name": "UnitNorm", )"
            R"("config": {"axis": [0, 1]}, "registered_name": null})");
}

TEST(Constraints, KnowKerasNames) {
  EXPECT_EQ(Constraint("non_neg").class_name(), "NonNeg");
  EXPECT_EQ(Constraint("MaxNorm").get_config().at("max_value").as_double(), 2.0);
  EXPECT_FALSE(Constraint(nullptr).defined());
  expect_error<ValueError>([] { Constraint("unit_nom"); }, "did you mean unit_norm");
}

TEST(Constraints, TakeFunctions) {
  const Constraint constraint = [](const Tensor& w) { return ops::clip(w, -1, 1); };
  expect_values(constraint(Tensor::of<float>({-3, 0.5f})), {2}, {-1, 0.5f});
  expect_error<ValueError>([&] { constraint.serialize(); }, "register_constraint");
}

}  // namespace
}  // namespace keras::constraints
