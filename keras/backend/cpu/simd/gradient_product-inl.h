// Gradients of weights by many rows, of one target; see vector_math-inl.h about being included by
// targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

constexpr std::int64_t kGradientColumns = 64;  ///< of the widest tile
constexpr std::int64_t kLine = 16;             ///< numbers

/// What a run of rows adds to all sums. Meanwhile the next run comes to the caches: each tile
/// fetches a share of it, a line or some with each row.
void add_run(const GradientProduct& g, std::int64_t first, std::int64_t depth, std::int64_t next) {
  const std::int64_t rest = g.columns % kGradientColumns;
  const std::int64_t tiles = g.columns / kGradientColumns * tiles_of(g.rows, kGradientColumns) +
                             (rest > 0 ? tiles_of(g.rows, rest) : 0);
  const std::int64_t x_count = next * g.rows, count = x_count + next * g.columns;
  const float *x = g.x + first * g.rows, *dy = g.dy + first * g.columns;
  FinishedTile tile{};
  tile.depth = depth;
  tile.a_stride = g.rows;
  tile.b_stride = tile.c_stride = tile.before_stride = g.columns;
  tile.adds = first > 0;
  tile.fetch_step = (count / (tiles * depth * kLine) + 1) * kLine;
  std::int64_t done = 0;
  for (std::int64_t column = 0; column < g.columns; column += kGradientColumns) {
    const std::int64_t left = g.columns - column;
    const std::int64_t width = left < kGradientColumns ? left : kGradientColumns;
    const std::int64_t own_tiles = tiles_of(g.rows, width);
    tile.b = dy + column;
    for (std::int64_t i = 0; i < own_tiles; ++i, ++done) {
      const std::int64_t row = g.rows * i / own_tiles, end = g.rows * (i + 1) / own_tiles;
      const std::int64_t place = count * done / tiles / kLine * kLine;
      tile.a = x + row;
      tile.c = g.sums + row * g.columns + column;
      tile.before = tile.c;
      tile.fetch =
          place < x_count ? x + depth * g.rows + place : dy + depth * g.columns + (place - x_count);
      product_tile_for<true, FinishedTile>(end - row, width)(tile);
    }
  }
}

void gradient_product(const GradientProduct& g) {
  for (std::int64_t first = 0; first < g.depth; first += kGradientDepth) {
    const std::int64_t left = g.depth - first;
    const std::int64_t depth = left < kGradientDepth ? left : kGradientDepth;
    const std::int64_t after = left - depth;
    add_run(g, first, depth, after < kGradientDepth ? after : kGradientDepth);
  }
}

constexpr auto kGradientProduct = gradient_product;

#else

constexpr void (*kGradientProduct)(const GradientProduct&) = nullptr;

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
