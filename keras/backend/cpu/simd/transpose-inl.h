// A matrix in registers, transposed; see vector_math-inl.h about being included by targets.

#include <utility>

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

/// Exchanges the blocks of `block` numbers that lie off the diagonal in two rows of a matrix.
template <int block, int... lane>
KERAS_INLINE void exchange_blocks(Vec& a, Vec& b, std::integer_sequence<int, lane...>) {
  const Vec upper =
      __builtin_shufflevector(a, b, ((lane & block) != 0 ? kLanes + lane - block : lane)...);
  b = __builtin_shufflevector(a, b, ((lane & block) != 0 ? kLanes + lane : lane + block)...);
  a = upper;
}

template <int block>
KERAS_INLINE void exchange_all(Vec (&rows)[kLanes]) {
  for (int i = 0; i < kLanes; ++i)
    if ((i & block) == 0)
      exchange_blocks<block>(rows[i], rows[i + block], std::make_integer_sequence<int, kLanes>());
}

KERAS_INLINE void transpose(Vec (&rows)[kLanes]) {
  exchange_all<8>(rows);
  exchange_all<4>(rows);
  exchange_all<2>(rows);
  exchange_all<1>(rows);
}

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
