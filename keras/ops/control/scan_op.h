#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "keras/engine/graph/op.h"
#include "keras/ops/control/subgraph.h"

namespace keras::ops {

/// Attributes of a scan. The parameters of the body are the captures, which stay the same in all
/// steps, the carries, and a slice of each stacked input; its results are the new carries, then the
/// ys.
struct ScanAttrs {
  std::shared_ptr<const Subgraph> body;
  std::int64_t length = 0;
  std::int64_t captures = 0;
  std::int64_t carries = 0;
  std::vector<bool> x_backwards;  ///< by stacked input: read from the last slice to the first
  std::vector<bool> y_backwards;  ///< by y: written from the last place to the first
  std::vector<bool> keeps;        ///< by carry: whether its values before the steps are an output
  bool operator==(const ScanAttrs&) const = default;
  void visit(auto&& field) const {
    field("body", static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(body.get())));
    field("length", length);
    field("captures", captures);
    field("carries", carries);
    field("x_backwards", x_backwards);
    field("y_backwards", y_backwards);
    field("keeps", keeps);
  }
};

/// (captures…, carries…, stacked inputs (length, …)…) → (last carries…, stacked ys…, stacked
/// carries before each step, in the order of the work, for those that are kept…).
extern const engine::Op scan_op;

/// What a step of a loop gives while it is traced.
struct TracedStep {
  Tensors carry;
  Tensors ys;
  std::vector<bool> y_backwards;  ///< one a y
  Tensors last = {};              ///< what only the last step's value is wanted of
};
/// Stacked inputs of a loop.
struct LoopInputs {
  Tensors xs;
  std::vector<bool> backwards;  ///< one an x
};
struct LoopOutputs {
  Tensors carry;
  Tensors ys;
  Tensors last;
};
/// Fewer steps than this stand in a compiled function one by one.
inline constexpr std::int64_t kShortestLoop = 4;

/// A loop of `length` steps as one call of `scan_op`, with the gradient. The step is traced once;
/// what it uses of its surroundings becomes an input, and variables that it assigns are carried
/// from step to step. Nothing when the step gives carries of other specs than it takes.
std::optional<LoopOutputs> traced_scan(
    const std::function<TracedStep(const Tensors& carry, const Tensors& x)>& step, Tensors init,
    LoopInputs inputs, std::int64_t length);

}  // namespace keras::ops
