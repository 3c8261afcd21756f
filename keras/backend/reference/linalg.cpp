#include <cmath>
#include <cstddef>
#include <vector>

#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/matrices.h"
#include "keras/backend/reference/simple_kernel.h"
#include "keras/engine/tensor/convert.h"
#include "keras/ops/linalg/factorizations.h"

namespace keras::reference {
namespace {

using engine::Buffers;
using engine::KernelCall;

/// What stands in the axes behind the leading ones: a matrix, a row, or one number.
Matrix empty_matrix(const Shape& shape, int leading) {
  const int rank = shape.rank() - leading;
  return Matrix(rank < 2 ? 1 : shape[-2], rank < 1 ? 1 : shape[-1]);
}

std::byte* address(void* base, const TensorSpec& spec, const Matrix& matrix, std::int64_t index) {
  const std::size_t bytes = matrix.values.size() * dtype_size(spec.dtype);
  return static_cast<std::byte*>(base) + static_cast<std::size_t>(index) * bytes;
}

/// Runs a function on each matrix of the leading axes.
template <void (*Function)(const KernelCall&, const std::vector<Matrix>&, std::vector<Matrix>&)>
void run_each(const KernelCall& call, const Buffers& buffers) {
  const int leading = call.inputs[0].shape.rank() - 2;
  const std::int64_t count = call.inputs[0].shape.slice(0, leading).size();
  std::vector<Matrix> in, out;
  for (const auto& spec : call.inputs) in.push_back(empty_matrix(spec.shape, leading));
  for (const auto& spec : call.outputs) out.push_back(empty_matrix(spec.shape, leading));
  for (std::int64_t index = 0; index < count; ++index) {
    for (std::size_t i = 0; i < in.size(); ++i)
      engine::convert_elements(address(buffers.inputs[i], call.inputs[i], in[i], index),
                               call.inputs[i].dtype, in[i].values.data(), DType::kFloat64,
                               in[i].values.size());
    Function(call, in, out);
    for (std::size_t i = 0; i < out.size(); ++i)
      engine::convert_elements(out[i].values.data(), DType::kFloat64,
                               address(buffers.outputs[i], call.outputs[i], out[i], index),
                               call.outputs[i].dtype, out[i].values.size());
  }
}

/// The upper left part of a matrix.
void copy_part(const Matrix& from, Matrix& to) {
  for (std::int64_t i = 0; i < to.rows; ++i)
    for (std::int64_t j = 0; j < to.columns; ++j) to(i, j) = from(i, j);
}

void solve(const KernelCall&, const std::vector<Matrix>& in, std::vector<Matrix>& out) {
  out[0] = solve_lu(factor_lu(in[0]), in[1]);
}

void slogdet(const KernelCall&, const std::vector<Matrix>& in, std::vector<Matrix>& out) {
  const LuFactors factors = factor_lu(in[0]);
  double sign = 1, logarithm = 0;
  for (std::int64_t i = 0; i < factors.lu.rows; ++i) {
    const double pivot = factors.lu(i, i);
    if (factors.pivots[static_cast<std::size_t>(i)] != i) sign = -sign;
    if (!(pivot > 0)) sign *= pivot < 0 ? -1 : pivot;
    logarithm += std::log(std::abs(pivot));
  }
  out[0](0, 0) = sign;
  out[1](0, 0) = logarithm;
}

void lu_factor(const KernelCall&, const std::vector<Matrix>& in, std::vector<Matrix>& out) {
  const LuFactors factors = factor_lu(in[0]);
  out[0] = factors.lu;
  for (std::size_t i = 0; i < factors.pivots.size(); ++i)
    out[1].values[i] = static_cast<double>(factors.pivots[i]);
}

void cholesky(const KernelCall&, const std::vector<Matrix>& in, std::vector<Matrix>& out) {
  out[0] = factor_cholesky(in[0]);
}

void qr(const KernelCall&, const std::vector<Matrix>& in, std::vector<Matrix>& out) {
  const QrFactors factors = factor_qr(in[0]);
  copy_part(factors.q, out[0]);
  copy_part(factors.r, out[1]);
}

void eigh(const KernelCall&, const std::vector<Matrix>& in, std::vector<Matrix>& out) {
  Eigenpairs pairs = eigenpairs(in[0]);
  out[0].values = std::move(pairs.values);
  out[1] = std::move(pairs.vectors);
}

void svd(const KernelCall&, const std::vector<Matrix>& in, std::vector<Matrix>& out) {
  const SingularTriples triples = singular_triples(in[0]);
  copy_part(triples.u, out[0]);
  out[1].values = triples.values;
  copy_part(triples.v.transposed(), out[2]);
}

}  // namespace

std::vector<engine::KernelRow> linalg_kernel_rows() {
  return {
      {&ops::solve_op, {simple_kernel<run_each<solve>>("reference_solve")}},
      {&ops::slogdet_op, {simple_kernel<run_each<slogdet>>("reference_slogdet")}},
      {&ops::lu_factor_op, {simple_kernel<run_each<lu_factor>>("reference_lu_factor")}},
      {&ops::cholesky_op, {simple_kernel<run_each<cholesky>>("reference_cholesky")}},
      {&ops::qr_op, {simple_kernel<run_each<qr>>("reference_qr")}},
      {&ops::eigh_op, {simple_kernel<run_each<eigh>>("reference_eigh")}},
      {&ops::svd_op, {simple_kernel<run_each<svd>>("reference_svd")}},
  };
}

}  // namespace keras::reference
