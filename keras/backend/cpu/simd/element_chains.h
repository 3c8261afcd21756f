#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "keras/backend/cpu/simd/elementwise_program.h"

namespace keras::backend::cpu::simd {

/// One operation of a chain on what was made before: the sources first, then the steps.
struct ChainStep {
  Opcode opcode;
  int sources[3] = {-1, -1, -1};
};

/// A straight line of float32 operations that is worth a loop of its own, in which nothing between
/// the sources and the results leaves the processor's registers.
struct ElementChain {
  static constexpr int kMostSources = 8;
  static constexpr int kMostSteps = 14;
  static constexpr int kMostResults = 3;

  int sources;
  /// Those that are one number for the whole run.
  std::array<bool, kMostSources> single;
  int steps;
  std::array<ChainStep, kMostSteps> step;
  int results;
  std::array<int, kMostResults> result;
};

/// Whoever adds one writes it as KERAS_PROFILE shows it.
constexpr ElementChain kElementChains[] = {
    // Adam: a gradient, the first moment, 1 - beta_1, the rate, the second moment, 1 - beta_2,
    // epsilon and the variable make the moments and the variable of the next step.
    {.sources = 8,
     .single = {false, false, true, true, false, true, true, false},
     .steps = 12,
     .step = {{{Opcode::kSubtract, {0, 1}},
               {Opcode::kMultiply, {8, 2}},
               {Opcode::kAdd, {1, 9}},
               {Opcode::kMultiply, {10, 3}},
               {Opcode::kSquare, {0}},
               {Opcode::kSubtract, {12, 4}},
               {Opcode::kMultiply, {13, 5}},
               {Opcode::kAdd, {4, 14}},
               {Opcode::kSqrt, {15}},
               {Opcode::kAdd, {16, 6}},
               {Opcode::kDivide, {11, 17}},
               {Opcode::kSubtract, {7, 18}}}},
     .results = 3,
     .result = {10, 15, 19}},
    // Gelu: x, 1/2, 1/sqrt(2) and 1 make x/2 (erf(x/sqrt(2)) + 1).
    {.sources = 4,
     .single = {false, true, true, true},
     .steps = 5,
     .step = {{{Opcode::kMultiply, {0, 1}},
               {Opcode::kMultiply, {0, 2}},
               {Opcode::kErf, {5}},
               {Opcode::kAdd, {6, 3}},
               {Opcode::kMultiply, {4, 7}}}},
     .results = 1,
     .result = {8}},
    // Its gradient: besides these the result's gradient and 2/sqrt(pi).
    {.sources = 6,
     .single = {false, true, true, true, false, true},
     .steps = 14,
     .step = {{{Opcode::kMultiply, {0, 1}},
               {Opcode::kMultiply, {0, 2}},
               {Opcode::kErf, {7}},
               {Opcode::kAdd, {8, 3}},
               {Opcode::kMultiply, {4, 6}},
               {Opcode::kMultiply, {10, 5}},
               {Opcode::kSquare, {7}},
               {Opcode::kNegative, {12}},
               {Opcode::kExp, {13}},
               {Opcode::kMultiply, {11, 14}},
               {Opcode::kMultiply, {15, 2}},
               {Opcode::kMultiply, {4, 9}},
               {Opcode::kMultiply, {17, 1}},
               {Opcode::kAdd, {16, 18}}}},
     .results = 1,
     .result = {19}},
    // The gradient of relu: y, 0 and the gradient of y, which counts where y > 0.
    {.sources = 3,
     .single = {false, true, false},
     .steps = 2,
     .step = {{{Opcode::kGreater, {0, 1}}, {Opcode::kSelect, {3, 2, 1}}}},
     .results = 1,
     .result = {4}},
};
constexpr std::size_t kElementChainCount = std::size(kElementChains);

/// results[r][i] from sources[s][i]; results may be sources. `count` is a multiple of `kPadding`.
using ChainLoop = void (*)(float* const* results, const float* const* sources,
                           std::ptrdiff_t count);
struct ChainTable {
  ChainLoop loop[kElementChainCount];
};

/// A program that is one of the chains between its loads and its stores and reductions.
struct ChainMatch {
  std::size_t chain;
  /// The program's values that are the chain's sources and results.
  std::vector<Value> sources;
  std::vector<Value> results;
};
std::optional<ChainMatch> match_chain(const ElementwiseProgram& program);

/// Nanoseconds for 1,024 elements, roughly.
double chain_cost(const ElementChain& chain);

}  // namespace keras::backend::cpu::simd
