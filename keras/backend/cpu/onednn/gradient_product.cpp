#include "keras/backend/cpu/onednn/gradient_product.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "keras/backend/cpu/onednn/staged_kernel.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/work.h"

namespace keras::backend::cpu {
namespace {

constexpr std::int64_t kLanes = 16;

std::size_t bytes(std::int64_t numbers) {
  return static_cast<std::size_t>(numbers) * sizeof(float);
}

/// Of which operand the product has the columns, in whole vectors.
struct Sides {
  std::int64_t rows = 0, columns = 0;  ///< none where neither operand has whole vectors
  bool swapped = false;                ///< columns are those of x, and the sums lie transposed
};

/// Those of the narrower operand if they fill the registers, or if rows of the wider one would push
/// one another out of the first cache.
Sides sides_of(const Shape& x, const Shape& dy) {
  constexpr std::int64_t kWideEnough = 48, kFarApart = 128;
  const bool is_x_narrow = x[1] <= dy[1];
  const std::int64_t narrow = std::min(x[1], dy[1]), wide = std::max(x[1], dy[1]);
  const bool takes_narrow = narrow % kLanes == 0, takes_wide = wide % kLanes == 0;
  if (!takes_narrow && !takes_wide) return {};
  const bool is_narrow =
      takes_narrow && (narrow >= kWideEnough || wide % kFarApart == 0 || !takes_wide);
  return is_narrow ? Sides{wide, narrow, is_x_narrow} : Sides{narrow, wide, !is_x_narrow};
}

/// Rows [first, last) of the gradient from the threads' sums, which lie one behind the other.
struct Ending {
  Sides sides;
  std::int64_t parts, first, last;

  void run(void* const* addresses) const {
    const auto* sums = static_cast<const float*>(addresses[0]);
    auto* gradient = static_cast<float*>(addresses[1]);
    const std::int64_t size = sides.rows * sides.columns;
    const std::int64_t columns = sides.swapped ? sides.rows : sides.columns;
    const std::int64_t row_step = sides.swapped ? 1 : columns;
    const std::int64_t column_step = sides.swapped ? sides.columns : 1;
    for (std::int64_t row = first; row < last; ++row)
      for (std::int64_t column = 0; column < columns; ++column) {
        const float* from = sums + row * row_step + column * column_step;
        float sum = from[0];
        for (std::int64_t part = 1; part < parts; ++part) sum += from[part * size];
        gradient[row * columns + column] = sum;
      }
  }
};

}  // namespace

bool is_gradient_product(const MatmulProblem& problem, const MatmulOperands& operands) {
  constexpr std::int64_t kDeep = 4;
  // Of wider operands oneDNN's loops are as fast, which bring them into an order of their own.
  constexpr std::int64_t kMostNarrow = 64, kMostWide = 512;
  const Shape &x = operands.a.shape, &dy = operands.b.shape;
  const auto is_matrix = [](const TensorSpec& spec) {
    return spec.dtype == DType::kFloat32 && spec.shape.rank() == 2;
  };
  if (!nn_functions().gradient_product || !problem.transpose_a || problem.transpose_b ||
      problem.bias || !problem.epilogue.empty() || operands.b_layout || problem.swapped_a ||
      problem.swapped_b || problem.swapped_c || !is_matrix(operands.a) || !is_matrix(operands.b))
    return false;
  const std::int64_t wide = std::max(x[1], dy[1]);
  return std::min(x[1], dy[1]) <= kMostNarrow && wide <= kMostWide && x[0] >= kDeep * wide &&
         sides_of(x, dy).columns > 0;
}

void add_gradient_product(StagedKernel& kernel, const MatmulOperands& operands, int threads) {
  const Shape &x = operands.a.shape, &dy = operands.b.shape;
  const Sides sides = sides_of(x, dy);
  const std::int64_t size = sides.rows * sides.columns;
  const auto bounds = cut(x[0], parts_for_product(x[0] * size, threads), kGradientDepth);
  const auto parts = static_cast<std::int64_t>(bounds.size()) - 1;
  const Place sums = Place::scratch(kernel.reserve(bytes(parts * size)));
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    Place first = operands.a_place.after(bytes(bounds[i] * x[1]));
    Place second = operands.b_place.after(bytes(bounds[i] * dy[1]));
    if (sides.swapped) std::swap(first, second);
    GradientProduct product{};
    product.depth = bounds[i + 1] - bounds[i];
    product.rows = sides.rows;
    product.columns = sides.columns;
    kernel.add(
        [product](void* const* addresses) {
          GradientProduct share = product;
          share.x = static_cast<const float*>(addresses[0]);
          share.dy = static_cast<const float*>(addresses[1]);
          share.sums = static_cast<float*>(addresses[2]);
          nn_functions().gradient_product(share);
        },
        {first, second, sums.after(bytes(static_cast<std::int64_t>(i) * size))});
  }
  kernel.next_stage();
  const auto rows = cut(x[1], parts_for(size * parts, threads));
  for (std::size_t i = 0; i + 1 < rows.size(); ++i)
    kernel.add([ending = Ending{sides, parts, rows[i], rows[i + 1]}](
                   void* const* addresses) { ending.run(addresses); },
               {sums, operands.c_place});
}

}  // namespace keras::backend::cpu
