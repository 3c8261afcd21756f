#pragma once

#include <cstdint>
#include <vector>

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// The geometry of a pooling over the spatial axes (1 to 3) of a channels-last tensor. Padding
/// counts for nothing: neither in a maximum nor in an average.
struct PoolAttrs {
  std::vector<std::int64_t> window;
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> pad_low;
  std::vector<std::int64_t> pad_high;
  bool operator==(const PoolAttrs&) const = default;
  void visit(auto&& field) const {
    field("window", window);
    field("strides", strides);
    field("pad_low", pad_low);
    field("pad_high", pad_high);
  }
};

/// The same with the spatial sizes of the pooling's input, for its gradient.
struct PoolGradientAttrs {
  PoolAttrs pool;
  std::vector<std::int64_t> size;
  bool operator==(const PoolGradientAttrs&) const = default;
  void visit(auto&& field) const {
    pool.visit(field);
    field("size", size);
  }
};

/// x → y.
extern const engine::Op max_pool_op;
extern const engine::Op average_pool_op;
/// (x, dy) → dx: each window's dy goes to its first maximum in row-major order.
extern const engine::Op max_pool_gradient_op;
/// (x, values) → y: of each window of x, the value that stands where its first maximum is. The
/// transpose of max_pool_gradient, which its gradient needs.
extern const engine::Op max_pool_select_op;
/// dy → dx, with PoolGradientAttrs.
extern const engine::Op average_pool_gradient_op;

}  // namespace keras::ops
