// Attention of one head, some queries at a time, so that their scores stay in the caches; see
// vector_math-inl.h about being included by targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

void lay_across(const AcrossMatrix& m) {
  for (std::int64_t first = 0; first < m.rows; first += kLanes) {
    float* to = m.across + across_size(m.columns, first / kAcrossColumns * kAcrossColumns) +
                first % kAcrossColumns;
    for (std::int64_t column = 0; column < m.columns; column += kLanes) {
      Vec rows[kLanes] = {};
      for (std::int64_t i = 0; i < kLanes && first + i < m.rows; ++i)
        get(rows[i], m.matrix + (first + i) * m.stride + column);
      transpose(rows);
      for (std::int64_t i = 0; i < kLanes; ++i)
        put(to + (column + i) * kAcrossColumns, rows[i] * m.factor);
    }
  }
}

/// c = a·b, or the sum of both, for any number of 16 columns each.
template <bool kTransposed>
void attention_product(const ProductTile& whole, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t column = 0; column < columns; column += kAcrossColumns) {
    ProductTile part = whole;
    part.b += column;
    part.c += column;
    const std::int64_t rest = columns - column;
    product_rows<kTransposed>(part, rows, rest < kAcrossColumns ? rest : kAcrossColumns);
  }
}

/// The products of rows of a with the columns of a matrix laid across.
void product_across(std::int64_t depth, const float* a, std::int64_t a_stride, const float* across,
                    float* c, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t column = 0; column < columns; column += kAcrossColumns) {
    const std::int64_t rest = columns - column;
    product_rows<false, ProductTile>(
        {depth, a, a_stride, across + column * depth, kAcrossColumns, c + column, columns, false},
        rows, rest < kAcrossColumns ? rest : kAcrossColumns);
  }
}

KERAS_INLINE std::int64_t padded(std::int64_t size) {
  return (size + kLanes - 1) / kLanes * kLanes;
}

/// e^x for x <= 0: as exp_f32, with the exponent set in one step.
KERAS_INLINE Vec exp_of_negative(Vec x) {
  // With a mask, though of all lanes: g++ 12 warns of what is within those without.
  constexpr __mmask16 kAll = 0xffff;
  x = _mm512_maskz_max_ps(kAll, broadcast(Vec{}, -105.0f), x);  // this way round NaN stays
  const Vec n = _mm512_maskz_roundscale_ps(kAll, x * 1.44269504088896341f, 0);
  return _mm512_maskz_scalef_ps(kAll, exp_of_rest(x, n), n);
}

/// exp(x - maximum) in the place of x, and its sum.
KERAS_INLINE float exponentials(float* x, std::int64_t size, float maximum) {
  const Vec most = broadcast(Vec{}, maximum);
  Vec sums = {};
  for (std::int64_t i = 0; i < size; i += kLanes) {
    Vec values;
    get(values, x + i);
    values = exp_of_negative(values - most);
    put(x + i, values);
    sums += values;
  }
  return fold_lanes(sums, [](Vec a, Vec b) { return a + b; });
}

KERAS_INLINE void divide_row(float* x, std::int64_t size, float by) {
  const float inverse = 1.0f / by;
#pragma omp simd
  for (std::int64_t i = 0; i < size; ++i) x[i] = divided(x[i], by, inverse);
}

/// How many keys the last of some queries sees; all keys where a mask says which.
KERAS_INLINE std::int64_t keys_seen(const AttentionMask& mask, std::int64_t end_query,
                                    std::int64_t keys) {
  return mask.causal && !mask.mask && end_query < keys ? end_query : keys;
}

/// f(i) for the keys that a query does not see.
template <typename Function>
KERAS_INLINE void for_each_hidden(const AttentionMask& mask, std::int64_t row, std::int64_t query,
                                  std::int64_t keys, const Function& f) {
  if (mask.mask) {
    const bool* shown = mask.mask + row * mask.query_stride;
    for (std::int64_t i = 0; i < keys; ++i)
      if (!shown[i * mask.key_stride] || (mask.causal && i > query)) f(i);
  } else if (mask.causal) {
    for (std::int64_t i = query + 1; i < keys; ++i) f(i);
  }
}

/// Marks what a query does not see in its row of scores, and what fills the row up to 16.
KERAS_INLINE void hide_scores(const AttentionMask& mask, std::int64_t row, std::int64_t query,
                              std::int64_t keys, float* scores) {
  const float hidden = mask.mask ? mask.hidden_score : -__builtin_inff();
  for_each_hidden(mask, row, query, keys, [&](std::int64_t i) { scores[i] = hidden; });
  for (std::int64_t i = keys; i < padded(keys); ++i) scores[i] = -__builtin_inff();
}

void attend(const Attention& a) {
  const std::int64_t seen = keys_seen(a.mask, a.first_query + a.queries, a.keys);
  const std::int64_t columns = padded(seen);
  product_across(a.key_depth, a.query, a.query_stride, a.keys_across, a.scores, a.queries, columns);
  for (std::int64_t row = 0; row < a.queries; ++row) {
    float* scores = a.scores + row * columns;
    hide_scores(a.mask, row, a.first_query + row, seen, scores);
    a.maximum[row] = max_of(columns, scores);
    a.sum[row] = exponentials(scores, columns, a.maximum[row]);
  }
  attention_product<false>(
      {seen, a.scores, columns, a.value, a.value_stride, a.y, a.y_stride, false}, a.queries,
      a.value_depth);
  for (std::int64_t row = 0; row < a.queries; ++row)
    divide_row(a.y + row * a.y_stride, a.value_depth, a.sum[row]);
}

/// From scores to weights; the mean of a gradient by them.
KERAS_INLINE float weigh(float* scores, const float* gradient, std::int64_t size, float maximum,
                         float sum) {
  const Vec most = broadcast(Vec{}, maximum), share = broadcast(Vec{}, 1.0f / sum);
  Vec sums = {};
  for (std::int64_t i = 0; i < size; i += kLanes) {
    Vec values, d;
    get(values, scores + i);
    get(d, gradient + i);
    values = exp_of_negative(values - most) * share;
    put(scores + i, values);
    sums += values * d;
  }
  return fold_lanes(sums, [](Vec a, Vec b) { return a + b; });
}

/// x = weights (x - mean) scale
KERAS_INLINE void weighted_differences(const float* weights, std::int64_t size, float mean,
                                       float scale, float* x) {
#pragma omp simd
  for (std::int64_t i = 0; i < size; ++i) x[i] = weights[i] * (x[i] - mean) * scale;
}

void attend_gradient(const AttentionGradient& g) {
  const std::int64_t seen = keys_seen(g.mask, g.first_query + g.queries, g.keys);
  const std::int64_t columns = padded(seen);
  product_across(g.key_depth, g.query, g.query_stride, g.keys_across, g.weights, g.queries,
                 columns);
  product_across(g.value_depth, g.dy, g.dy_stride, g.values_across, g.scores, g.queries, columns);
  for (std::int64_t row = 0; row < g.queries; ++row) {
    const std::int64_t query = g.first_query + row;
    float *weights = g.weights + row * columns, *scores = g.scores + row * columns;
    hide_scores(g.mask, row, query, seen, weights);
    const float mean = weigh(weights, scores, columns, g.maximum[row], g.sum[row]);
    weighted_differences(weights, columns, mean, g.scale, scores);
    for_each_hidden(g.mask, row, query, seen, [&](std::int64_t i) { scores[i] = 0.0f; });
  }
  attention_product<false>(
      {seen, g.scores, columns, g.key, g.key_stride, g.dquery, g.query_stride, false}, g.queries,
      g.key_depth);
  attention_product<true>(
      {g.queries, g.scores, columns, g.query, g.query_stride, g.dkey, g.key_stride, true}, seen,
      g.key_depth);
  attention_product<true>(
      {g.queries, g.weights, columns, g.dy, g.dy_stride, g.dvalue, g.dvalue_stride, true}, seen,
      g.value_depth);
}

constexpr AttentionFunctions kAttention = {lay_across, attend, attend_gradient};

#else

constexpr AttentionFunctions kAttention = {};

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
