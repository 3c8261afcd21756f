#include "keras/backend/cpu/fusions/pool_choices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/text.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "keras/random/random.h"

namespace keras::backend::cpu {
namespace {

/// The pooled tensor and the gradient of its input, for (x, dy).
CompiledFunction training(const ops::PoolAttrs& attrs) {
  return CompiledFunction([=](const Tensors& in) {
    Tensor y;
    const auto loss = [&](const Tensor& x) {
      y = ops::emit(ops::max_pool_op, {x}, attrs);
      return ops::sum(y * in[1]);
    };
    const Tensor dx = grad(std::function<Tensor(const Tensor&)>(loss))(in[0]);
    return Tensors{y, dx};
  });
}

Tensors inputs_for(const Tensor& x, const ops::PoolAttrs& attrs) {
  const Shape pooled = ops::max_pool_op.infer({x.spec()}, attrs)[0].shape;
  return {x, ops::cast(random::normal(pooled, {.seed = 2}), x.dtype()).eval()};
}

/// How many poolings of the compiled step keep their choices; their outcome must be that of the
/// step without the pass.
int kept_choices(const Tensor& x, const ops::PoolAttrs& attrs) {
  SCOPED_TRACE(str(x.shape(), " ", Shape(attrs.window), " by ", Shape(attrs.strides)));
  const Tensors in = inputs_for(x, attrs);
  const CompiledFunction step = training(attrs);
  const auto executable = step.executable({in[0].spec(), in[1].spec()});
  const auto& calls = executable->graph().calls;
  const Tensors got = step(in);
  engine::set_compile_settings({.disabled_passes = {"keep_pool_choices"}, .dump_folder = {}});
  const Tensors want = training(attrs)(in);
  engine::set_compile_settings({});
  for (std::size_t i = 0; i < want.size(); ++i) {
    const auto a = ops::cast(got[i], DType::kFloat32).to_vector<float>();
    const auto b = ops::cast(want[i], DType::kFloat32).to_vector<float>();
    EXPECT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < b.size(); ++k)
      if (a[k] != b[k] && !(std::isnan(a[k]) && std::isnan(b[k]))) {
        ADD_FAILURE() << "result " << i << " at " << k << ": " << a[k] << ", not " << b[k];
        break;
      }
  }
  return static_cast<int>(std::count_if(calls.begin(), calls.end(), [](const auto& call) {
    return call.op == &max_pool_choice_op || call.op == &max_pool_spread_op;
  }));
}

Tensor noise(const Shape& shape) { return random::normal(shape, {.seed = 1}).eval(); }

TEST(PoolChoices, AreKeptForTheGradient) {
  EXPECT_EQ(kept_choices(noise({3, 8, 6, 37}), {{2, 2}, {2, 2}, {0, 0}, {0, 0}}), 2);
  EXPECT_EQ(kept_choices(noise({2, 9, 7, 16}), {{2, 2}, {2, 2}, {0, 0}, {0, 0}}), 2);
  EXPECT_EQ(kept_choices(noise({2, 9, 7, 20}), {{2, 3}, {2, 3}, {0, 1}, {1, 1}}), 2);
  EXPECT_EQ(kept_choices(noise({2, 11, 13, 5}), {{2, 2}, {3, 4}, {0, 0}, {0, 0}}), 2);
  EXPECT_EQ(kept_choices(noise({4, 31, 18}), {{4}, {4}, {0}, {1}}), 2);
  EXPECT_EQ(kept_choices(noise({2, 6, 5, 7, 17}), {{2, 2, 3}, {2, 2, 3}, {0, 0, 0}, {0, 1, 2}}), 2);
}

TEST(PoolChoices, AreTheFirstOfEqualOnesAndTheFirstNaN) {
  const ops::PoolAttrs pool{{2, 2}, {2, 2}, {0, 0}, {0, 0}};
  EXPECT_EQ(kept_choices(ops::ones({2, 6, 6, 19}).eval(), pool), 2);
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(kept_choices(ops::full({2, 6, 6, 19}, -infinity).eval(), pool), 2);
  const Tensor x = noise({2, 6, 6, 19});
  EXPECT_EQ(kept_choices(ops::where(ops::greater(x, 0.8), NAN, x).eval(), pool), 2);
}

TEST(PoolChoices, LeaveWhatTheyDoNotFit) {
  // Windows that overlap, more elements than a byte counts, other dtypes.
  EXPECT_EQ(kept_choices(noise({2, 9, 9, 16}), {{3, 3}, {2, 2}, {1, 1}, {1, 1}}), 0);
  EXPECT_EQ(kept_choices(noise({1, 40, 40, 4}), {{17, 17}, {17, 17}, {0, 0}, {0, 0}}), 0);
  const Tensor wide = ops::cast(noise({2, 8, 8, 4}), DType::kFloat64);
  EXPECT_EQ(kept_choices(wide, {{2, 2}, {2, 2}, {0, 0}, {0, 0}}), 0);
}

TEST(PoolChoices, CostNothingWhereThereIsNoGradient) {
  const CompiledFunction f([](const Tensors& in) {
    return Tensors{
        ops::emit(ops::max_pool_op, {in[0]}, ops::PoolAttrs{{2, 2}, {2, 2}, {0, 0}, {0, 0}})};
  });
  const auto executable = f.executable({{{2, 8, 8, 16}, DType::kFloat32}});
  ASSERT_EQ(executable->graph().calls.size(), 1u);
  EXPECT_EQ(executable->graph().calls[0].op, &ops::max_pool_op);
}

}  // namespace
}  // namespace keras::backend::cpu
