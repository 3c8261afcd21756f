#include "keras/ops/control_flow.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/ops/control/scan_op.h"
#include "keras/ops/control/while_op.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

using Branch = std::function<Tensors(const Tensors&)>;

/// Whether the value of a tensor can be asked for.
bool has_value(const Tensor& x) { return !x.is_symbolic() && !engine::Trace::compiling(); }

void check_scalar(const char* where, const char* argument, const Tensor& x) {
  if (x.rank() != 0)
    throw ShapeError(
        str(where, ": `", argument, "` must be a scalar, received shape ", x.shape(), "."));
}

/// Element by element one result or the other.
Tensors select(const char* where, const Tensor& pred, const Tensors& a, const Tensors& b) {
  if (a.size() != b.size())
    throw ValueError(str(where, ": the branches give ", a.size(), " and ", b.size(), " tensors."));
  Tensors out;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].spec() != b[i].spec())
      throw ShapeError(str(where,
                           ": the branches' outputs must be of one shape and dtype, received ",
                           a[i].spec(), " and ", b[i].spec(), "."));
    out.push_back(ops::where(pred, a[i], b[i]));
  }
  return out;
}

Tensor element(const Tensor& x, std::int64_t i) {
  return squeeze(slice_axis(x, 0, i, i + 1), {.axis = 0});
}
Tensors elements(const Tensors& xs, std::int64_t i) {
  Tensors out;
  for (const auto& x : xs) out.push_back(element(x, i));
  return out;
}

std::int64_t common_length(const char* where, const Tensors& xs, int axis,
                           std::optional<std::int64_t> length) {
  for (const auto& x : xs) {
    const std::int64_t size = x.shape()[normalize_axis(where, axis, x.rank())];
    if (size == kUnknown)
      throw ShapeError(str(where, ": the size of axis ", axis, " must be known, received shape ",
                           x.shape(), "."));
    if (length.value_or(size) != size)
      throw ShapeError(str(where, ": all must have one length along axis ", axis, ", received ",
                           *length, " and ", size, "."));
    length = size;
  }
  if (!length || *length < 0)
    throw ValueError(str(where, ": either tensors to go through or a `length` are needed."));
  return *length;
}

void check_carry(const Tensors& before, const Tensors& after) {
  if (before.size() != after.size())
    throw ValueError(str("scan: the carry has ", before.size(), " tensors, and ", after.size(),
                         " after a step."));
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i].spec() != after[i].spec())
      throw ShapeError(str("scan: the carry must keep its shape and dtype; received ",
                           after[i].spec(), " after ", before[i].spec(), "."));
}

bool is_worth_a_loop(std::int64_t length, const Tensors& init, const Tensors& xs) {
  return length >= kShortestLoop && engine::Trace::compiling() && !any_symbolic(init) &&
         !any_symbolic(xs);
}

std::optional<Scanned> scan_as_call(
    const std::function<ScanStep(const Tensors& carry, const Tensors& x)>& f, const Tensors& init,
    const Tensors& xs, std::int64_t length, bool reverse) {
  auto out = traced_scan(
      [&](const Tensors& carry, const Tensors& x) {
        ScanStep step = f(carry, x);
        check_carry(carry, step.carry);
        const std::vector<bool> y_backwards(step.y.size(), reverse);
        return TracedStep{std::move(step.carry), std::move(step.y), y_backwards};
      },
      init, {xs, std::vector<bool>(xs.size(), reverse)}, length);
  if (!out) return std::nullopt;
  return Scanned{std::move(out->carry), std::move(out->ys)};
}

/// No turn: the ys are stacks of nothing, of the shapes that a turn would have given.
Scanned scan_nothing(const std::function<ScanStep(const Tensors& carry, const Tensors& x)>& f,
                     Tensors init, const Tensors& xs) {
  Specs in;
  for (const auto& carry : init) in.push_back(carry.spec());
  for (const auto& x : xs) in.push_back({x.shape().slice(1), x.dtype()});
  const auto turn = [&](const Tensors& given) {
    const auto first_x = given.begin() + static_cast<std::ptrdiff_t>(init.size());
    const Tensors carry(given.begin(), first_x);
    ScanStep step = f(carry, {first_x, given.end()});
    check_carry(carry, step.carry);
    return step.y;
  };
  Tensors ys;
  for (const auto& spec : engine::abstract_eval(turn, in))
    ys.push_back(zeros(Shape{0}.concat(spec.shape), spec.dtype));
  return {std::move(init), std::move(ys)};
}

/// Each of a list of lists' i-th tensors, stacked.
Tensors stack_all(const std::vector<Tensors>& steps) {
  Tensors out;
  for (std::size_t i = 0; i < steps.front().size(); ++i) {
    Tensors column;
    for (const auto& step : steps) column.push_back(step.at(i));
    out.push_back(stack(column));
  }
  return out;
}

Tensors pieces(const Tensors& xs, int axis, std::int64_t start, std::int64_t stop) {
  Tensors out;
  for (const auto& x : xs) out.push_back(slice_axis(x, axis, start, stop));
  return out;
}
Tensors flipped(const Tensors& xs, int axis) {
  Tensors out;
  for (const auto& x : xs) out.push_back(flip(x, {.axis = axis}));
  return out;
}

}  // namespace

Tensors cond(const Tensor& pred, const std::function<Tensors()>& true_fn,
             const std::function<Tensors()>& false_fn) {
  check_scalar("cond", "pred", pred);
  if (has_value(pred)) return pred.item<bool>() ? true_fn() : false_fn();
  return select("cond", cast(pred, DType::kBool), true_fn(), false_fn());
}

Tensor cond(const Tensor& pred, const std::function<Tensor()>& true_fn,
            const std::function<Tensor()>& false_fn) {
  return cond(
      pred, [&] { return Tensors{true_fn()}; }, [&] { return Tensors{false_fn()}; })[0];
}

Tensors switch_case(const Tensor& index, const std::vector<Branch>& branches,
                    const Tensors& operands) {
  check_scalar("switch", "index", index);
  if (branches.empty()) throw ValueError("switch: there are no branches.");
  const auto last = static_cast<std::int64_t>(branches.size()) - 1;
  if (has_value(index)) {
    const std::int64_t i = std::clamp<std::int64_t>(index.item<std::int64_t>(), 0, last);
    return branches[static_cast<std::size_t>(i)](operands);
  }
  Tensors out = branches[0](operands);
  for (std::int64_t i = 1; i <= last; ++i)
    out = select("switch", greater_equal(index, i), branches[static_cast<std::size_t>(i)](operands),
                 out);
  return out;
}

Tensors while_loop(const std::function<Tensor(const Tensors&)>& cond,
                   const std::function<Tensors(const Tensors&)>& body, Tensors loop_vars,
                   WhileLoopOptions o) {
  if (engine::Trace::compiling() && !any_symbolic(loop_vars))
    if (auto out = traced_while(cond, body, loop_vars, o.maximum_iterations.value_or(-1)))
      return std::move(*out);
  Tensor go_on = true;
  for (std::int64_t i = 0; !o.maximum_iterations || i < *o.maximum_iterations; ++i) {
    const Tensor wanted = cond(loop_vars);
    check_scalar("while_loop", "cond", wanted);
    if (has_value(wanted)) {
      if (!wanted.item<bool>()) break;
      loop_vars = body(loop_vars);
      continue;
    }
    if (!o.maximum_iterations)
      throw ValueError(
          "while_loop: where the condition has no value and the body changes shapes or dtypes, or "
          "the tensors are symbolic, it takes `maximum_iterations`.");
    go_on = logical_and(go_on, wanted);
    loop_vars = select("while_loop", go_on, body(loop_vars), loop_vars);
  }
  return loop_vars;
}

Tensor fori_loop(std::int64_t lower, std::int64_t upper,
                 const std::function<Tensor(std::int64_t, const Tensor&)>& body_fun,
                 Tensor init_val) {
  for (std::int64_t i = lower; i < upper; ++i) init_val = body_fun(i, init_val);
  return init_val;
}

Tensor fori_loop_by_tensor(std::int64_t lower, std::int64_t upper,
                           const std::function<Tensor(const Tensor&, const Tensor&)>& body_fun,
                           Tensor init_val) {
  const Tensor first = cast(Tensor(lower), DType::kInt32);
  if (is_worth_a_loop(upper - lower, {init_val}, {})) {
    const auto turn = [&](const Tensors& carry, const Tensors&) {
      return TracedStep{{carry[0] + 1, body_fun(carry[0], carry[1])}, {}, {}};
    };
    if (const auto out = traced_scan(turn, {first, init_val}, {}, upper - lower))
      return out->carry[1];
  }
  for (std::int64_t i = lower; i < upper; ++i)
    init_val = body_fun(cast(Tensor(i), DType::kInt32), init_val);
  return init_val;
}

Scanned scan(const std::function<ScanStep(const Tensors& carry, const Tensors& x)>& f, Tensors init,
             const Tensors& xs, ScanOptions o) {
  const std::int64_t length = common_length("scan", xs, 0, o.length);
  if (length == 0) return scan_nothing(f, std::move(init), xs);
  if (is_worth_a_loop(length, init, xs))
    if (auto out = scan_as_call(f, init, xs, length, o.reverse)) return std::move(*out);
  std::vector<Tensors> ys(static_cast<std::size_t>(length));
  for (std::int64_t turn = 0; turn < length; ++turn) {
    const std::int64_t i = o.reverse ? length - 1 - turn : turn;
    ScanStep step = f(init, elements(xs, i));
    check_carry(init, step.carry);
    init = std::move(step.carry);
    ys[static_cast<std::size_t>(i)] = std::move(step.y);
  }
  return {std::move(init), stack_all(ys)};
}

// The doubling steps of Hillis and Steele, "Data parallel algorithms" (1986).
Tensors associative_scan(const std::function<Tensors(const Tensors&, const Tensors&)>& f,
                         Tensors elems, AssociativeScanOptions o) {
  const std::int64_t length = common_length("associative_scan", elems, o.axis, {});
  if (o.reverse) elems = flipped(elems, o.axis);
  for (std::int64_t reach = 1; reach < length; reach *= 2) {
    const Tensors combined =
        f(pieces(elems, o.axis, 0, length - reach), pieces(elems, o.axis, reach, length));
    if (combined.size() != elems.size())
      throw ValueError(str("associative_scan: the function gives ", combined.size(),
                           " tensors for ", elems.size(), "."));
    const Tensors first = pieces(elems, o.axis, 0, reach);
    for (std::size_t i = 0; i < elems.size(); ++i)
      elems[i] = concatenate({first[i], combined[i]}, {.axis = o.axis});
  }
  return o.reverse ? flipped(elems, o.axis) : elems;
}

Tensor associative_scan(const std::function<Tensor(const Tensor&, const Tensor&)>& f, Tensor elems,
                        AssociativeScanOptions o) {
  return associative_scan(
      [&](const Tensors& a, const Tensors& b) { return Tensors{f(a[0], b[0])}; },
      Tensors{std::move(elems)}, o)[0];
}

Tensors map(const std::function<Tensors(const Tensors&)>& f, const Tensors& xs) {
  return scan([&](const Tensors&, const Tensors& x) { return ScanStep{{}, f(x)}; }, {}, xs).ys;
}

Tensor map(const std::function<Tensor(const Tensor&)>& f, const Tensor& xs) {
  return map([&](const Tensors& x) { return Tensors{f(x[0])}; }, Tensors{xs})[0];
}

Tensor vectorized_map(const std::function<Tensor(const Tensor&)>& function,
                      const Tensor& elements) {
  return map(function, elements);
}
Tensors vectorized_map(const std::function<Tensors(const Tensors&)>& function,
                       const Tensors& elements) {
  return map(function, elements);
}

}  // namespace keras::ops
