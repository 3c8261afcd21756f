#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"

// Loops and branches of keras.ops. Values are at hand outside of compiled functions: there they run
// as they would in C++. A compiled function holds both sides of a branch, and a scan or a loop that
// ends by its data as one operation around a body that is traced once.
namespace keras::ops {

/// What `true_fn` gives where the scalar `pred` is true, else what `false_fn` gives. Inside a
/// compiled function and on symbolic tensors both are computed and must be of the same shapes.
/// Keras: keras.ops.cond.
Tensor cond(const Tensor& pred, const std::function<Tensor()>& true_fn,
            const std::function<Tensor()>& false_fn);
Tensors cond(const Tensor& pred, const std::function<Tensors()>& true_fn,
             const std::function<Tensors()>& false_fn);

/// What the branch of that number gives for the operands; a number outside counts as the nearest
/// one. Keras: keras.ops.switch.
Tensors switch_case(const Tensor& index,
                    const std::vector<std::function<Tensors(const Tensors&)>>& branches,
                    const Tensors& operands);

struct WhileLoopOptions {
  std::optional<std::int64_t> maximum_iterations = {};
};
/// Applies `body` as long as `cond` says true. Inside a compiled function, gradients need
/// `maximum_iterations`, all of which they compute; symbolic tensors need them, too. Keras:
/// keras.ops.while_loop.
Tensors while_loop(const std::function<Tensor(const Tensors&)>& cond,
                   const std::function<Tensors(const Tensors&)>& body, Tensors loop_vars,
                   WhileLoopOptions options = {});
/// body_fun(i, value) for i from `lower` to below `upper`. Keras: keras.ops.fori_loop.
Tensor fori_loop(std::int64_t lower, std::int64_t upper,
                 const std::function<Tensor(std::int64_t, const Tensor&)>& body_fun,
                 Tensor init_val);
/// The same with the count as an int32 scalar: one operation inside a compiled function, where the
/// loop above stands turn by turn.
Tensor fori_loop_by_tensor(std::int64_t lower, std::int64_t upper,
                           const std::function<Tensor(const Tensor&, const Tensor&)>& body_fun,
                           Tensor init_val);
template <typename Body>
requires std::is_invocable_r_v<Tensor, const Body&, const Tensor&, const Tensor&> Tensor
fori_loop(std::int64_t lower, std::int64_t upper, const Body& body_fun, Tensor init_val) {
  return fori_loop_by_tensor(lower, upper, body_fun, std::move(init_val));
}

/// What one turn of a scan gives.
struct ScanStep {
  Tensors carry;  ///< of the same shapes and dtypes as before
  Tensors y;
};
/// The last carry, and the y of all turns stacked along a new first axis.
struct Scanned {
  Tensors carry;
  Tensors ys;
};
struct ScanOptions {
  std::optional<std::int64_t> length = {};  ///< of the loop, where there are no `xs`
  bool reverse = false;                     ///< from the last element to the first
};
/// Goes through the first axis of all `xs` with a carry. Throws ValueError for a carry that changes
/// its shape or dtype. Keras: keras.ops.scan.
Scanned scan(const std::function<ScanStep(const Tensors& carry, const Tensors& x)>& f, Tensors init,
             const Tensors& xs, ScanOptions options = {});

struct AssociativeScanOptions {
  bool reverse = false;
  int axis = 0;
};
/// elems[0], f(elems[0], elems[1]), f(f(elems[0], elems[1]), elems[2]) … along an axis, in few
/// steps: f must be associative and work on whole pieces. Keras: keras.ops.associative_scan.
Tensor associative_scan(const std::function<Tensor(const Tensor&, const Tensor&)>& f, Tensor elems,
                        AssociativeScanOptions options = {});
Tensors associative_scan(const std::function<Tensors(const Tensors&, const Tensors&)>& f,
                         Tensors elems, AssociativeScanOptions options = {});

/// f of each element along the first axis, stacked. Keras: keras.ops.map.
Tensor map(const std::function<Tensor(const Tensor&)>& f, const Tensor& xs);
Tensors map(const std::function<Tensors(const Tensors&)>& f, const Tensors& xs);
/// The same. Keras: keras.ops.vectorized_map.
Tensor vectorized_map(const std::function<Tensor(const Tensor&)>& function, const Tensor& elements);
Tensors vectorized_map(const std::function<Tensors(const Tensors&)>& function,
                       const Tensors& elements);

}  // namespace keras::ops
