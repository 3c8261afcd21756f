#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "keras/engine/graph/op.h"
#include "keras/ops/control/subgraph.h"

namespace keras::ops {

/// Attributes of a loop that ends when the data say so. The parameters of the body are the captures
/// and the carries; its results are the new carries, then whether another turn follows.
struct WhileAttrs {
  std::shared_ptr<const Subgraph> body;
  std::int64_t captures = 0;
  std::int64_t maximum = -1;  ///< of turns; -1 for none
  bool operator==(const WhileAttrs&) const = default;
  void visit(auto&& field) const {
    field("body", static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(body.get())));
    field("captures", captures);
    field("maximum", maximum);
  }
};

/// (captures…, carries…, bool () whether there is a first turn) → last carries. Has a gradient
/// where there is a maximum, all turns of which it computes.
extern const engine::Op while_op;

/// A loop as one call of `while_op`. Nothing when it cannot be one.
std::optional<Tensors> traced_while(const std::function<Tensor(const Tensors&)>& cond,
                                    const std::function<Tensors(const Tensors&)>& body,
                                    Tensors init, std::int64_t maximum);

}  // namespace keras::ops
