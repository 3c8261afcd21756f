#include <cstddef>
#include <cstdint>
#include <utility>

#include "keras/backend/cpu/simd/element_chains.h"
#include "keras/backend/cpu/simd/kernel_table.h"

namespace keras::backend::cpu::simd::KERAS_TARGET {
extern const ChainTable chain_table;
namespace {

#include "keras/backend/cpu/simd/targets/math-inl.h"
//
#include "keras/backend/cpu/simd/targets/functors-inl.h"

template <Opcode opcode>
struct FunctorOf;
#define KERAS_ELEMENT(name, number_of_sources, f32, f64, i64, cost) \
  template <>                                                       \
  struct FunctorOf<Opcode::k##name> {                               \
    using type = name;                                              \
    static constexpr int arity = number_of_sources;                 \
  };
#include "keras/backend/cpu/simd/elementwise_ops.inc"
#undef KERAS_ELEMENT

template <std::size_t number>
struct ChainLoops {
  static constexpr const ElementChain& chain = kElementChains[number];
  using Values = float[ElementChain::kMostSources + ElementChain::kMostSteps];

  template <int i>
  KERAS_INLINE void step(Values& values) {
    constexpr ChainStep at = chain.step[i];
    using Row = FunctorOf<at.opcode>;
    using F = typename Row::type;
    static_assert(F::kLimit <= 0.0f, "takes another loop for large arguments");
    float& result = values[chain.sources + i];
    const float a = values[at.sources[0]];
    if constexpr (Row::arity == 1) result = F::of(a);
    if constexpr (Row::arity == 2) result = F::of(a, values[at.sources[1]]);
    if constexpr (Row::arity == 3) result = F::of(a, values[at.sources[1]], values[at.sources[2]]);
  }

  template <int... source, int... steps, int... result>
  KERAS_INLINE void element(float* const* results, const float* const* sources, std::ptrdiff_t i,
                            std::integer_sequence<int, source...>,
                            std::integer_sequence<int, steps...>,
                            std::integer_sequence<int, result...>) {
    Values values;
    ((values[source] = sources[source][chain.single[source] ? 0 : i]), ...);
    (step<steps>(values), ...);
    ((results[result][i] = values[chain.result[result]]), ...);
  }

  static void run(float* const* results, const float* const* sources, std::ptrdiff_t count) {
    count &= ~(kPadding - 1);
    // Copies on the stack, which no store to a result can change.
    const float* from[ElementChain::kMostSources];
    float* to[ElementChain::kMostResults];
    for (int i = 0; i < chain.sources; ++i) from[i] = sources[i];
    for (int i = 0; i < chain.results; ++i) to[i] = results[i];
    // Lines that another core has read take long to be got for writing: they are asked for ahead.
    constexpr std::ptrdiff_t kAhead = 1024;
    for (std::ptrdiff_t first = 0; first < count; first += kPadding) {
      for (int i = 0; i < chain.results; ++i) __builtin_prefetch(to[i] + first + kAhead, 1);
#pragma omp simd
      for (std::ptrdiff_t i = first; i < first + kPadding; ++i)
        element(to, from, i, std::make_integer_sequence<int, chain.sources>(),
                std::make_integer_sequence<int, chain.steps>(),
                std::make_integer_sequence<int, chain.results>());
    }
  }
};

template <std::size_t... number>
constexpr ChainTable table_of(std::index_sequence<number...>) {
  return {{&ChainLoops<number>::run...}};
}

}  // namespace

constexpr ChainTable chain_table = table_of(std::make_index_sequence<kElementChainCount>());

}  // namespace keras::backend::cpu::simd::KERAS_TARGET
