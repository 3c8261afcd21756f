// Products of few rows, of one target; see vector_math-inl.h about being included by targets. What
// registers hold decides how fast they are, so that there are none without 32 wide ones.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

/// With blocks of 64 columns the sums of so many rows and a row of weights fill the registers.
constexpr std::int64_t kMostTileRows = 6;
/// Weights of so many inputs stay in the second cache for the next tile of rows.
constexpr std::int64_t kDepthBlock = 1024;
/// Weights are fetched so many inputs ahead: further than the processor looks by itself.
constexpr std::int64_t kAhead = 16;

struct ProductTile {
  std::int64_t depth;
  const float* a;
  std::int64_t a_stride;
  const float* b;
  std::int64_t b_stride;
  float* c;
  std::int64_t c_stride;
  bool adds;  ///< to what is there
};

template <int kRows, int kVectors>
void product_tile(const ProductTile& t) {
  Vec sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r)
    for (int v = 0; v < kVectors; ++v) {
      sums[r][v] = Vec{};
      if (t.adds) get(sums[r][v], t.c + r * t.c_stride + v * kLanes);
    }
  const float* b = t.b;
  for (std::int64_t k = 0; k < t.depth; ++k, b += t.b_stride) {
    Vec weights[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      __builtin_prefetch(b + kAhead * t.b_stride + v * kLanes);
      get(weights[v], b + v * kLanes);
    }
    for (int r = 0; r < kRows; ++r) {
      const Vec x = broadcast(Vec{}, t.a[r * t.a_stride + k]);
      for (int v = 0; v < kVectors; ++v) sums[r][v] += x * weights[v];
    }
  }
  for (int r = 0; r < kRows; ++r)
    for (int v = 0; v < kVectors; ++v) put(t.c + r * t.c_stride + v * kLanes, sums[r][v]);
}

using ProductTileFunction = void (*)(const ProductTile&);
/// By rows and by vectors, from 1 on.
constexpr ProductTileFunction kProductTiles[kMostTileRows][4] = {
    {product_tile<1, 1>, product_tile<1, 2>, product_tile<1, 3>, product_tile<1, 4>},
    {product_tile<2, 1>, product_tile<2, 2>, product_tile<2, 3>, product_tile<2, 4>},
    {product_tile<3, 1>, product_tile<3, 2>, product_tile<3, 3>, product_tile<3, 4>},
    {product_tile<4, 1>, product_tile<4, 2>, product_tile<4, 3>, product_tile<4, 4>},
    {product_tile<5, 1>, product_tile<5, 2>, product_tile<5, 3>, product_tile<5, 4>},
    {product_tile<6, 1>, product_tile<6, 2>, product_tile<6, 3>, product_tile<6, 4>}};

template <typename Function>
KERAS_INLINE void for_each_number(float* c, std::int64_t columns, const Function& function) {
  for (std::int64_t i = 0; i < columns; ++i) c[i] = function(c[i], i);
}

void finish_row(const SmallProductStep& step, const float* operand, float* c,
                std::int64_t columns) {
  using Kind = SmallProductStep::Kind;
  const float bound = step.bound;
  switch (step.kind) {
    case Kind::kClip:
      for_each_number(c, columns, [=](float x, std::int64_t) {
        const float y = x < 0.0f ? 0.0f : x;
        return y > bound ? bound : y;
      });
      break;
    case Kind::kSigmoid:
      for_each_number(c, columns, [](float x, std::int64_t) { return sigmoid_f32(x); });
      break;
    case Kind::kTanh:
      for_each_number(c, columns, [](float x, std::int64_t) { return tanh_f32(x); });
      break;
    case Kind::kMultiply:
      for_each_number(c, columns, [=](float x, std::int64_t i) { return x * operand[i]; });
      break;
    case Kind::kAdd:
      for_each_number(c, columns, [=](float x, std::int64_t i) { return x + operand[i]; });
      break;
  }
}

void finish_columns(const SmallProduct& p, std::int64_t first, std::int64_t columns) {
  for (std::int64_t row = 0; row < p.rows; ++row)
    for (int i = 0; i < p.step_count; ++i) {
      const SmallProductStep& step = p.steps[i];
      const float* operand =
          step.operand ? step.operand + row * step.operand_stride + first : nullptr;
      finish_row(step, operand, p.c + row * p.c_stride + first, columns);
    }
}

void small_product(const SmallProduct& p) {
  const std::int64_t tiles = (p.rows + kMostTileRows - 1) / kMostTileRows;
  const auto first_row = [&](std::int64_t tile) { return p.rows * tile / tiles; };
  for (std::int64_t column = 0; column < p.columns; column += p.block) {
    const float* b = p.b + column / p.block * p.block_stride;
    for (std::int64_t k = 0; k < p.depth; k += kDepthBlock) {
      const std::int64_t depth = p.depth - k < kDepthBlock ? p.depth - k : kDepthBlock;
      for (std::int64_t tile = 0; tile < tiles; ++tile) {
        const std::int64_t row = first_row(tile), rows = first_row(tile + 1) - row;
        const auto run = kProductTiles[rows - 1][p.block / kLanes - 1];
        run({depth, p.a + row * p.a_stride + k, p.a_stride, b + k * p.b_stride, p.b_stride,
             p.c + row * p.c_stride + column, p.c_stride, k > 0});
      }
    }
    finish_columns(p, column, p.block);
  }
}

constexpr auto kSmallProduct = small_product;

#else

constexpr void (*kSmallProduct)(const SmallProduct&) = nullptr;

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
