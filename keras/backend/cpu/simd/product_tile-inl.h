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
  std::int64_t ahead = kAhead;
  const float* next = nullptr;  ///< what is read after all rows, fetched while they are
  std::int64_t next_step = 0;
};

template <bool kTransposed, int kRows, int kVectors>
void product_tile(const ProductTile& t) {
  constexpr bool kFetchesNext = 2 * kRows >= most_tile_rows(kVectors);  // else it is the only tile
  Vec sums[kRows][kVectors] = {};
  const float* b = t.b;
  const std::int64_t ahead = t.ahead * t.b_stride;
  for (std::int64_t k = 0; k < t.depth; ++k, b += t.b_stride) {
    Vec weights[kVectors];
    if constexpr (kFetchesNext) __builtin_prefetch(t.next + k * t.next_step, 0, 2);
    for (int v = 0; v < kVectors; ++v) {
      __builtin_prefetch(b + ahead + v * kLanes);
      get(weights[v], b + v * kLanes);
    }
    for (int r = 0; r < kRows; ++r) {
      const Vec x =
          broadcast(Vec{}, kTransposed ? t.a[k * t.a_stride + r] : t.a[r * t.a_stride + k]);
      for (int v = 0; v < kVectors; ++v) sums[r][v] += x * weights[v];
    }
  }
  for (int r = 0; r < kRows; ++r)
    for (int v = 0; v < kVectors; ++v) {
      float* c = t.c + r * t.c_stride + v * kLanes;
      if (t.adds) {  // sums of sums lose fewer digits than one long one
        Vec before;
        get(before, c);
        sums[r][v] += before;
      }
      put(c, sums[r][v]);
    }
}

using ProductTileFunction = void (*)(const ProductTile&);

/// That of so many vectors by rows, from 1 on.
template <bool kTransposed, int kVectors, int... kRows>
KERAS_INLINE ProductTileFunction tile_of_rows(std::int64_t rows,
                                              std::integer_sequence<int, kRows...>) {
  static constexpr ProductTileFunction kTiles[] = {
      product_tile<kTransposed, kRows + 1, kVectors>...};
  return kTiles[rows - 1];
}

template <bool kTransposed, int kVectors>
KERAS_INLINE ProductTileFunction tile_of_rows(std::int64_t rows) {
  return tile_of_rows<kTransposed, kVectors>(
      rows, std::make_integer_sequence<int, most_tile_rows(kVectors)>());
}

template <bool kTransposed>
KERAS_INLINE ProductTileFunction product_tile_for(std::int64_t rows, std::int64_t columns) {
  switch (columns / kLanes) {
    case 1:
      return tile_of_rows<kTransposed, 1>(rows);
    case 2:
      return tile_of_rows<kTransposed, 2>(rows);
    case 3:
      return tile_of_rows<kTransposed, 3>(rows);
    default:
      return tile_of_rows<kTransposed, 4>(rows);
  }
}

/// The product of all rows and of 16, 32, 48 or 64 columns; `whole` is that of its first row.
template <bool kTransposed>
void product_rows(const ProductTile& whole, std::int64_t rows, std::int64_t columns) {
  const std::int64_t most = most_tile_rows(columns / kLanes), tiles = (rows + most - 1) / most;
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    const std::int64_t first = rows * tile / tiles, last = rows * (tile + 1) / tiles;
    ProductTile part = whole;
    part.a += kTransposed ? first : first * whole.a_stride;
    part.c += first * whole.c_stride;
    if (tiles > 1) {
      part.next_step = (columns + tiles - 1) / tiles;
      part.next += tile * whole.depth * part.next_step;
    }
    product_tile_for<kTransposed>(last - first, columns)(part);
  }
}

/// Gives `function` all vectors of the rows, and where each is.
template <typename Function>
KERAS_INLINE void for_each_vector(float* c, std::int64_t c_stride, std::int64_t rows,
                                  std::int64_t columns, const Function& function) {
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t i = 0; i < columns; i += kLanes) {
      Vec x;
      get(x, c + row * c_stride + i);
      put(c + row * c_stride + i, function(x, row, i));
    }
}

template <typename Function>
KERAS_INLINE Vec each_lane(Vec x, const Function& function) {
  Vec y;
  for (std::int64_t lane = 0; lane < kLanes; ++lane) y[lane] = function(x[lane]);
  return y;
}

/// A step of rows of a multiple of 16 columns; `operand` is the first row's.
void finish_rows(const ProductStep& step, const float* operand, float* c, std::int64_t c_stride,
                 std::int64_t rows, std::int64_t columns) {
  using Kind = ProductStep::Kind;
  const auto with_operand = [&](const auto& function) {
    for_each_vector(c, c_stride, rows, columns, [&](Vec x, std::int64_t row, std::int64_t i) {
      Vec y;
      get(y, operand + row * step.operand_stride + i);
      return function(x, y);
    });
  };
  switch (step.kind) {
    case Kind::kClip: {
      const Vec zero = {}, bound = broadcast(Vec{}, step.bound);
      for_each_vector(c, c_stride, rows, columns, [=](Vec x, std::int64_t, std::int64_t) {
        const Vec y = x < zero ? zero : x;
        return y > bound ? bound : y;
      });
      break;
    }
    case Kind::kSigmoid:
      for_each_vector(c, c_stride, rows, columns, [](Vec x, std::int64_t, std::int64_t) {
        return each_lane(x, [](float number) { return sigmoid_f32(number); });
      });
      break;
    case Kind::kTanh:
      for_each_vector(c, c_stride, rows, columns, [](Vec x, std::int64_t, std::int64_t) {
        return each_lane(x, [](float number) { return tanh_f32(number); });
      });
      break;
    case Kind::kMultiply:
      with_operand([](Vec x, Vec y) { return x * y; });
      break;
    case Kind::kAdd:
      with_operand([](Vec x, Vec y) { return x + y; });
      break;
  }
}

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
