#include "keras/regularizers/regularizers.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::regularizers {
namespace {

using testing::expect_error;
using testing::expect_values;
using testing::ramp;

struct Case {
  Regularizer regularizer;
  float expected;  ///< of ramp({3, 4}) in Python's Keras
};

std::vector<Case> cases() {
  return {{L1(0.1), 0.875f},
          {L2(0.2), 1.6875f},
          {L1L2({.l1 = 0.1, .l2 = 0.2}), 2.5625f},
          {OrthogonalRegularizer({.factor = 0.3}), 0.10112844f},
          {OrthogonalRegularizer({.factor = 0.3, .mode = "columns"}), 0.13633296f}};
}

TEST(Regularizers, MatchKeras) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(c.regularizer.serialize().to_string());
    expect_values(c.regularizer(ramp({3, 4})), {}, {c.expected}, 1e-6f);
    testing::expect_gradients([&](const Tensors& in) { return c.regularizer(in[0]); },
                              {testing::distinct({3, 4})});
  }
  expect_values(L1L2()(ramp({3, 4})), {}, {0});
}

TEST(Regularizers, KeepTheirConfigs) {
  for (const auto& c : cases())
    EXPECT_EQ(Regularizer::deserialize(c.regularizer.serialize()).serialize(),
              c.regularizer.serialize());
  // Python's Keras writes this factor as the float32 that it keeps.
  EXPECT_EQ(L1(0.1).serialize().to_string(),
            R"({"module": "keras.regularizers", "class_name": "L1", )"
            R"("config": {"l1": 0.10000000149011612}, "registered_name": null})");
  EXPECT_EQ(Regularizer::deserialize(nullptr).defined(), false);
  EXPECT_TRUE(Regularizer().serialize().is_null());
}

TEST(Regularizers, KnowKerasNames) {
  for (const char* name : {"l1", "L1"}) EXPECT_EQ(Regularizer(name).class_name(), "L1");
  for (const char* name : {"l1_l2", "l1l2", "L1L2"})
    EXPECT_EQ(Regularizer(name).class_name(), "L1L2");
  EXPECT_EQ(Regularizer("orthogonal_regularizer").class_name(), "OrthogonalRegularizer");
  expect_values(Regularizer("l2")(ramp({3, 4})), {}, {0.084375f});
}

TEST(Regularizers, TakeFunctions) {
  const Regularizer regularizer = [](const Tensor& x) { return ops::sum(x) * 2; };
  expect_values(regularizer(Tensor::of<float>({1, 2})), {}, {6});
  expect_error<ValueError>([&] { regularizer.serialize(); }, "register_regularizer");
}

TEST(Regularizers, RejectBadArguments) {
  expect_error<ValueError>([] { L2(-0.5); }, "l2=-0.5");
  expect_error<ValueError>([] { OrthogonalRegularizer({.mode = "diagonal"}); }, "mode=diagonal");
  expect_error<ValueError>([] { OrthogonalRegularizer()(ramp({2, 2, 2})); }, "(2, 2, 2)");
  expect_error<ValueError>([] { Regularizer("l3"); }, "Could not interpret regularizer");
  expect_error<ValueError>([] { Regularizer()(ramp({2})); }, "None");
}

}  // namespace
}  // namespace keras::regularizers
