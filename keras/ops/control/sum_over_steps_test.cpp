#include "keras/ops/control/sum_over_steps.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/graph/node.h"
#include "keras/ops/control/subgraph.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using keras::testing::distinct;

constexpr std::int64_t kSteps = 4;

/// The body of a loop: rows that change from step to step, and what stays the same.
struct Body {
  Tensor a = engine::make_placeholder({Shape{3, 2}, DType::kFloat64});
  Tensor b = engine::make_placeholder({Shape{3, 2}, DType::kFloat64});
  Tensor same = engine::make_placeholder({Shape{3, 2}, DType::kFloat64});
  Tensor a_values = distinct({kSteps, 3, 2});
  Tensor b_values = distinct({kSteps, 3, 2}) * 2 - 1;

  /// The tensor's value in one step.
  Tensor in_step(const Tensor& x, std::int64_t step) const {
    const auto slice = [&](const Tensor& all) {
      return squeeze(slice_axis(all, 0, step, step + 1), {.axis = 0});
    };
    Substitution by;
    by.replace({a, b, same}, {slice(a_values), slice(b_values), ones({3, 2}, DType::kFloat64)});
    return by(x);
  }
  Tensor added_up(const Tensor& x) const {
    Tensor sum = in_step(x, 0);
    for (std::int64_t step = 1; step < kSteps; ++step) sum = sum + in_step(x, step);
    return sum;
  }
  Tensor stacked(const Tensor& x) const {
    Tensors all;
    for (std::int64_t step = 0; step < kSteps; ++step) all.push_back(in_step(x, step));
    return stack(all);
  }
  SumsOverSteps sums() const { return SumsOverSteps({a, b}); }
};

/// aᵀ·b
Tensor across(const Tensor& a, const Tensor& b) {
  return emit(matmul_op, {a, b}, MatmulAttrs{.transpose_a = true});
}

/// Plans the sums of all, and expects what adding up gives.
void expect_sums(const Body& body, const Tensors& all, std::size_t stacks) {
  SumsOverSteps sums = body.sums();
  std::vector<SumsOverSteps::Sum> plans;
  for (const auto& x : all) {
    auto plan = sums.plan(x);
    ASSERT_TRUE(plan);
    plans.push_back(std::move(*plan));
  }
  EXPECT_EQ(sums.stacked().size(), stacks);
  Tensors given;
  for (const auto& x : sums.stacked()) given.push_back(body.stacked(x));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Tensor actual = plans[i](given), expected = body.added_up(all[i]);
    ASSERT_EQ(actual.spec(), expected.spec());
    const auto x = actual.to_vector<double>(), y = expected.to_vector<double>();
    for (std::size_t k = 0; k < x.size(); ++k) EXPECT_NEAR(x[k], y[k], 1e-12) << "sum " << i;
  }
}

TEST(SumsOverSteps, ProductsAreOneProduct) {
  const Body body;
  expect_sums(body, {across(body.a, sin(body.b))}, 2);
}

TEST(SumsOverSteps, SumsAndShapesFollowTheirProducts) {
  const Body body;
  const Tensor product = across(body.a, body.b), other = across(body.b, body.b);
  expect_sums(body, {product + other}, 2);
  expect_sums(body, {reshape(product, {4})}, 2);
  expect_sums(body, {transpose(product) + other}, 2);
  expect_sums(body, {slice_axis(product, 1, 0, 1)}, 2);
}

TEST(SumsOverSteps, BiasesReadWhatAProductNeeds) {
  const Body body;
  const Tensor gradient = sin(body.b);
  expect_sums(body, {across(body.a, gradient), sum(gradient, {.axis = 0}), sum(gradient)}, 2);
}

TEST(SumsOverSteps, LeavesTheRestToTheLoop) {
  const Body body;
  SumsOverSteps sums = body.sums();
  EXPECT_FALSE(sums.plan(sin(body.a)));
  EXPECT_FALSE(sums.plan(sum(body.a, {.axis = 0}))) << "no product needs it of all steps";
  EXPECT_FALSE(sums.plan(across(body.same, body.a))) << "one of them stays the same";
  EXPECT_FALSE(sums.plan(matmul(body.a, transpose(body.b)))) << "not across the rows";
  EXPECT_FALSE(sums.plan(across(body.a, body.b) + sin(across(body.a, body.b))));
  EXPECT_FALSE(sums.plan(across(body.a, body.b) * 2));
  const Tensor product = across(body.a, body.b);
  ASSERT_TRUE(sums.plan(product));
  EXPECT_FALSE(sums.plan(max(body.a, {.axis = 0})));
  EXPECT_FALSE(sums.plan(sum(body.a, {.axis = 0, .keepdims = true})));
}

}  // namespace
}  // namespace keras::ops
