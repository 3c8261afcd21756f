#include "keras/backend/cpu/onednn/small_product.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "keras/backend/cpu/onednn/staged_kernel.h"
#include "keras/backend/cpu/simd/nn_functions.h"

namespace keras::backend::cpu {
namespace {

/// With more rows oneDNN is as fast; where the weights lie in blocks made for more rows, up to
/// kMostSmallProductRows of them are ours.
constexpr std::int64_t kFewRows = 48;
/// Below this many multiplications another thread costs more than it brings.
constexpr std::int64_t kWorthAThread = 1 << 17;

class ColumnBlocks final : public engine::Layout {
 public:
  ColumnBlocks(std::vector<std::vector<std::int64_t>> places, std::int64_t block)
      : Layout(std::move(places)), block_(block) {}
  std::int64_t block() const { return block_; }

 private:
  std::int64_t block_;
};

/// The block with which the thread that has most of them is done first. With few rows narrow ones
/// keep the processor less busy: what they lose lies between what they were measured to lose with
/// one row (16 columns take 3.5 times as long as 64) and with nine (1.6 times). With more rows
/// tiles of 32 columns have twice the rows, so that weights are read half as often (64 take 1.06
/// times as long over all of ResNet-50). 0 where none divides the columns.
std::int64_t block_columns(std::int64_t columns, SmallProductRows rows, int threads) {
  struct Width {
    std::int64_t block;
    double slowness, with_more_rows;
  };
  std::int64_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (const Width& width :
       {Width{64, 1, 1.06}, Width{48, 1.1, 1.1}, Width{32, 1.25, 1}, Width{16, 2, 1.6}}) {
    if (columns % width.block != 0) continue;
    const std::int64_t most = (columns / width.block + threads - 1) / threads;
    const double time = static_cast<double>(most * width.block) *
                        (rows == SmallProductRows::kFew ? width.slowness : width.with_more_rows);
    if (time < least) best = width.block;
    least = std::min(least, time);
  }
  return best;
}

bool is_matrix(const Shape& shape) { return shape.size() == shape[-1] * shape[-2]; }

/// The part of a product that a thread computes.
struct ProductPart {
  std::int64_t first_row, end_row, first_column, end_column;
};

std::int64_t longest(const std::vector<std::int64_t>& bounds) {
  std::int64_t most = 0;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i)
    most = std::max(most, bounds[i + 1] - bounds[i]);
  return most;
}

/// Columns, of which each thread reads its weights alone; rows where the thread that has most of
/// the work is then done clearly sooner, though all threads read all weights.
std::vector<ProductPart> parts_of(const SmallProduct& product, int threads) {
  constexpr std::int64_t kTileRows = 12;
  constexpr double kClearly = 0.9;
  const std::int64_t work = product.rows * product.columns * product.depth;
  const int parts =
      static_cast<int>(std::clamp<std::int64_t>(work / kWorthAThread, 1, std::max(1, threads)));
  const auto columns = cut(product.columns, parts, product.block);
  const auto rows = cut(product.rows, parts, kTileRows);
  const auto share = [](const std::vector<std::int64_t>& bounds) {
    return static_cast<double>(longest(bounds)) / static_cast<double>(bounds.back());
  };
  const bool by_rows = share(rows) < kClearly * share(columns);
  const auto& bounds = by_rows ? rows : columns;
  std::vector<ProductPart> out;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i)
    out.push_back(by_rows ? ProductPart{bounds[i], bounds[i + 1], 0, product.columns}
                          : ProductPart{0, product.rows, bounds[i], bounds[i + 1]});
  return out;
}

/// Where the operands of the steps of a part lie.
void add_operand_places(const MatmulProblem& problem, const MatmulOperands& operands,
                        const ProductPart& part, std::vector<Place>& places) {
  const std::int64_t columns = operands.c.shape[-1];
  const auto bytes = [](std::int64_t numbers) {
    return static_cast<std::size_t>(numbers) * sizeof(float);
  };
  if (problem.bias) places.push_back(operands.bias_place.after(bytes(part.first_column)));
  for (const auto& operand : operands.epilogue) {
    const std::int64_t row = operand.spec.shape.size() == columns ? 0 : part.first_row;
    places.push_back(operand.place.after(bytes(row * columns + part.first_column)));
  }
}

}  // namespace

bool is_small_product(const MatmulProblem& problem, const MatmulOperands& operands,
                      SmallProductRows rows) {
  const std::int64_t columns = operands.c.shape[-1];
  const bool is_laid_out = is_small_product_layout(operands.b_layout);
  const std::int64_t most_rows =
      rows == SmallProductRows::kMore || is_laid_out ? kMostSmallProductRows : kFewRows;
  const auto is_float = [](const TensorSpec& spec) { return spec.dtype == DType::kFloat32; };
  return nn_functions().small_product && !problem.transpose_a && !problem.transpose_b &&
         !problem.swapped_a && !problem.swapped_b && !problem.swapped_c && is_float(operands.a) &&
         is_float(operands.b) && is_float(operands.c) && is_matrix(operands.b.shape) &&
         operands.c.shape.size() <= most_rows * columns &&
         block_columns(columns, SmallProductRows::kFew, 1) > 0 &&
         problem.epilogue.size() < kMostProductSteps &&
         std::all_of(operands.epilogue.begin(), operands.epilogue.end(),
                     [&](const auto& operand) { return is_float(operand.spec); }) &&
         (!operands.b_layout || is_laid_out);
}

engine::LayoutPtr small_product_layout(const Shape& weights, SmallProductRows rows, int threads) {
  const std::int64_t block = block_columns(weights[-1], rows, threads);
  return block == 0 ? nullptr : column_blocks_layout(weights, block);
}

engine::LayoutPtr column_blocks_layout(const Shape& weights, std::int64_t block) {
  const std::int64_t columns = weights[-1], depth = weights.size() / columns;
  std::vector<std::vector<std::int64_t>> places(static_cast<std::size_t>(weights.rank()));
  std::int64_t stride = block;
  for (int axis = weights.rank() - 2; axis >= 0; --axis) {
    for (std::int64_t i = 0; i < weights[axis]; ++i)
      places[static_cast<std::size_t>(axis)].push_back(i * stride);
    stride *= weights[axis];
  }
  for (std::int64_t i = 0; i < columns; ++i)
    places.back().push_back(i / block * block * depth + i % block);
  return std::make_shared<ColumnBlocks>(std::move(places), block);
}

bool is_small_product_layout(const engine::LayoutPtr& layout) {
  return dynamic_cast<const ColumnBlocks*>(layout.get()) != nullptr;
}

void add_small_product(StagedKernel& kernel, const MatmulProblem& problem,
                       const MatmulOperands& operands, int threads) {
  const std::int64_t columns = operands.c.shape[-1], rows = operands.c.shape.size() / columns;
  const std::int64_t depth = operands.b.shape[-2];
  const auto* blocks = dynamic_cast<const ColumnBlocks*>(operands.b_layout.get());
  SmallProduct product{};
  product.rows = rows;
  product.depth = depth;
  product.a_stride = depth;
  product.c_stride = columns;
  product.block =
      blocks ? blocks->block() : block_columns(columns, SmallProductRows::kFew, threads);
  product.b_stride = blocks ? product.block : columns;
  product.block_stride = blocks ? product.block * depth : product.block;
  product.columns = columns;
  for (const ProductPart& part : parts_of(product, threads)) {
    const auto after = [](const Place& place, std::int64_t numbers) {
      return place.after(static_cast<std::size_t>(numbers) * sizeof(float));
    };
    std::vector<Place> places = {
        after(operands.a_place, part.first_row * depth),
        after(operands.b_place, part.first_column / product.block * product.block_stride),
        after(operands.c_place, part.first_row * columns + part.first_column)};
    add_operand_places(problem, operands, part, places);
    product.rows = part.end_row - part.first_row;
    product.columns = part.end_column - part.first_column;
    kernel.add(
        [product, steps = product_steps(problem.bias, problem.epilogue, operands.epilogue,
                                        columns)](void* const* addresses) {
          SmallProduct share = product;
          share.a = static_cast<const float*>(addresses[0]);
          share.b = static_cast<const float*>(addresses[1]);
          share.c = static_cast<float*>(addresses[2]);
          std::array<ProductStep, kMostProductSteps> own;
          set_operands(steps, addresses + 3, own.data());
          share.steps = own.data();
          share.step_count = static_cast<int>(steps.size());
          nn_functions().small_product(share);
        },
        std::move(places));
  }
}

}  // namespace keras::backend::cpu
