// Winograd's convolutions, of one target; see winograd.h, and vector_math-inl.h about being
// included by targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

constexpr std::int64_t kElements = kWinogradElements;
constexpr std::int64_t kPanel = kWinogradPanel;

/// Where a tile's first output and first input lie in an image.
struct WinogradTile {
  std::int64_t image, row, column;       ///< of the output
  std::int64_t input_row, input_column;  ///< may be negative
};

KERAS_INLINE WinogradTile tile_at(const WinogradGeometry& g, std::int64_t tile) {
  const std::int64_t within = tile % g.image_tiles();
  const std::int64_t row = within / g.tile_columns * 2, column = within % g.tile_columns * 2;
  return {tile / g.image_tiles(), row, column, row - g.pad_top, column - g.pad_left};
}

// The two transforms in one dimension are applied to columns, then to rows.

/// B'd
KERAS_INLINE void transform_input(Vec (&d)[4][4]) {
  for (int j = 0; j < 4; ++j) {
    const Vec d0 = d[0][j], d1 = d[1][j], d2 = d[2][j], d3 = d[3][j];
    d[0][j] = d0 - d2;
    d[1][j] = d1 + d2;
    d[2][j] = d2 - d1;
    d[3][j] = d1 - d3;
  }
  for (int i = 0; i < 4; ++i) {
    const Vec d0 = d[i][0], d1 = d[i][1], d2 = d[i][2], d3 = d[i][3];
    d[i][0] = d0 - d2;
    d[i][1] = d1 + d2;
    d[i][2] = d2 - d1;
    d[i][3] = d1 - d3;
  }
}

KERAS_INLINE void put_elements(const Vec (&values)[4][4], float* to, std::int64_t stride) {
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) put(to + (4 * i + j) * stride, values[i][j]);
}

/// Channels [first, last) of a tile's inputs, transformed. `to` is the tile's row of the first
/// element.
template <bool kInside>
void transform_tile(const WinogradGeometry& g, const WinogradTile& tile, const float* x,
                    std::int64_t first, std::int64_t last, float* to, std::int64_t stride) {
  const std::int64_t channels = g.input_channels;
  const std::int64_t origin =
      ((tile.image * g.input_height + tile.input_row) * g.input_width + tile.input_column) *
      channels;
  const auto inside = [&](int i, int j) {
    const std::int64_t row = tile.input_row + i, column = tile.input_column + j;
    return row >= 0 && row < g.input_height && column >= 0 && column < g.input_width;
  };
  for (std::int64_t channel = first; channel < last; channel += kLanes, to += kLanes) {
    Vec d[4][4];
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j) {
        d[i][j] = Vec{};
        if (kInside || inside(i, j))
          get(d[i][j], x + (origin + (i * g.input_width + j) * channels + channel));
      }
    transform_input(d);
    put_elements(d, to, stride);
  }
}

void transform_inputs(const WinogradGeometry& g, std::int64_t first_tile, std::int64_t last_tile,
                      const float* x, std::int64_t first, std::int64_t last, float* to,
                      std::int64_t stride) {
  for (std::int64_t t = first_tile; t < last_tile; ++t, to += last - first) {
    const WinogradTile tile = tile_at(g, t);
    const bool inside = tile.input_row >= 0 && tile.input_row + 4 <= g.input_height &&
                        tile.input_column >= 0 && tile.input_column + 4 <= g.input_width;
    (inside ? transform_tile<true> : transform_tile<false>)(g, tile, x, first, last, to, stride);
  }
}

/// A'm A, row by row of the tile of outputs.
KERAS_INLINE void transform_sums(const float* m, std::int64_t stride, Vec (&y)[2][2]) {
  Vec s[2][4];
  for (int j = 0; j < 4; ++j) {
    Vec m0, m1, m2, m3;
    get(m0, m + j * stride);
    get(m1, m + (4 + j) * stride);
    get(m2, m + (8 + j) * stride);
    get(m3, m + (12 + j) * stride);
    s[0][j] = m0 + m1 + m2;
    s[1][j] = m1 - m2 - m3;
  }
  for (int i = 0; i < 2; ++i) {
    y[i][0] = s[i][0] + s[i][1] + s[i][2];
    y[i][1] = s[i][1] - s[i][2] - s[i][3];
  }
}

/// A tile's outputs in columns [column, column + width): finished, and kept where they are on the
/// image.
void finish_tile(const WinogradConvolution& w, const WinogradTile& tile, std::int64_t column,
                 std::int64_t width, const float* m, std::int64_t stride) {
  const WinogradGeometry& g = w.geometry;
  float pixels[4][kPanel];
  for (std::int64_t c = 0; c < width; c += kLanes) {
    Vec y[2][2];
    transform_sums(m + c, stride, y);
    for (int p = 0; p < 4; ++p) put(pixels[p] + c, y[p / 2][p % 2]);
  }
  for (int p = 0; p < 4; ++p) {
    const std::int64_t row = tile.row + p / 2, x = tile.column + p % 2;
    if (row >= g.output_height || x >= g.output_width) continue;
    const std::int64_t pixel = (tile.image * g.output_height + row) * g.output_width + x;
    for (int i = 0; i < w.step_count; ++i) {
      const ProductStep& step = w.steps[i];
      finish_row(step, step.operand ? step.operand + pixel * step.operand_stride + column : nullptr,
                 pixels[p], width);
    }
    if (!w.pooled)
      std::memcpy(w.y + pixel * g.output_channels + column, pixels[p],
                  static_cast<std::size_t>(width) * sizeof(float));
  }
  if (!w.pooled) return;
  const std::int64_t pixel =
      (tile.image * g.tile_rows + tile.row / 2) * g.tile_columns + tile.column / 2;
  for (std::int64_t c = 0; c < width; c += kLanes) {
    Vec maximum, next;
    get(maximum, pixels[0] + c);
    for (int p = 1; p < 4; ++p) {
      get(next, pixels[p] + c);
      maximum = pooled_max(next, maximum);
    }
    put(w.y + pixel * g.output_channels + column + c, maximum);
  }
}

void winograd_convolution(const WinogradConvolution& w) {
  const WinogradGeometry& g = w.geometry;
  const std::int64_t depth = g.input_channels;
  const std::int64_t x_stride = winograd_element_stride(w.block_tiles, depth);
  const std::int64_t m_stride = winograd_element_stride(w.block_tiles, kPanel);
  float* transformed = w.scratch;
  float* sums = w.scratch + kElements * x_stride;
  for (std::int64_t first = w.first_tile; first < w.last_tile; first += w.block_tiles) {
    const std::int64_t left = w.last_tile - first;
    const std::int64_t tiles = left < w.block_tiles ? left : w.block_tiles;
    transform_inputs(g, first, first + tiles, w.x, 0, depth, transformed, x_stride);
    for (std::int64_t column = w.first_column; column < w.last_column; column += kPanel) {
      const std::int64_t rest = g.output_channels - column, width = rest < kPanel ? rest : kPanel;
      const float* panel = w.kernel + column * kElements * depth;
      for (std::int64_t k = 0; k < kElements; ++k)
        product_rows<false, ProductTile>(
            {depth, transformed + k * x_stride, depth, panel + k * depth * width, width,
             sums + k * m_stride, width, false},
            tiles, width);
      for (std::int64_t t = 0; t < tiles; ++t)
        finish_tile(w, tile_at(g, first + t), column, width, sums + t * width, m_stride);
    }
  }
}

/// G g G' of one input's weights for 16 outputs; from tap to tap it is `stride` numbers.
KERAS_INLINE void transform_weights(const float* kernel, std::int64_t stride, Vec (&u)[4][4]) {
  Vec t[4][3];
  for (int j = 0; j < 3; ++j) {
    Vec g0, g1, g2;
    get(g0, kernel + j * stride);
    get(g1, kernel + (3 + j) * stride);
    get(g2, kernel + (6 + j) * stride);
    t[0][j] = g0;
    t[1][j] = (g0 + g2 + g1) * 0.5f;
    t[2][j] = (g0 + g2 - g1) * 0.5f;
    t[3][j] = g2;
  }
  for (int i = 0; i < 4; ++i) {
    u[i][0] = t[i][0];
    u[i][1] = (t[i][0] + t[i][2] + t[i][1]) * 0.5f;
    u[i][2] = (t[i][0] + t[i][2] - t[i][1]) * 0.5f;
    u[i][3] = t[i][2];
  }
}

/// Where element 0 of the weights from channel `depth` to `column` lies; `stride` leads on.
struct PanelPlace {
  float* first;
  std::int64_t stride;
};
KERAS_INLINE PanelPlace panel_place(float* transformed, std::int64_t depths, std::int64_t columns,
                                    std::int64_t depth, std::int64_t column) {
  const std::int64_t start = column / kPanel * kPanel, rest = columns - start;
  const std::int64_t width = rest < kPanel ? rest : kPanel;
  return {transformed + start * kElements * depths + depth * width + column - start,
          depths * width};
}

/// Weights of 16 inputs and 16 outputs that lead back: a kernel that is turned round has its
/// transform's first and last row and column in each other's place.
void transform_block_backwards(const WinogradKernel& w, std::int64_t input, std::int64_t output) {
  constexpr int kTurned[4] = {3, 1, 2, 0};
  float block[kElements][kLanes][kLanes];
  const PanelPlace place = panel_place(w.transformed, w.outputs, w.inputs, output, input);
  const std::int64_t width =
      panel_place(w.transformed, w.outputs, w.inputs, output + 1, input).first - place.first;
  const std::int64_t tap = w.inputs * w.outputs;
  for (std::int64_t i = 0; i < kLanes; ++i) {
    Vec u[4][4];
    transform_weights(w.kernel + (input + i) * w.outputs + output, tap, u);
    for (int r = 0; r < 4; ++r)
      for (int c = 0; c < 4; ++c) put(block[4 * kTurned[r] + kTurned[c]][i], u[r][c]);
  }
  for (std::int64_t k = 0; k < kElements; ++k)
    for (std::int64_t o = 0; o < kLanes; ++o) {
      float* row = place.first + k * place.stride + o * width;
      for (std::int64_t i = 0; i < kLanes; ++i) row[i] = block[k][i][o];
    }
}

void winograd_kernel(const WinogradKernel& w) {
  if (w.backwards) {
    for (std::int64_t output = 0; output < w.outputs; output += kLanes)
      for (std::int64_t input = w.first_input; input < w.last_input; input += kLanes)
        transform_block_backwards(w, input, output);
    return;
  }
  for (std::int64_t input = w.first_input; input < w.last_input; ++input)
    for (std::int64_t output = 0; output < w.outputs; output += kLanes) {
      Vec u[4][4];
      transform_weights(w.kernel + input * w.outputs + output, w.inputs * w.outputs, u);
      const PanelPlace place = panel_place(w.transformed, w.inputs, w.outputs, input, output);
      put_elements(u, place.first, place.stride);
    }
}

/// A dy A' of a tile's gradients; what is not on the image is zero.
void transform_gradients(const WinogradGeometry& g, const WinogradTile& tile, const float* dy,
                         float* to, std::int64_t stride) {
  const bool below = tile.row + 1 < g.output_height, right = tile.column + 1 < g.output_width;
  const float* origin =
      dy + ((tile.image * g.output_height + tile.row) * g.output_width + tile.column) *
               g.output_channels;
  const std::int64_t row = g.output_width * g.output_channels;
  for (std::int64_t c = 0; c < g.output_channels; c += kLanes, to += kLanes) {
    Vec y[2][2] = {};
    get(y[0][0], origin + c);
    if (right) get(y[0][1], origin + g.output_channels + c);
    if (below) get(y[1][0], origin + row + c);
    if (below && right) get(y[1][1], origin + row + g.output_channels + c);
    Vec t[4][2], m[4][4];
    for (int j = 0; j < 2; ++j) {
      t[0][j] = y[0][j];
      t[1][j] = y[0][j] + y[1][j];
      t[2][j] = y[0][j] - y[1][j];
      t[3][j] = -y[1][j];
    }
    for (int i = 0; i < 4; ++i) {
      m[i][0] = t[i][0];
      m[i][1] = t[i][0] + t[i][1];
      m[i][2] = t[i][0] - t[i][1];
      m[i][3] = -t[i][1];
    }
    put_elements(m, to, stride);
  }
}

void winograd_kernel_gradient(const WinogradKernelGradient& w) {
  const WinogradGeometry& g = w.geometry;
  const std::int64_t inputs = w.last_input - w.first_input, outputs = g.output_channels;
  const std::int64_t x_stride = winograd_element_stride(w.block_tiles, inputs);
  const std::int64_t dy_stride = winograd_element_stride(w.block_tiles, outputs);
  float* x = w.scratch;
  float* dy = w.scratch + kElements * x_stride;
  for (std::int64_t first = w.first_tile; first < w.last_tile; first += w.block_tiles) {
    const std::int64_t left = w.last_tile - first;
    const std::int64_t tiles = left < w.block_tiles ? left : w.block_tiles;
    transform_inputs(g, first, first + tiles, w.x, w.first_input, w.last_input, x, x_stride);
    for (std::int64_t t = 0; t < tiles; ++t)
      transform_gradients(g, tile_at(g, first + t), w.dy, dy + t * outputs, dy_stride);
    for (std::int64_t k = 0; k < kElements; ++k)
      for (std::int64_t column = 0; column < outputs; column += kPanel) {
        const std::int64_t rest = outputs - column;
        product_rows<true, ProductTile>(
            {tiles, x + k * x_stride, inputs, dy + k * dy_stride + column, outputs,
             w.parts + (k * g.input_channels + w.first_input) * outputs + column, outputs,
             first > w.first_tile},
            inputs, rest < kPanel ? rest : kPanel);
      }
  }
}

/// G'(sum of the parts)G
void winograd_finish_kernel_gradient(const WinogradKernelGradient& w) {
  const std::int64_t outputs = w.geometry.output_channels;
  const std::int64_t element = w.geometry.input_channels * outputs;
  for (std::int64_t i = w.first_input * outputs; i < w.last_input * outputs; i += kLanes) {
    Vec u[4][4];
    for (int k = 0; k < kElements; ++k) {
      Vec& sum = u[k / 4][k % 4];
      get(sum, w.parts + k * element + i);
      for (int part = 1; part < w.part_count; ++part) {
        Vec next;
        get(next, w.parts + (part * kElements + k) * element + i);
        sum += next;
      }
    }
    Vec t[3][4];
    for (int j = 0; j < 4; ++j) {
      t[0][j] = u[0][j] + (u[1][j] + u[2][j]) * 0.5f;
      t[1][j] = (u[1][j] - u[2][j]) * 0.5f;
      t[2][j] = (u[1][j] + u[2][j]) * 0.5f + u[3][j];
    }
    for (int r = 0; r < 3; ++r) {
      float* row = w.gradient + 3 * r * element + i;
      put(row, t[r][0] + (t[r][1] + t[r][2]) * 0.5f);
      put(row + element, (t[r][1] - t[r][2]) * 0.5f);
      put(row + 2 * element, (t[r][1] + t[r][2]) * 0.5f + t[r][3]);
    }
  }
}

constexpr WinogradFunctions kWinograd = {winograd_kernel, winograd_convolution,
                                         winograd_kernel_gradient, winograd_finish_kernel_gradient};

#else

constexpr WinogradFunctions kWinograd = {};

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
