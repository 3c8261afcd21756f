#include "keras/backend/cpu/simd/iteration_space.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::backend::cpu::simd {
namespace {

struct Dim {
  std::int64_t extent;
  bool reduced;
  std::vector<std::int64_t> strides;
};

bool reduces(const ElementwiseProgram& program) {
  return std::any_of(program.instructions().begin(), program.instructions().end(),
                     [](const Instruction& i) { return i.kind == Instruction::Kind::kReduce; });
}

std::vector<Dim> dims_of(const ElementwiseProgram& program) {
  const bool has_reduction = reduces(program);
  std::vector<Dim> dims;
  for (std::size_t d = 0; d < program.dims().size(); ++d) {
    if (program.dims()[d] == 1) continue;
    Dim dim{program.dims()[d], has_reduction && program.reduced()[d], {}};
    for (const Operand& operand : program.operands()) dim.strides.push_back(operand.strides[d]);
    dims.push_back(std::move(dim));
  }
  return dims;
}

bool mergeable(const Dim& outer, const Dim& inner) {
  if (outer.reduced != inner.reduced) return false;
  for (std::size_t i = 0; i < outer.strides.size(); ++i)
    if (outer.strides[i] != inner.strides[i] * inner.extent) return false;
  return true;
}

std::vector<Dim> merge(std::vector<Dim> dims) {
  std::vector<Dim> merged;
  for (Dim& dim : dims) {
    if (!merged.empty() && mergeable(merged.back(), dim)) {
      merged.back().extent *= dim.extent;
      merged.back().strides = std::move(dim.strides);
    } else {
      merged.push_back(std::move(dim));
    }
  }
  return merged;
}

/// Whole rows together where they are short, so many that the count of elements suits vectors.
void cut(IterationSpace& space, bool has_reduction, std::int64_t tile_elements) {
  if (space.inner > tile_elements) {
    const std::int64_t pieces = (space.inner + tile_elements - 1) / tile_elements;
    space.tile_columns = ((space.inner + pieces - 1) / pieces + 63) / 64 * 64;
    space.chunks = (space.inner + space.tile_columns - 1) / space.tile_columns;
    return;
  }
  space.tile_columns = space.inner;
  space.chunks = space.inner == 0 ? 0 : 1;
  // A tile of a reduction stays within one group, unless each of its rows is a group.
  const bool row_is_group = space.group_rows == 1 && (space.inner_reduced || !has_reduction);
  const std::int64_t most = row_is_group ? space.groups : space.group_rows;
  std::int64_t rows = tile_elements / std::max<std::int64_t>(space.inner, 1);
  const std::int64_t step = kPadding / std::gcd(space.inner, std::int64_t{kPadding});
  if (rows >= step) rows -= rows % step;
  space.tile_rows = std::max<std::int64_t>(1, std::min(rows, most));
}

OperandLayout layout_of(const IterationSpace& space, const std::vector<Dim>& outer,
                        const Dim& inner, std::size_t operand) {
  OperandLayout layout;
  layout.inner = inner.strides[operand];
  layout.dense = layout.inner == 1 || space.inner == 1;
  layout.same_rows = true;
  std::int64_t dense_stride = space.inner;
  for (std::size_t d = outer.size(); d-- > 0;) {
    const std::int64_t stride = outer[d].strides[operand];
    layout.outer[d] = stride;
    layout.dense = layout.dense && stride == dense_stride;
    layout.same_rows = layout.same_rows && stride == 0;
    dense_stride *= outer[d].extent;
  }
  return layout;
}

}  // namespace

CollapsedProgram collapse(const ElementwiseProgram& program, std::int64_t tile_elements) {
  std::vector<Dim> dims = merge(dims_of(program));
  Dim inner{1, false, std::vector<std::int64_t>(program.operands().size(), 0)};
  if (!dims.empty()) {
    inner = std::move(dims.back());
    dims.pop_back();
  }
  std::stable_sort(dims.begin(), dims.end(),
                   [](const Dim& a, const Dim& b) { return !a.reduced && b.reduced; });
  if (dims.size() > kMaxOuterDims)
    throw ValueError(str("An element-wise program of ", dims.size() + 1, " dimensions; at most ",
                         kMaxOuterDims + 1, " are supported."));
  CollapsedProgram result;
  IterationSpace& space = result.space;
  space.inner = inner.extent;
  space.inner_reduced = inner.reduced;
  space.outer_count = static_cast<int>(dims.size());
  for (std::size_t d = 0; d < dims.size(); ++d) {
    space.outer[d] = dims[d].extent;
    (dims[d].reduced ? space.group_rows : space.groups) *= dims[d].extent;
    if (!dims[d].reduced) ++space.kept_count;
  }
  cut(space, reduces(program), tile_elements);
  for (std::size_t i = 0; i < program.operands().size(); ++i)
    result.layouts.push_back(layout_of(space, dims, inner, i));
  return result;
}

}  // namespace keras::backend::cpu::simd
