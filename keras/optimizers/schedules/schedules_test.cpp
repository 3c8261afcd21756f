#include "keras/optimizers/schedules/schedules.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras::optimizers::schedules {
namespace {

using testing::expect_error;

constexpr std::array kSteps = {0, 1, 3, 4, 5, 9, 12, 20};

struct Case {
  LearningRateSchedule schedule;
  std::vector<float> expected;  ///< at kSteps in Python's Keras
};

std::vector<Case> cases() {
  return {
      {ExponentialDecay(.1, 4, .5),
       {0.1f, 0.084089644f, 0.059460353f, 0.05f, 0.042044822f, 0.021022411f, 0.0125f, 0.003125f}},
      {ExponentialDecay(.1, 4, .5, {.staircase = true}),
       {0.1f, 0.1f, 0.1f, 0.05f, 0.05f, 0.025f, 0.0125f, 0.003125f}},
      {PiecewiseConstantDecay({3, 9}, {.1, .05, .01}),
       {0.1f, 0.1f, 0.1f, 0.05f, 0.05f, 0.05f, 0.01f, 0.01f}},
      {PolynomialDecay(.1, 8, {.end_learning_rate = .01, .power = 2}),
       {0.1f, 0.078906253f, 0.045156248f, 0.0325f, 0.022656251f, 0.01f, 0.01f, 0.01f}},
      {PolynomialDecay(.1, 4, {.end_learning_rate = .01, .cycle = true}),
       {0.1f, 0.0775f, 0.0325f, 0.01f, 0.04375f, 0.0325f, 0.01f, 0.01f}},
      {InverseTimeDecay(.1, 4, .5),
       {0.1f, 0.088888891f, 0.07272727f, 0.06666667f, 0.061538462f, 0.047058824f, 0.04f,
        0.028571429f}},
      {CosineDecay(.1, 10, {.alpha = .2}),
       {0.1f, 0.098042265f, 0.083511412f, 0.07236068f, 0.06f, 0.021957742f, 0.02f, 0.02f}},
      {CosineDecay(.01, 10, {.alpha = .1, .warmup_target = .1, .warmup_steps = 4}),
       {0.01f, 0.0325f, 0.0775f, 0.1f, 0.097797535f, 0.055f, 0.018594233f, 0.01f}},
      {CosineDecayRestarts(.1, 4, {.t_mul = 2, .m_mul = .5, .alpha = .1}),
       {0.1f, 0.086819813f, 0.023180196f, 0.055f, 0.053287294f, 0.023889622f, 0.0325f, 0.02125f}},
      {CosineDecayRestarts(.1, 4, {.t_mul = 1, .m_mul = .9}),
       {0.1f, 0.085355341f, 0.014644662f, 0.09f, 0.076819807f, 0.069137827f, 0.0729f,
        0.059048992f}},
  };
}

TEST(Schedules, MatchKeras) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(c.schedule.serialize().to_string());
    for (std::size_t i = 0; i < kSteps.size(); ++i) {
      const Tensor rate = c.schedule(ops::full({}, kSteps[i], DType::kInt32));
      EXPECT_EQ(rate.dtype(), DType::kFloat32);
      EXPECT_NEAR(rate.item<float>(), c.expected[i], 1e-6) << "step " << kSteps[i];
    }
  }
}

TEST(Schedules, KeepTheirConfigs) {
  for (const auto& c : cases())
    EXPECT_EQ(LearningRateSchedule::deserialize(c.schedule.serialize()).serialize(),
              c.schedule.serialize());
  EXPECT_EQ(CosineDecay(.1, 10).serialize().to_string(),
            R"({"module": "keras.optimizers.schedules", "class_name": "CosineDecay", "config": )"
            R"({"initial_learning_rate": 0.1, "decay_steps": 10, "alpha": 0.0, )"
            R"("name": "CosineDecay", "warmup_target": null, "warmup_steps": 0}, )"
            R"("registered_name": null})");
}

TEST(Schedules, RejectBadArguments) {
  expect_error<ValueError>([] { ExponentialDecay(.1, 0, .5); }, "decay_steps=0");
  expect_error<ValueError>([] { CosineDecayRestarts(.1, -1); }, "first_decay_steps=-1");
  expect_error<ValueError>([] { PiecewiseConstantDecay({1}, {.1}); }, "boundaries of length 1");
  expect_error<ValueError>(
      [] {
        LearningRateSchedule::deserialize({{"class_name", "CosinDecay"}});
      },
      "did you mean CosineDecay");
}

}  // namespace
}  // namespace keras::optimizers::schedules
