// Winograd's convolutions, of one target; see winograd.h, and vector_math-inl.h about being
// included by targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

constexpr std::int64_t kPanel = kWinogradPanel;
/// Of the panel that begins with a column.
KERAS_INLINE std::int64_t panel_width(std::int64_t columns, std::int64_t column) {
  return columns - column < kPanel ? columns - column : kPanel;
}

/// Where a tile's first output and first input lie in an image.
struct WinogradTile {
  std::int64_t image, row, column;       ///< of the output
  std::int64_t input_row, input_column;  ///< may be negative
};

KERAS_INLINE WinogradTile tile_at(const WinogradGeometry& g, std::int64_t tile) {
  const std::int64_t within = tile % g.image_tiles();
  const std::int64_t row = within / g.tile_columns * g.tile,
                     column = within % g.tile_columns * g.tile;
  return {tile / g.image_tiles(), row, column, row - g.pad_top, column - g.pad_left};
}

/// Channels [first, last) of a tile's inputs, transformed. `to` is the tile's row of the first
/// element.
template <int kTile, bool kInside, typename T>
void transform_tile(const WinogradGeometry& g, const WinogradTile& tile, const T* x,
                    std::int64_t first, std::int64_t last, float* to, std::int64_t stride) {
  constexpr int kSide = kTile + 2;
  const std::int64_t channels = g.input_channels;
  const std::int64_t origin =
      ((tile.image * g.input_height + tile.input_row) * g.input_width + tile.input_column) *
      channels;
  const auto inside = [&](int i, int j) {
    const std::int64_t row = tile.input_row + i, column = tile.input_column + j;
    return row >= 0 && row < g.input_height && column >= 0 && column < g.input_width;
  };
  for (std::int64_t channel = first; channel < last; channel += kLanes, to += kLanes)
    transform<typename WinogradTransforms<kTile>::Inputs, kSide, kSide>(
        [&](int i, int j) {
          if (!kInside && !inside(i, j)) return Vec{};
          return vector_at(x + (origin + (i * g.input_width + j) * channels + channel));
        },
        [&](int i, int j, Vec value) { put(to + (kSide * i + j) * stride, value); });
}

template <int kTile, typename T>
void transform_inputs(const WinogradGeometry& g, std::int64_t first_tile, std::int64_t last_tile,
                      const T* x, std::int64_t first, std::int64_t last, float* to,
                      std::int64_t stride) {
  for (std::int64_t t = first_tile; t < last_tile; ++t, to += last - first) {
    const WinogradTile tile = tile_at(g, t);
    const bool inside = tile.input_row >= 0 && tile.input_row + kTile + 2 <= g.input_height &&
                        tile.input_column >= 0 && tile.input_column + kTile + 2 <= g.input_width;
    if (inside)
      transform_tile<kTile, true>(g, tile, x, first, last, to, stride);
    else
      transform_tile<kTile, false>(g, tile, x, first, last, to, stride);
  }
}

/// The maximum of each 2x2 of a tile's finished outputs.
template <int kTile, typename T>
void pool_tile(const WinogradConvolution& w, const WinogradTile& tile, std::int64_t column,
               std::int64_t width, const float (&pixels)[kTile * kTile][kPanel]) {
  const WinogradGeometry& g = w.geometry;
  const std::int64_t height = g.output_height / 2, row_size = g.output_width / 2;
  for (int p = 0; p < kTile * kTile / 4; ++p) {
    const int i = p / (kTile / 2), j = p % (kTile / 2);
    const std::int64_t row = tile.row / 2 + i, x = tile.column / 2 + j;
    if (row >= height || x >= row_size) continue;
    const auto* above = &pixels[2 * (kTile * i + j)];
    T* y = static_cast<T*>(w.y) + ((tile.image * height + row) * row_size + x) * g.output_channels +
           column;
    for (std::int64_t c = 0; c < width; c += kLanes) {
      Vec maximum = vector_at(above[0] + c);
      for (const int next : {1, kTile, kTile + 1})
        maximum = pooled_max(vector_at(above[next] + c), maximum);
      put(y + c, maximum);
    }
  }
}

/// A tile's outputs in columns [column, column + width): finished, and kept where they are on the
/// image.
template <int kTile, typename T>
void finish_tile(const WinogradConvolution& w, const WinogradTile& tile, std::int64_t column,
                 std::int64_t width, const float* m, std::int64_t stride) {
  const WinogradGeometry& g = w.geometry;
  float pixels[kTile * kTile][kPanel];
  for (std::int64_t c = 0; c < width; c += kLanes)
    transform<typename WinogradTransforms<kTile>::Outputs, kTile + 2, kTile>(
        [&](int i, int j) { return vector_at(m + c + ((kTile + 2) * i + j) * stride); },
        [&](int i, int j, Vec value) { put(pixels[kTile * i + j] + c, value); });
  for (int p = 0; p < kTile * kTile; ++p) {
    const std::int64_t row = tile.row + p / kTile, x = tile.column + p % kTile;
    if (row >= g.output_height || x >= g.output_width) continue;
    const std::int64_t pixel = (tile.image * g.output_height + row) * g.output_width + x;
    for (int i = 0; i < w.step_count; ++i) {
      const ProductStep& step = w.steps[i];
      finish_row(step, step.operand ? step.operand + pixel * step.operand_stride + column : nullptr,
                 pixels[p], width);
    }
    if (w.pooled) continue;
    T* y = static_cast<T*>(w.y) + pixel * g.output_channels + column;
    for (std::int64_t c = 0; c < width; c += kLanes) put(y + c, vector_at(pixels[p] + c));
  }
  if constexpr (kTile % 2 == 0)
    if (w.pooled) pool_tile<kTile, T>(w, tile, column, width, pixels);
}

/// Rows of weights that memory brings while one is transformed.
constexpr std::int64_t kTapsAhead = 8;

/// Weights [first_depth, last_depth) of a panel's columns; `stride` leads from element to element.
template <int kTile, typename T>
void transform_taps_forwards(const WinogradTaps& t, std::int64_t first_depth,
                             std::int64_t last_depth, std::int64_t column, std::int64_t width,
                             float* to, std::int64_t stride) {
  constexpr int kSide = kTile + 2;
  const std::int64_t tap = t.inputs * t.outputs;
  for (std::int64_t depth = first_depth; depth < last_depth; ++depth, to += width)
    for (std::int64_t c = 0; c < width; c += kLanes) {
      const T* first = static_cast<const T*>(t.kernel) + depth * t.outputs + column + c;
      transform<typename WinogradTransforms<kTile>::Taps, 3, kSide>(
          [&](int i, int j) {
            const T* from = first + (3 * i + j) * tap;
            __builtin_prefetch(from + kTapsAhead * t.outputs);
            return vector_at(from);
          },
          [&](int i, int j, Vec value) { put(to + (kSide * i + j) * stride + c, value); });
    }
}

/// The same of a kernel that leads back: its outputs are the depth.
template <int kTile, typename T>
void transform_taps_backwards(const WinogradTaps& t, std::int64_t first_depth,
                              std::int64_t last_depth, std::int64_t column, std::int64_t width,
                              float* to, std::int64_t stride) {
  constexpr int kSide = kTile + 2;
  for (std::int64_t depth = first_depth; depth < last_depth; depth += kLanes, to += kLanes * width)
    for (std::int64_t c = 0; c < width; c += kLanes) {
      Vec turned[9][kLanes];
      for (std::int64_t tap = 0; tap < 9; ++tap) {
        const T* from =
            static_cast<const T*>(t.kernel) + (tap * t.inputs + column + c) * t.outputs + depth;
        Vec(&rows)[kLanes] = turned[8 - tap];
        for (std::int64_t i = 0; i < kLanes; ++i) {
          __builtin_prefetch(from + i * t.outputs + kLanes);
          rows[i] = vector_at(from + i * t.outputs);
        }
        transpose(rows);
      }
      for (std::int64_t d = 0; d < kLanes; ++d)
        transform<typename WinogradTransforms<kTile>::Taps, 3, kSide>(
            [&](int i, int j) { return turned[3 * i + j][d]; },
            [&](int i, int j, Vec value) {
              put(to + (kSide * i + j) * stride + d * width + c, value);
            });
    }
}

template <int kTile, typename T>
void transform_taps(const WinogradTaps& t, std::int64_t first_depth, std::int64_t last_depth,
                    std::int64_t column, std::int64_t width, float* to, std::int64_t stride) {
  if (t.backwards)
    transform_taps_backwards<kTile, T>(t, first_depth, last_depth, column, width, to, stride);
  else
    transform_taps_forwards<kTile, T>(t, first_depth, last_depth, column, width, to, stride);
}

template <int kTile, typename T>
void winograd_kernel(const WinogradKernel& w) {
  constexpr std::int64_t kElements = winograd_elements(kTile);
  constexpr std::int64_t kStride = winograd_element_stride(kWinogradGrain, kPanel);
  const std::int64_t depth = w.taps.depth(), columns = w.taps.columns();
  for (std::int64_t first = w.first_depth; first < w.last_depth; first += kWinogradGrain)
    for (std::int64_t column = 0; column < columns; column += kPanel) {
      const std::int64_t width = panel_width(columns, column);
      transform_taps<kTile, T>(w.taps, first, first + kWinogradGrain, column, width, w.scratch,
                               kStride);
      // The elements lie so far apart that written all at a time they would push one another out
      // of the caches.
      float* panel = w.transformed + column * kElements * depth;
      for (std::int64_t k = 0; k < kElements; ++k)
        std::memcpy(panel + (k * depth + first) * width, w.scratch + k * kStride,
                    static_cast<std::size_t>(kWinogradGrain * width) * sizeof(float));
    }
}

/// The weights of all elements for some of the depth and a panel of columns.
struct WinogradWeights {
  const float* first;
  std::int64_t stride;  ///< from element to element
  std::int64_t width;
  std::int64_t first_depth, last_depth;
};

/// The products of some tiles. Each few rows bring a share of the next weights to the caches.
void multiply_elements(const WinogradConvolution& w, const WinogradWeights& weights,
                       std::int64_t tiles, const float* transformed, float* sums) {
  const WinogradGeometry& g = w.geometry;
  const std::int64_t width = weights.width;
  const std::int64_t x_stride = winograd_element_stride(w.block_tiles, g.input_channels);
  const std::int64_t m_stride = winograd_element_stride(w.block_tiles, kPanel);
  const std::int64_t row_tiles = tiles_of(tiles, width);
  FinishedTile tile{};
  tile.a_stride = g.input_channels;
  tile.b_stride = tile.c_stride = tile.before_stride = width;
  tile.fetch_step = (width + row_tiles - 1) / row_tiles;
  for (std::int64_t k = 0; k < g.elements(); ++k) {
    tile.b = weights.first + k * weights.stride;
    tile.c = sums + k * m_stride;
    tile.before = tile.c;
    for (std::int64_t d = weights.first_depth; d < weights.last_depth; d += kWinogradDepth) {
      const std::int64_t rest = weights.last_depth - d;
      tile.depth = rest < kWinogradDepth ? rest : kWinogradDepth;
      tile.a = transformed + k * x_stride + d;
      tile.adds = d > 0;
      tile.fetch = tile.b + tile.depth * width;
      tile.tile_step = tile.depth * tile.fetch_step;
      product_rows<false, FinishedTile>(tile, tiles, width);
      tile.b += tile.depth * width;
    }
  }
}

/// Those of a panel from `column` on, of weights that are transformed here if they are not yet.
template <int kTile, typename T>
void multiply_panel(const WinogradConvolution& w, std::int64_t column, std::int64_t width,
                    std::int64_t tiles, const float* transformed, float* sums, float* scratch) {
  constexpr std::int64_t kElements = winograd_elements(kTile);
  const std::int64_t depth = w.geometry.input_channels;
  if (w.kernel) {
    const float* panel = w.kernel + column * kElements * depth;
    return multiply_elements(w, {panel, depth * width, width, 0, depth}, tiles, transformed, sums);
  }
  for (std::int64_t d = 0; d < depth; d += kWinogradDepth) {
    const std::int64_t last = depth - d < kWinogradDepth ? depth : d + kWinogradDepth;
    const std::int64_t stride = winograd_element_stride(last - d, width);
    transform_taps<kTile, T>(w.taps, d, last, column, width, scratch, stride);
    multiply_elements(w, {scratch, stride, width, d, last}, tiles, transformed, sums);
  }
}

template <int kTile, typename T>
void winograd_convolution(const WinogradConvolution& w) {
  const WinogradGeometry& g = w.geometry;
  const std::int64_t x_stride = winograd_element_stride(w.block_tiles, g.input_channels);
  const std::int64_t m_stride = winograd_element_stride(w.block_tiles, kPanel);
  float* transformed = w.scratch;
  float* sums = transformed + g.elements() * x_stride;
  float* weights = sums + g.elements() * m_stride;
  for (std::int64_t first = w.first_tile; first < w.last_tile; first += w.block_tiles) {
    const std::int64_t left = w.last_tile - first;
    const std::int64_t tiles = left < w.block_tiles ? left : w.block_tiles;
    transform_inputs<kTile>(g, first, first + tiles, static_cast<const T*>(w.x), 0,
                            g.input_channels, transformed, x_stride);
    for (std::int64_t column = w.first_column; column < w.last_column; column += kPanel) {
      const std::int64_t width = panel_width(g.output_channels, column);
      multiply_panel<kTile, T>(w, column, width, tiles, transformed, sums, weights);
      for (std::int64_t t = 0; t < tiles; ++t)
        finish_tile<kTile, T>(w, tile_at(g, first + t), column, width, sums + t * width, m_stride);
    }
  }
}

/// A dy A' of a tile's gradients; what is not on the image is zero.
template <int kTile, typename T>
void transform_gradients(const WinogradGeometry& g, const WinogradTile& tile, const T* dy,
                         float* to, std::int64_t stride) {
  const T* origin =
      dy + ((tile.image * g.output_height + tile.row) * g.output_width + tile.column) *
               g.output_channels;
  for (std::int64_t channel = 0; channel < g.output_channels; channel += kLanes, to += kLanes)
    transform<typename WinogradTransforms<kTile>::OutputGradients, kTile, kTile + 2>(
        [&](int i, int j) {
          if (tile.row + i >= g.output_height || tile.column + j >= g.output_width) return Vec{};
          return vector_at(origin + (i * g.output_width + j) * g.output_channels + channel);
        },
        [&](int i, int j, Vec value) { put(to + ((kTile + 2) * i + j) * stride, value); });
}

/// G'(sum of the parts)G of some inputs and of a panel's columns, whose elements lie in `part`, and
/// at `next_part` from there in each other one.
template <int kTile, typename T>
void finish_chunk(const WinogradKernelGradient& w, std::int64_t input, std::int64_t rows,
                  std::int64_t column, std::int64_t width, const float* part,
                  std::int64_t next_part) {
  constexpr int kSide = kTile + 2;
  const std::int64_t outputs = w.geometry.output_channels;
  const std::int64_t tap = w.geometry.input_channels * outputs;
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t c = 0; c < width; c += kLanes) {
      const float* from = part + row * width + c;
      T* to = static_cast<T*>(w.gradient) + (input + row) * outputs + column + c;
      transform<typename WinogradTransforms<kTile>::TapGradients, kSide, 3>(
          [&](int i, int j) {
            const float* element = from + (kSide * i + j) * winograd_element_stride(rows, width);
            Vec sum = vector_at(element);
            for (int p = 1; p < w.part_count; ++p) sum += vector_at(element + p * next_part);
            return sum;
          },
          [&](int i, int j, Vec value) { put(to + (3 * i + j) * tap, value); });
    }
}

/// A function of each chunk of inputs and each panel of columns: of the first input, the inputs,
/// the first column, the columns, and where in a part they lie.
template <typename Function>
KERAS_INLINE void for_each_chunk(const WinogradKernelGradient& w, const Function& function) {
  const WinogradGeometry& g = w.geometry;
  for (std::int64_t input = w.first_input; input < w.last_input; input += kWinogradChunk) {
    const std::int64_t left = w.last_input - input;
    const std::int64_t rows = left < kWinogradChunk ? left : kWinogradChunk;
    for (std::int64_t column = 0; column < g.output_channels; column += kPanel) {
      const std::int64_t width = panel_width(g.output_channels, column);
      function(input, rows, column, width,
               winograd_part(g, input) + winograd_chunk(g, rows, column));
    }
  }
}

template <int kTile, typename T>
void winograd_kernel_gradient(const WinogradKernelGradient& w) {
  const WinogradGeometry& g = w.geometry;
  const std::int64_t inputs = w.last_input - w.first_input, outputs = g.output_channels;
  const std::int64_t x_stride = winograd_element_stride(w.block_tiles, inputs);
  const std::int64_t dy_stride = winograd_element_stride(w.block_tiles, outputs);
  float* x = w.scratch;
  float* dy = x + g.elements() * x_stride;
  float* chunk = dy + g.elements() * dy_stride;
  for (std::int64_t first = w.first_tile; first < w.last_tile; first += w.block_tiles) {
    const std::int64_t left = w.last_tile - first;
    const std::int64_t tiles = left < w.block_tiles ? left : w.block_tiles;
    transform_inputs<kTile>(g, first, first + tiles, static_cast<const T*>(w.x), w.first_input,
                            w.last_input, x, x_stride);
    for (std::int64_t t = 0; t < tiles; ++t)
      transform_gradients<kTile>(g, tile_at(g, first + t), static_cast<const T*>(w.dy),
                                 dy + t * outputs, dy_stride);
    for_each_chunk(w, [&](std::int64_t input, std::int64_t rows, std::int64_t column,
                          std::int64_t width, std::int64_t place) {
      float* part = w.parts ? w.parts + place : chunk;
      for (std::int64_t k = 0; k < g.elements(); ++k)
        product_rows<true, ProductTile>(
            {tiles, x + k * x_stride + input - w.first_input, inputs, dy + k * dy_stride + column,
             outputs, part + k * winograd_element_stride(rows, width), width, first > w.first_tile},
            rows, width);
      if (left <= w.block_tiles && w.part_count == 1)
        finish_chunk<kTile, T>(w, input, rows, column, width, part, 0);
    });
  }
}

template <int kTile, typename T>
void winograd_finish_kernel_gradient(const WinogradKernelGradient& w) {
  const std::int64_t next_part = winograd_part(w.geometry, w.geometry.input_channels);
  for_each_chunk(w, [&](std::int64_t input, std::int64_t rows, std::int64_t column,
                        std::int64_t width, std::int64_t place) {
    finish_chunk<kTile, T>(w, input, rows, column, width, w.parts + place, next_part);
  });
}

template <int kTile, typename T>
constexpr WinogradFunctions winograd_functions = {
    winograd_kernel<kTile, T>, winograd_convolution<kTile, T>, winograd_kernel_gradient<kTile, T>,
    winograd_finish_kernel_gradient<kTile, T>};

#else

template <int kTile, typename T>
constexpr WinogradFunctions winograd_functions = {};

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
