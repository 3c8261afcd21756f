#pragma once

#include <limits>

#include "keras/engine/graph/op.h"

namespace keras::ops {

struct ReluAttrs {
  double max_value = std::numeric_limits<double>::infinity();
  bool operator==(const ReluAttrs&) const = default;
  void visit(auto&& field) const { field("max_value", max_value); }
};

/// min(max(x, 0), max_value). Its gradient, 0 at both bounds, looks at the result alone, so that
/// whoever computes it together with what comes before need not keep x.
extern const engine::Op relu_op;

}  // namespace keras::ops
