// Products of few rows, of one target; see vector_math-inl.h about being included by targets. What
// registers hold decides how fast they are, so that there are none without 32 wide ones.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

/// Weights of so many inputs stay in the second cache, and the inputs in the first, for the next
/// tile of rows.
constexpr std::int64_t kDepthBlock = 512;
/// More weights than that come from memory, which takes longer.
constexpr std::int64_t kManyWeights = std::int64_t{1} << 17;
constexpr std::int64_t kFarAhead = 64;
constexpr std::int64_t kWidestBlock = 64;  ///< columns

/// All steps of a block of columns, where one takes more registers than the sums leave.
void finish_block(const SmallProduct& p, std::int64_t column) {
  for (std::int64_t row = 0; row < p.rows; ++row)
    for (int i = 0; i < p.step_count; ++i) {
      const ProductStep& step = p.steps[i];
      const float* operand =
          step.operand ? step.operand + row * step.operand_stride + column : nullptr;
      finish_row(step, operand, p.c + row * p.c_stride + column, p.block);
    }
}

void small_product(const SmallProduct& p) {
  // Weights in blocks are in the caches for all tiles of rows but the first: each tile brings a
  // share of the next ones there.
  const std::int64_t tiles = tiles_of(p.rows, p.block);
  const bool fetches_next = tiles > 1 && p.b_stride == p.block;
  const std::int64_t ahead = p.depth * p.columns > kManyWeights ? kFarAhead : kAhead;
  bool in_registers = true;
  for (int i = 0; i < p.step_count; ++i)
    in_registers = in_registers && is_done_in_registers(p.steps[i]);
  // Rows that lie far apart would push one another out of the first cache.
  alignas(64) float sums[kMostSmallProductRows * kWidestBlock];
  for (std::int64_t column = 0; column < p.columns; column += p.block) {
    for (std::int64_t k = 0; k < p.depth; k += kDepthBlock) {
      const bool is_last = p.depth - k <= kDepthBlock;
      const std::int64_t depth = is_last ? p.depth - k : kDepthBlock;
      FinishedTile tile;
      tile.depth = depth;
      tile.a = p.a + k;
      tile.a_stride = p.a_stride;
      tile.b = p.b + column / p.block * p.block_stride + k * p.b_stride;
      tile.b_stride = p.b_stride;
      tile.c = is_last ? p.c + column : sums;
      tile.c_stride = is_last ? p.c_stride : p.block;
      tile.adds = k > 0;
      tile.before = sums;
      tile.before_stride = p.block;
      if (fetches_next) {
        const bool has_next = !is_last || column + p.block < p.columns;
        tile.fetch = tile.b + (has_next ? depth * p.b_stride : 0);
        tile.fetch_step = (p.block + tiles - 1) / tiles;
        tile.tile_step = depth * tile.fetch_step;
      } else {
        tile.fetch = tile.b + ahead * p.b_stride;
        tile.fetch_step = p.b_stride;
        tile.tile_step = 0;
      }
      tile.steps = p.steps;
      tile.step_count = is_last && in_registers ? p.step_count : 0;
      tile.row = 0;
      tile.column = column;
      product_rows<false, FinishedTile>(tile, p.rows, p.block);
    }
    if (!in_registers) finish_block(p, column);
  }
}

constexpr auto kSmallProduct = small_product;

#else

constexpr void (*kSmallProduct)(const SmallProduct&) = nullptr;

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
