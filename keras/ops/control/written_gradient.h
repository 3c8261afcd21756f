#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "keras/engine/graph/op.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// Attributes of `custom_gradient`: the gradients for all inputs but the first one from the call's
/// inputs and the gradient that arrives. Equal only to itself.
struct CustomGradientAttrs {
  using Rule = std::function<Tensors(const Tensors& inputs, const Tensor& upstream)>;
  std::shared_ptr<const Rule> gradient;
  /// Whether the rule sees nothing but what it is handed, so that the call may stand elsewhere.
  bool closed = false;
  bool operator==(const CustomGradientAttrs&) const = default;
  void visit(auto&& field) const {
    field("gradient", static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(gradient.get())));
    field("closed", closed);
  }
};

/// A gradient that a program wrote holds on to the very tensors of its call, and a loop's body is
/// run on others. Traces these gradients, in the scope in which `results` were traced, and makes
/// what they use inputs of their calls; also of the values that `variables` were assigned, to which
/// it adds what gradients read. False where a gradient refuses to be traced or holds another one:
/// everything stays as it is then.
bool close_written_gradients(const engine::Trace& scope, const std::vector<Tensors*>& results,
                             std::vector<engine::TracedVariable>& variables);

}  // namespace keras::ops
