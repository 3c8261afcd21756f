#include "keras/ops/random/random.h"

#include <limits>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::ops {
namespace {

void check_seed(const Specs& in) {
  const TensorSpec seed{{2}, DType::kUint32};
  if (in[0] != seed)
    throw ShapeError(str("A seed must be ", seed, ", received ", in[0], "."),
                     "pass an integer or a SeedGenerator.");
}

Specs infer_float(const Specs& in, const RandomAttrs& attrs) {
  check_seed(in);
  if (!is_float(attrs.dtype))
    throw DtypeError(
        str("`keras.random` requires a floating point `dtype`. Received: dtype=", attrs.dtype));
  return {{Shape(attrs.shape), attrs.dtype}};
}

Specs infer_integers(const Specs& in, const RandomIntegersAttrs& attrs) {
  check_seed(in);
  if (!is_integer(attrs.random.dtype))
    throw DtypeError(str("`keras.random.randint` requires an integer `dtype`. Received: dtype=",
                         attrs.random.dtype));
  if (attrs.minval >= attrs.maxval)
    throw ValueError(str("`keras.random.randint` requires minval < maxval. Received: minval=",
                         attrs.minval, ", maxval=", attrs.maxval));
  return {{Shape(attrs.random.shape), attrs.random.dtype}};
}

Specs infer_permutation(const Specs& in, const RandomAttrs& attrs) {
  check_seed(in);
  if (attrs.shape.size() != 1 || attrs.shape[0] > std::numeric_limits<std::int32_t>::max())
    throw ShapeError(str("A permutation is a vector of at most 2^31 - 1 places, received shape ",
                         Shape(attrs.shape), "."));
  return {{Shape(attrs.shape), DType::kInt32}};
}

/// Nothing that a seed is computed from has a gradient.
template <typename Attrs>
Tensors no_gradient(const engine::Backward&, const Attrs&) {
  return Tensors(1);
}

}  // namespace

const engine::Op random_uniform_op = engine::define_op<RandomAttrs>(
    {.name = "random_uniform", .infer = infer_float, .gradient = no_gradient<RandomAttrs>});
const engine::Op random_normal_op = engine::define_op<RandomAttrs>(
    {.name = "random_normal", .infer = infer_float, .gradient = no_gradient<RandomAttrs>});
const engine::Op random_truncated_normal_op =
    engine::define_op<RandomAttrs>({.name = "random_truncated_normal",
                                    .infer = infer_float,
                                    .gradient = no_gradient<RandomAttrs>});
const engine::Op random_integers_op =
    engine::define_op<RandomIntegersAttrs>({.name = "random_integers",
                                            .infer = infer_integers,
                                            .gradient = no_gradient<RandomIntegersAttrs>});
const engine::Op random_permutation_op =
    engine::define_op<RandomAttrs>({.name = "random_permutation",
                                    .infer = infer_permutation,
                                    .gradient = no_gradient<RandomAttrs>});

}  // namespace keras::ops
