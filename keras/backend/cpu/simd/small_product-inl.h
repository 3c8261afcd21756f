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

void finish_columns(const SmallProduct& p, std::int64_t first, std::int64_t columns) {
  for (std::int64_t row = 0; row < p.rows; ++row)
    for (int i = 0; i < p.step_count; ++i) {
      const ProductStep& step = p.steps[i];
      const float* operand =
          step.operand ? step.operand + row * step.operand_stride + first : nullptr;
      finish_row(step, operand, p.c + row * p.c_stride + first, columns);
    }
}

void small_product(const SmallProduct& p) {
  const std::int64_t ahead = p.depth * p.columns > kManyWeights ? kFarAhead : kAhead;
  for (std::int64_t column = 0; column < p.columns; column += p.block) {
    const float* b = p.b + column / p.block * p.block_stride;
    for (std::int64_t k = 0; k < p.depth; k += kDepthBlock) {
      const std::int64_t depth = p.depth - k < kDepthBlock ? p.depth - k : kDepthBlock;
      product_rows<false>({depth, p.a + k, p.a_stride, b + k * p.b_stride, p.b_stride, p.c + column,
                           p.c_stride, k > 0, ahead},
                          p.rows, p.block);
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
