#include "keras/ops/linalg.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/layers/core/input_layer.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

constexpr float kLoose = 1e-4f;

/// Diagonally dominant, and not.
Tensor matrices() {
  return ops::stack({ramp({3, 3}) + ops::eye(3) * 3, ramp({3, 3}) - ops::eye(3) * 2});
}
Tensor positive_definite() {
  const Tensor x = ramp({3, 3});
  return ops::matmul(x, ops::transpose(x)) + ops::eye(3);
}

TEST(Solve, GivesKerasValues) {
  expect_values(ops::solve(matrices(), ramp({2, 3, 2})), {2, 3, 2},
                {-0.64285719f, 0.093406603f, 0.19642858f, 0.25137362f, 0.44642857f, -0.42170328f,
                 -0.24714831f, -0.16349812f, 0.3944867f, -0.7005704f, 0.0009505651f, 0.3621673f});
  expect_values(ops::solve(ramp({3, 3}) + ops::eye(3) * 3, ramp({3})), {3},
                {-0.81318688f, 0.50274724f, 0.15659341f});
  EXPECT_EQ(ops::solve(matrices(), ramp({1, 3, 4})).shape(), (Shape{2, 3, 4}));
}

TEST(Solve, TakesOneTriangle) {
  const Tensor a = ramp({3, 3}) + ops::eye(3) * 3;
  expect_values(ops::solve_triangular(a, ramp({3, 2}), {.lower = true}), {3, 2},
                {-0.71428573f, 0.2857143f, 0.12087914f, 0.27472529f, 0.48214287f, -0.51785713f});
  expect_values(ops::solve_triangular(a, ramp({3, 2})), {3, 2},
                {-0.64285719f, 0.093406595f, -0.125f, 0.29807693f, 0.125f, -0.375f});
}

TEST(Solve, NamesShapesThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::solve(ramp({2, 3}), ramp({2}));
      },
      "Expected a square matrix. Received non-square input with shape (2, 3)");
  expect_error<ShapeError>(
      [] {
        ops::solve(ramp({3, 3}), ramp({2, 3}));
      },
      "Expected `a.shape[-2] == b.shape[-2]`. Received: a.shape=(3, 3), "
      "b.shape=(2, 3)");
  expect_error<ShapeError>([] { ops::inv(ramp({3})); },
                           "Expected input to have rank >= 2. Received input with shape (3,)");
}

TEST(Determinant, GivesKerasValues) {
  expect_values(ops::det(matrices()), {2}, {11.375f, -16.4375f});
  const auto [sign, logarithm] = ops::slogdet(matrices());
  expect_values(sign, {2}, {1, -1});
  expect_values(logarithm, {2}, {2.4314179f, 2.7995653f});
  expect_values(ops::logdet(positive_definite()), {}, {2.7109108f});
  expect_values(ops::det(ops::ones({2, 2})), {}, {0});
}

TEST(Inverse, GivesKerasValues) {
  expect_values(ops::inv(ramp({3, 3}) + ops::eye(3) * 3), {3, 3},
                {0.5714286f, -0.08791209f, 0.10989011f, -0.2857143f, 0.35164833f, 0.060439557f,
                 -0.2857143f, 0.043956045f, 0.44505492f});
  expect_values(ops::inv(Tensor::from(std::vector<int>{2, 0, 0, 4}, {2, 2})), {2, 2},
                {0.5f, 0, 0, 0.25f});
}

TEST(Cholesky, GivesKerasValues) {
  const std::vector<float> factor = {
      1.75f, 0, 0, -0.60714287f, 1.6789513f, 0, -0.42857146f, 1.0362396f, 1.3200507f};
  expect_values(ops::cholesky(positive_definite()), {3, 3}, factor);
  expect_values(ops::transpose(ops::cholesky(positive_definite(), {.upper = true})), {3, 3},
                factor);
  for (const bool upper : {false, true})
    expect_values(ops::cholesky_inverse(ops::cholesky(positive_definite(), {.upper = upper}),
                                        {.upper = upper}),
                  {3, 3},
                  {0.36977413f, 0.11217866f, 0.017657761f, 0.11217866f, 0.57335764f, -0.35419375f,
                   0.017657761f, -0.35419375f, 0.57387692f});
}

TEST(Cholesky, RefusesWhatIsNotPositiveDefinite) {
  expect_error<ValueError>([] { ops::cholesky(ops::eye(2) * -1); },
                           "The input might not be a valid positive definite matrix.");
  const auto compiled = compile([](const Tensor& x) { return ops::cholesky(x); });
  EXPECT_TRUE(ops::all(ops::isnan(compiled(ops::eye(2) * -1))).item<bool>());
}

TEST(LuFactor, GivesKerasValues) {
  const auto [lu, pivots] = ops::lu_factor(ramp({3, 3}) + ops::eye(3) * 3);
  expect_values(lu, {3, 3},
                {1.75f, 0.5f, -0.5f, 0.71428573f, 2.8928571f, -0.39285713f, 0.5714286f,
                 -0.09876544f, 2.2469137f});
  EXPECT_EQ(pivots.to_vector<int>(), (std::vector{0, 1, 2}));
  const Tensor swapped =
      ops::lu_factor(Tensor::from(std::vector{1.f, 2.f, 3.f, 4.f}, {2, 2})).pivots;
  EXPECT_EQ(swapped.to_vector<int>(), (std::vector{1, 1}));
}

TEST(Qr, GivesKerasValues) {
  const auto reduced = ops::qr(ramp({3, 2}));
  expect_values(reduced.q, {3, 2},
                {-0.912871f, 0.40623885f, -0.36514837f, -0.76816076f, 0.18257418f, 0.49487278f});
  expect_values(reduced.r, {2, 2}, {1.3693064f, -1.0498017f, 0, -1.1282361f});
  const auto complete = ops::qr(ramp({3, 2}), {.mode = "complete"});
  expect_values(complete.q, {3, 3},
                {-0.912871f, 0.40623885f, -0.040455669f, -0.36514837f, -0.76816076f, 0.52592367f,
                 0.18257418f, 0.49487278f, 0.84956908f});
  expect_values(complete.r, {3, 2}, {1.3693064f, -1.0498017f, 0, -1.1282361f, 0, 0});
  expect_error<ValueError>(
      [] {
        ops::qr(ramp({3, 2}), {.mode = "raw"});
      },
      "Expected one of {'reduced', 'complete'}. Received: mode=raw");
}

TEST(Eigh, GivesKerasValues) {
  const auto [values, vectors] = ops::eigh(positive_definite());
  expect_values(values, {3}, {1.0685343f, 2.4610221f, 5.7204452f});
  expect_values(ops::abs(vectors), {3, 3},
                {0.11963382f, 0.89164919f, 0.43663436f, 0.71253443f, 0.22914526f, 0.66316462f,
                 0.6913628f, 0.39045388f, 0.60791713f});
  expect_values(ops::matmul(vectors * values, ops::transpose(vectors)) - positive_definite(),
                {3, 3}, std::vector<float>(9));
}

TEST(Svd, GivesKerasValues) {
  const auto thin = ops::svd(ramp({3, 2}), {.full_matrices = false});
  expect_values(thin.s, {2}, {1.8931659f, 0.81604093f});
  expect_values(ops::abs(thin.u), {3, 2},
                {0.62712461f, 0.77786767f, 0.6753006f, 0.51708156f, 0.38818014f, 0.35713941f});
  expect_values(ops::matmul(thin.u * thin.s, thin.vh), {3, 2}, ramp({3, 2}).to_vector<float>());
  expect_values(ops::singular_values(ramp({2, 3})), {2},
                ops::svd(ramp({2, 3})).s.to_vector<float>());
}

TEST(Svd, FullFactorsAreOrthogonalForAnyRank) {
  for (const Tensor& x : {ramp({4, 2}), ramp({2, 4}), ops::zeros({3, 3}), ops::ones({3, 2})}) {
    const auto [u, s, vh] = ops::svd(x);
    for (const Tensor& factor : {u, vh}) {
      const std::int64_t n = factor.shape()[0];
      expect_values(ops::matmul(factor, ops::transpose(factor)), {n, n},
                    ops::eye(n).to_vector<float>());
    }
    const std::int64_t count = s.shape()[0];
    const Tensor back =
        ops::matmul(ops::slice_axis(u, 1, 0, count) * s, ops::slice_axis(vh, 0, 0, count));
    expect_values(back - x, x.shape(), std::vector<float>(static_cast<std::size_t>(x.size())));
  }
}

TEST(LeastSquares, GivesKerasValues) {
  expect_values(ops::lstsq(ramp({3, 2}), ramp({3})), {2}, {1.4075286f, 1.00982f}, kLoose);
  expect_values(ops::pinv(ramp({3, 2})), {2, 3},
                {-0.9427169f, 0.25531918f, -0.20294601f, -0.36006549f, 0.68085104f, -0.43862519f},
                kLoose);
  EXPECT_EQ(ops::matrix_rank(Tensor::from(std::vector{1.f, 2.f, 2.f, 4.f}, {2, 2})).item<int>(), 1);
  EXPECT_EQ(ops::matrix_rank(ops::eye(3), {.tol = 2}).item<int>(), 0);
  expect_error<ShapeError>(
      [] {
        ops::lstsq(ramp({3, 2}), ramp({2}));
      },
      "Received: a.shape=(3, 2), b.shape=(2,)");
}

TEST(Norm, OfVectors) {
  const Tensor x = ramp({2, 2, 3});
  const double infinity = std::numeric_limits<double>::infinity();
  expect_values(ops::norm(x), {}, {2.9047375f});
  expect_values(ops::norm(x, {.axis = 1, .keepdims = true}), {2, 1, 3},
                {1.767767f, 0.559017f, 0.90138781f, 1.25f, 0.25f, 1.6007811f});
  expect_values(ops::norm(x, {.ord = 1, .axis = 2}), {2, 2}, {2.25f, 2.25f, 2, 2.25f});
  expect_values(ops::norm(x, {.ord = 3, .axis = 0}), {2, 3},
                {1.4346983f, 0.5f, 1.0400419f, 1.3342009f, 0.31498024f, 1.3342009f});
  expect_values(ops::norm(x, {.ord = infinity, .axis = -1}), {2, 2}, {1.25f, 1.25f, 1, 1.25f});
  expect_values(ops::norm(x, {.ord = 0, .axis = -1}), {2, 2}, {3, 3, 2, 3});
}

TEST(Norm, OfMatrices) {
  const Tensor x = ramp({2, 2, 3});
  const double infinity = std::numeric_limits<double>::infinity();
  expect_values(ops::norm(x, {.ord = "fro", .axis = {0, 1}}), {3},
                {2.1650636f, 0.61237246f, 1.8371173f});
  expect_values(ops::norm(x, {.ord = "nuc", .axis = {1, 2}}), {2}, {2.8157563f, 2.3264232f});
  expect_values(ops::norm(x, {.ord = 2, .axis = {1, 2}}), {2}, {1.7858711f, 2.0238442f});
  expect_values(ops::norm(x, {.ord = -2, .axis = {1, 2}, .keepdims = true}), {2, 1, 1},
                {1.0298853f, 0.30257884f});
  expect_values(ops::norm(x, {.ord = 1, .axis = {1, 2}}), {2}, {2.5f, 2.25f});
  expect_values(ops::norm(x, {.ord = -infinity, .axis = {1, 2}}), {2}, {2.25f, 2});
}

TEST(Norm, NamesOrdersThatDoNotFit) {
  expect_error<ValueError>([] { ops::norm(ramp({3}), {.ord = "max"}); },
                           "Expected one of {'fro', 'nuc'} when using string. Received: ord=max");
  expect_error<ValueError>([] { ops::norm(ramp({3}), {.ord = "fro", .axis = 0}); },
                           "Invalid `ord` argument for vector norm. Received: ord=fro");
  expect_error<ValueError>(
      [] {
        ops::norm(ramp({3, 3}), {.ord = 3});
      },
      "Invalid `ord` argument for matrix norm. Received: ord=3");
  expect_error<ValueError>(
      [] {
        ops::norm(ramp({2, 2, 2}), {.ord = 2});
      },
      "takes one axis, or two different ones");
}

TEST(Linalg, CompositesHaveGradients) {
  const Tensor x = ramp<double>({3, 3}) + ops::eye(3, {.dtype = DType::kFloat64}) * 4;
  const std::vector<std::function<Tensor(const Tensor&)>> functions = {
      [](const Tensor& a) { return ops::det(a); },
      [](const Tensor& a) { return ops::inv(a); },
      [](const Tensor& a) { return ops::logdet(a); },
      [](const Tensor& a) { return ops::cholesky(a, {.upper = true}); },
      [](const Tensor& a) { return ops::cholesky_inverse(a); },
      [](const Tensor& a) { return ops::solve_triangular(a, a); },
      [](const Tensor& a) { return ops::pinv(a); },
      [](const Tensor& a) { return ops::norm(a, {.ord = "nuc"}); },
      [](const Tensor& a) { return ops::norm(a, {.ord = 3, .axis = 0}); },
      [](const Tensor& a) { return ops::svd(a).s; },
  };
  for (std::size_t i = 0; i < functions.size(); ++i) {
    SCOPED_TRACE(i);
    expect_gradients([&](const Tensors& in) { return functions[i](in[0]); }, {x});
  }
}

TEST(Linalg, SaysWhatHasNoGradient) {
  const auto gradient_of = [](const std::function<Tensor(const Tensor&)>& function) {
    grad([&](const Tensor& x) { return ops::sum(function(x)); })(ramp({3, 2})).eval();
  };
  expect_error<ValueError>([&] { gradient_of([](const Tensor& x) { return ops::svd(x).u; }); },
                           "full_matrices=false");
  expect_error<ValueError>(
      [&] { gradient_of([](const Tensor& x) { return ops::qr(x, {.mode = "complete"}).q; }); },
      "mode=\"reduced\"");
  expect_error<ValueError>(
      [&] {
        gradient_of(
            [](const Tensor& x) { return ops::lu_factor(ops::matmul(x, ops::transpose(x))).lu; });
      },
      "lu_factor has no gradient");
}

TEST(Linalg, WorksOnSymbolicTensors) {
  const Tensor x = Input({3, 3});
  EXPECT_EQ(ops::inv(x).shape(), x.shape());
  EXPECT_EQ(ops::svd(x).s.shape(), (Shape{kUnknown, 3}));
  EXPECT_EQ(ops::slogdet(x).sign.shape(), (Shape{kUnknown}));
  EXPECT_EQ(ops::norm(x, {.ord = "fro", .axis = {1, 2}}).shape(), (Shape{kUnknown}));
}

}  // namespace
}  // namespace keras
