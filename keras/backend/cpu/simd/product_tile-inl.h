// A tile of a product of matrices whose sums stay in registers, and what is done to its rows before
// they leave the caches; see vector_math-inl.h about being included by targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

/// The sums of so many rows and a row of weights fill the registers; of a single vector fewer keep
/// the processor busy, since an addition takes four cycles and two begin in each.
constexpr std::int64_t most_tile_rows(std::int64_t vectors) {
  return vectors == 1 ? 12 : 24 / vectors;
}
/// Weights are fetched so many inputs ahead: further than the processor looks by itself.
constexpr std::int64_t kAhead = 16;

struct ProductTile {
  std::int64_t depth;
  const float* a;
  std::int64_t a_stride;  ///< from row to row, or, of a transposed one, from input to input
  const float* b;
  std::int64_t b_stride;
  float* c;
  std::int64_t c_stride;
  bool adds;  ///< to what is there
};

/// A tile whose sums are finished before they leave the registers.
struct FinishedTile : ProductTile {
  const float* before;  ///< what it adds to
  std::int64_t before_stride;
  const float* fetch;       ///< what is brought to the caches meanwhile
  std::int64_t fetch_step;  ///< from input to input
  std::int64_t tile_step;   ///< from tile to tile
  const ProductStep* steps;
  int step_count;
  std::int64_t row, column;  ///< of the steps' operands
};

/// Whether a step is done to sums in registers; others take more of them.
KERAS_INLINE bool is_done_in_registers(const ProductStep& step) {
  using Kind = ProductStep::Kind;
  return step.kind != Kind::kSigmoid && step.kind != Kind::kTanh;
}

// Loops over sums are unrolled before anything else is done to them: g++ would keep the sums in
// memory.
template <int kRows, int kVectors, typename Function>
KERAS_INLINE void for_each_sum(Vec (&sums)[kRows][kVectors], const Function& function) {
#pragma GCC unroll 24
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = function(sums[r][v], r, v * kLanes);
}

template <int kRows, int kVectors>
KERAS_INLINE void finish_sums(const FinishedTile& t, Vec (&sums)[kRows][kVectors]) {
  using Kind = ProductStep::Kind;
  if (t.adds)
    for_each_sum(sums, [&](Vec x, int r, std::int64_t c) {
      Vec before;
      get(before, t.before + r * t.before_stride + c);
      return x + before;
    });
  for (int i = 0; i < t.step_count; ++i) {
    const ProductStep& step = t.steps[i];
    const auto operand = [&](int r, std::int64_t c) {
      Vec y;
      get(y, step.operand + (t.row + r) * step.operand_stride + t.column + c);
      return y;
    };
    if (step.kind == Kind::kAdd) {
      for_each_sum(sums, [&](Vec x, int r, std::int64_t c) { return x + operand(r, c); });
    } else if (step.kind == Kind::kMultiply) {
      for_each_sum(sums, [&](Vec x, int r, std::int64_t c) { return x * operand(r, c); });
    } else {
      const Vec zero = {}, bound = broadcast(Vec{}, step.bound);
      for_each_sum(sums, [&](Vec x, int, std::int64_t) {
        const Vec y = x < zero ? zero : x;
        return y > bound ? bound : y;
      });
    }
  }
}

template <bool kTransposed, int kRows, int kVectors, typename Tile>
void product_tile(const Tile& t) {
  constexpr bool kFinishes = std::is_same_v<Tile, FinishedTile>;
  Vec sums[kRows][kVectors] = {};
  const float* b = t.b;
  const std::int64_t ahead = kAhead * t.b_stride;
  const float* fetch = nullptr;
  if constexpr (kFinishes) fetch = t.fetch;
  for (std::int64_t k = 0; k < t.depth; ++k, b += t.b_stride) {
    Vec weights[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      __builtin_prefetch((kFinishes ? fetch : b + ahead) + v * kLanes);
      get(weights[v], b + v * kLanes);
    }
#pragma GCC unroll 24
    for (int r = 0; r < kRows; ++r) {
      const Vec x =
          broadcast(Vec{}, kTransposed ? t.a[k * t.a_stride + r] : t.a[r * t.a_stride + k]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] += x * weights[v];
    }
    if constexpr (kFinishes) fetch += t.fetch_step;
  }
  if constexpr (kFinishes) finish_sums(t, sums);
#pragma GCC unroll 24
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      float* c = t.c + r * t.c_stride + v * kLanes;
      if (!kFinishes && t.adds) {  // sums of sums lose fewer digits than one long one
        Vec before;
        get(before, c);
        sums[r][v] += before;
      }
      put(c, sums[r][v]);
    }
}

template <typename Tile>
using ProductTileFunction = void (*)(const Tile&);

/// That of so many vectors by rows, from 1 on.
template <bool kTransposed, int kVectors, typename Tile, int... kRows>
KERAS_INLINE ProductTileFunction<Tile> tile_of_rows(std::int64_t rows,
                                                    std::integer_sequence<int, kRows...>) {
  static constexpr ProductTileFunction<Tile> kTiles[] = {
      product_tile<kTransposed, kRows + 1, kVectors, Tile>...};
  return kTiles[rows - 1];
}

template <bool kTransposed, int kVectors, typename Tile>
KERAS_INLINE ProductTileFunction<Tile> tile_of_rows(std::int64_t rows) {
  return tile_of_rows<kTransposed, kVectors, Tile>(
      rows, std::make_integer_sequence<int, most_tile_rows(kVectors)>());
}

template <bool kTransposed, typename Tile>
KERAS_INLINE ProductTileFunction<Tile> product_tile_for(std::int64_t rows, std::int64_t columns) {
  switch (columns / kLanes) {
    case 1:
      return tile_of_rows<kTransposed, 1, Tile>(rows);
    case 2:
      return tile_of_rows<kTransposed, 2, Tile>(rows);
    case 3:
      return tile_of_rows<kTransposed, 3, Tile>(rows);
    default:
      return tile_of_rows<kTransposed, 4, Tile>(rows);
  }
}

/// The tiles into which so many rows of 16, 32, 48 or 64 columns are cut.
constexpr std::int64_t tiles_of(std::int64_t rows, std::int64_t columns) {
  const std::int64_t most = most_tile_rows(columns / kLanes);
  return (rows + most - 1) / most;
}

/// The product of all rows and of so many columns; `whole` is that of its first row.
template <bool kTransposed, typename Tile>
void product_rows(const Tile& whole, std::int64_t rows, std::int64_t columns) {
  const std::int64_t tiles = tiles_of(rows, columns);
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    const std::int64_t first = rows * tile / tiles, last = rows * (tile + 1) / tiles;
    Tile part = whole;
    part.a += kTransposed ? first : first * whole.a_stride;
    part.c += first * whole.c_stride;
    if constexpr (std::is_same_v<Tile, FinishedTile>) {
      part.before += first * whole.before_stride;
      part.row += first;
      part.fetch += tile * whole.tile_step;
    }
    product_tile_for<kTransposed, Tile>(last - first, columns)(part);
  }
}

template <typename Function>
KERAS_INLINE void for_each_number(float* c, std::int64_t columns, const Function& function) {
  for (std::int64_t i = 0; i < columns; ++i) c[i] = function(c[i], i);
}

void finish_row(const ProductStep& step, const float* operand, float* c, std::int64_t columns) {
  using Kind = ProductStep::Kind;
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

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
