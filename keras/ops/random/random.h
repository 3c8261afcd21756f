#pragma once

#include <cstdint>
#include <vector>

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// Attributes of the draws: what is drawn is a pure function of the seed and of an element's place.
struct RandomAttrs {
  std::vector<std::int64_t> shape;
  DType dtype = DType::kFloat32;
  bool operator==(const RandomAttrs&) const = default;
  void visit(auto&& field) const {
    field("shape", shape);
    field("dtype", dtype);
  }
};

/// Integers in [minval, maxval).
struct RandomIntegersAttrs {
  RandomAttrs random;
  std::int64_t minval = 0;
  std::int64_t maxval = 1;
  bool operator==(const RandomIntegersAttrs&) const = default;
  void visit(auto&& field) const {
    random.visit(field);
    field("minval", minval);
    field("maxval", maxval);
  }
};

/// All take a seed: uint32 (2,).
/// In [0, 1), each value a multiple of the dtype's precision below 1.
extern const engine::Op random_uniform_op;
/// Mean 0, standard deviation 1.
extern const engine::Op random_normal_op;
/// The same, conditioned on [-2, 2].
extern const engine::Op random_truncated_normal_op;
extern const engine::Op random_integers_op;
/// 0 … n - 1 in random order, int32; `shape` is (n,).
extern const engine::Op random_permutation_op;

}  // namespace keras::ops
