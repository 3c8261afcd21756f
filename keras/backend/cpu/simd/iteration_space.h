#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "keras/backend/cpu/simd/elementwise_program.h"

namespace keras::backend::cpu::simd {

inline constexpr int kMaxOuterDims = 11;

/// A program's dimensions, collapsed to the fewest and cut into tiles. Points are numbered by row
/// (the outer dimensions: those kept first, then those reduced) and column (the innermost
/// dimension). A tile is a few whole rows, or a piece of one.
struct IterationSpace {
  std::array<std::int64_t, kMaxOuterDims> outer = {};
  int outer_count = 0;
  int kept_count = 0;
  std::int64_t inner = 1;
  bool inner_reduced = false;

  /// Rows that share their kept position.
  std::int64_t groups = 1;
  std::int64_t group_rows = 1;

  std::int64_t tile_rows = 1;
  std::int64_t tile_columns = 1;
  /// Tiles beside each other in one row.
  std::int64_t chunks = 1;

  std::int64_t rows() const { return groups * group_rows; }
};

/// How an operand lies in the iteration space, in elements.
struct OperandLayout {
  std::array<std::int64_t, kMaxOuterDims> outer = {};
  std::int64_t inner = 0;
  /// All rows one after the other without gaps.
  bool dense = false;
  /// The same for all rows.
  bool same_rows = false;
};

struct CollapsedProgram {
  IterationSpace space;
  std::vector<OperandLayout> layouts;
};

/// Throws ValueError where more than `kMaxOuterDims` + 1 dimensions are left.
CollapsedProgram collapse(const ElementwiseProgram& program, std::int64_t tile_elements);

}  // namespace keras::backend::cpu::simd
