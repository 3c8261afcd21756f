#pragma once

#include <vector>

#include "keras/engine/graph/graph.h"
#include "keras/engine/graph/op.h"

namespace keras::backend::cpu {

/// One operation inside a fused loop. Sources count the loop's inputs first, then the results of
/// the instructions before.
struct FusedInstruction {
  const engine::Op* op = nullptr;
  engine::Attrs attrs;
  std::vector<int> sources;
  DType dtype = DType::kFloat32;

  bool operator==(const FusedInstruction&) const = default;
};

/// A chain, or any small graph, of element-wise operations computed in one pass over memory, with
/// reductions of its values at its ends. Inputs broadcast to the loop's shape; outputs have it, or
/// are reduced over the same axes.
struct FusedElementwiseAttrs {
  Shape shape;
  std::vector<int> reduced_axes;  ///< empty without reductions
  std::vector<FusedInstruction> instructions;
  std::vector<int> outputs;  ///< which instructions' results leave the loop

  bool operator==(const FusedElementwiseAttrs&) const = default;
  std::string instructions_text() const;
  void visit(auto&& field) const {
    field("shape", shape);
    field("reduced_axes", reduced_axes);
    field("instructions", instructions_text());
    field("outputs", outputs);
  }
};

extern const engine::Op fused_elementwise_op;

/// The axes that a reduction runs over; none for any other operation.
std::vector<int> reduced_axes_of(const engine::Op* op, const engine::Attrs& attrs);

/// The pass: finds element-wise calls of one shape that can run together, also the updates of an
/// optimizer, with the reductions that follow them, and puts a fused call in their place.
engine::Graph fuse_elementwise(engine::Graph graph);

}  // namespace keras::backend::cpu
