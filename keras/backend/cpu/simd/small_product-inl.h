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

/// Rows that lie far apart push one another out of the first cache: the sums of more than so many
/// are kept together until the steps are done.
constexpr std::int64_t kFewRows = 8;
constexpr std::int64_t kWidestBlock = 64;

void copy_rows(const float* from, std::int64_t rows, std::int64_t columns, float* to,
               std::int64_t to_stride) {
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t i = 0; i < columns; i += kLanes) {
      Vec numbers;
      get(numbers, from + row * columns + i);
      put(to + row * to_stride + i, numbers);
    }
}

void small_product(const SmallProduct& p) {
  const std::int64_t ahead = p.depth * p.columns > kManyWeights ? kFarAhead : kAhead;
  const bool together = p.rows > kFewRows;
  alignas(64) float kept[kMostSmallProductRows * kWidestBlock];
  for (std::int64_t column = 0; column < p.columns; column += p.block) {
    float* const c = p.c + column;
    float* const sums = together ? kept : c;
    const std::int64_t stride = together ? p.block : p.c_stride;
    const float* b = p.b + column / p.block * p.block_stride;
    for (std::int64_t k = 0; k < p.depth; k += kDepthBlock) {
      const std::int64_t depth = p.depth - k < kDepthBlock ? p.depth - k : kDepthBlock;
      product_rows<false>({depth, p.a + k, p.a_stride, b + k * p.b_stride, p.b_stride, sums, stride,
                           k > 0, ahead, b + (k + depth) * p.b_stride},
                          p.rows, p.block);
    }
    for (int i = 0; i < p.step_count; ++i) {
      const ProductStep& step = p.steps[i];
      finish_rows(step, step.operand ? step.operand + column : nullptr, sums, stride, p.rows,
                  p.block);
    }
    if (together) copy_rows(sums, p.rows, p.block, c, p.c_stride);
  }
}

constexpr auto kSmallProduct = small_product;

#else

constexpr void (*kSmallProduct)(const SmallProduct&) = nullptr;

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
