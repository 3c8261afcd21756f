#include <functional>

#include "keras/ops/linalg.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

constexpr const char* kNumpy = "keras.src.ops.numpy";
constexpr const char* kMath = "keras.src.ops.math";
constexpr const char* kLinalg = "keras.src.ops.linalg";
using Call = const RecordedCall&;

Tensors apply_svd(Call c) {
  if (!c.flag("compute_uv", true)) return {singular_values(c.tensor(0))};
  const Svd out = svd(c.tensor(0), {.full_matrices = c.flag("full_matrices", true)});
  return {out.u, out.s, out.vh};
}

NormOrder order_of(const Config* ord) {
  if (!ord || ord->is_null()) return {};
  if (ord->is_string()) return ord->as_string().c_str();
  return ord->as_double();
}

RegistryRow of_matrix(const char* name, std::function<Tensors(const Tensor&)> function) {
  return {name, kLinalg, [function](Call c) { return function(c.tensor(0)); }};
}

std::vector<RegistryRow> factorization_rows() {
  return {
      {"Cholesky", kLinalg,
       [](Call c) { return Tensors{cholesky(c.tensor(0), {.upper = c.flag("upper")})}; }},
      {"CholeskyInverse", kLinalg,
       [](Call c) { return Tensors{cholesky_inverse(c.tensor(0), {.upper = c.flag("upper")})}; }},
      of_matrix("Eigh",
                [](const Tensor& x) {
                  const Eigh out = eigh(x);
                  return Tensors{out.eigenvalues, out.eigenvectors};
                }),
      of_matrix("LuFactor",
                [](const Tensor& x) {
                  const LuFactor out = lu_factor(x);
                  return Tensors{out.lu, out.pivots};
                }),
      {"Qr", kLinalg,
       [](Call c) {
         const Qr out = qr(c.tensor(0), {.mode = c.config().get("mode", "reduced")});
         return Tensors{out.q, out.r};
       }},
      {"SVD", kLinalg, apply_svd},
  };
}

std::vector<RegistryRow> solving_rows() {
  return {
      of_matrix("Det", [](const Tensor& x) { return Tensors{det(x)}; }),
      of_matrix("Inv", [](const Tensor& x) { return Tensors{inv(x)}; }),
      {"Logdet", kMath, [](Call c) { return Tensors{logdet(c.tensor(0))}; }},
      {"Lstsq", kLinalg,
       [](Call c) {
         return Tensors{lstsq(c.tensor(0, "a"), c.tensor(1, "b"), {.rcond = c.number("rcond")})};
       }},
      {"MatrixRank", kLinalg,
       [](Call c) { return Tensors{matrix_rank(c.tensor(0), {.tol = c.number("tol")})}; }},
      {"Norm", kLinalg,
       [](Call c) {
         return Tensors{norm(c.tensor(0), {.ord = order_of(c.config().find("ord")),
                                           .axis = c.axes(),
                                           .keepdims = c.flag("keepdims")})};
       }},
      {"Pinv", kLinalg,
       [](Call c) { return Tensors{pinv(c.tensor(0), {.rcond = c.number("rcond")})}; }},
      {"Slogdet", kNumpy,
       [](Call c) {
         const SignAndLogDet out = slogdet(c.tensor(0));
         return Tensors{out.sign, out.logdet};
       }},
      {"Solve", kLinalg, [](Call c) { return Tensors{solve(c.tensor(0, "a"), c.tensor(1, "b"))}; }},
      {"SolveTriangular", kLinalg,
       [](Call c) {
         return Tensors{
             solve_triangular(c.tensor(0, "a"), c.tensor(1, "b"), {.lower = c.flag("lower")})};
       }},
  };
}

}  // namespace

std::vector<RegistryRow> decomposition_rows() {
  std::vector<RegistryRow> rows = factorization_rows();
  for (auto& row : solving_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace keras::ops
