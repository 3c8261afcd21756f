#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "keras/engine/graph/graph.h"
#include "keras/engine/graph/op.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Calls that treat each sample of a batch by itself, done for one part of the batch after the
/// other, so that what lies between them stays in the caches.
struct BatchLoopAttrs {
  /// The calls on one part, for one thread. The loop's inputs are its arguments, then its
  /// variables, which are only read.
  std::shared_ptr<const engine::Graph> body;
  std::int64_t parts = 1;
  std::vector<bool> sliced;  ///< by argument: along its first axis, or whole in each part

  bool operator==(const BatchLoopAttrs&) const = default;
  /// The operations of the body.
  std::string calls_text() const;
  void visit(auto&& field) const {
    field("parts", parts);
    field("calls", calls_text());
  }
};

/// The body's results for all parts, one after the other.
extern const engine::Op batch_loop_op;
extern const engine::Kernel batch_loop;

/// The pass: puts the calls at the beginning of a graph into such a loop where a batch does not fit
/// the caches.
engine::Graph loop_over_batch(engine::Graph graph);

}  // namespace keras::backend::cpu
