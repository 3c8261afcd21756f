#include "keras/ops/nn/recurrence.h"

#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/local_gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

using Cell = RecurrentCell;

void check(const TensorSpec& spec, const TensorSpec& expected, const char* what) {
  if (spec != expected)
    throw ShapeError(str("Recurrence: ", what, " must be ", expected, ", received ", spec, "."));
}

Specs infer_recurrence(const Specs& in, const RecurrenceAttrs& attrs) {
  const TensorSpec& x = in[0];
  if (!is_float(x.dtype) || x.shape.rank() != 3 || x.shape[1] == 0)
    throw ShapeError(str("Recurrence: x must be floating point (batch, steps, n), received ", x));
  const std::int64_t batch = x.shape[0], steps = x.shape[1];
  const std::int64_t units = x.shape[2] / gate_count(attrs.cell);
  const auto spec = [&](Shape shape) { return TensorSpec{std::move(shape), x.dtype}; };
  check(in[1], spec({units, x.shape[2]}), "the recurrent kernel");
  check(in[2], spec({batch, units}), "the state");
  std::size_t next = 3;
  if (attrs.cell == Cell::kLstm) check(in[next++], spec({batch, units}), "the carry");
  if (attrs.cell == Cell::kGru) check(in[next++], spec({units}), "the bias");
  if (attrs.masked) check(in[next], TensorSpec{{batch, steps}, DType::kBool}, "the mask");
  Specs out = {spec({batch, steps, units}), spec({batch, units})};
  if (attrs.saves) {
    out.push_back(spec({batch, steps, units}));
    out.push_back(spec({batch, steps, saved_count(attrs.cell) * units}));
  }
  if (attrs.cell == Cell::kLstm) out.push_back(spec({batch, units}));
  return out;
}

Specs infer_recurrence_gradient(const Specs& in, const RecurrenceAttrs& attrs) {
  const TensorSpec &kernel = in[0], &before = in[1];
  const std::int64_t batch = before.shape[0], steps = before.shape[1], units = before.shape[2];
  const auto spec = [&](Shape shape) { return TensorSpec{std::move(shape), before.dtype}; };
  check(kernel, spec({units, gate_count(attrs.cell) * units}), "the recurrent kernel");
  check(in[2], spec({batch, steps, saved_count(attrs.cell) * units}), "what is saved");
  std::size_t next = 3;
  if (attrs.masked) check(in[next++], TensorSpec{{batch, steps}, DType::kBool}, "the mask");
  if (attrs.from_outputs) check(in[next++], before, "the outputs' gradient");
  if (attrs.from_state) check(in[next++], spec({batch, units}), "the state's gradient");
  if (attrs.from_carry) check(in[next], spec({batch, units}), "the carry's gradient");
  Specs out = {spec({batch, steps, gate_count(attrs.cell) * units}), spec({batch, units})};
  if (attrs.cell == Cell::kLstm) out.push_back(spec({batch, units}));
  if (attrs.cell == Cell::kGru) out.push_back(before);
  return out;
}

/// The i-th of n parts of the last axis.
Tensor part(const Tensor& x, std::int64_t i, std::int64_t n) {
  const std::int64_t units = x.shape()[-1] / n;
  return slice_axis(x, -1, i * units, (i + 1) * units);
}
Tensor joined(const Tensors& parts) { return concatenate(parts, {.axis = -1}); }

/// One step without a mask: the new h, what is saved, and the new c of an LSTM.
struct Step {
  Tensor h, saved, c;
};

Step forward_step(Cell cell, const Tensor& x, const Tensor& kernel, const Tensor& h,
                  const Tensor& extra) {
  const Tensor inner = matmul(h, kernel);
  if (cell == Cell::kSimple) {
    const Tensor next = tanh(x + inner);
    return {next, next, {}};
  }
  if (cell == Cell::kLstm) {
    const Tensor a = x + inner;
    const Tensor i = sigmoid(part(a, 0, 4)), f = sigmoid(part(a, 1, 4)), g = tanh(part(a, 2, 4)),
                 o = sigmoid(part(a, 3, 4));
    const Tensor c = f * extra + i * g;
    return {o * tanh(c), joined({i, f, g, o, extra}), c};
  }
  const Tensor z = sigmoid(part(x, 0, 3) + part(inner, 0, 3));
  const Tensor r = sigmoid(part(x, 1, 3) + part(inner, 1, 3));
  const Tensor candidate = part(inner, 2, 3) + extra;
  const Tensor hh = tanh(part(x, 2, 3) + r * candidate);
  return {z * h + (1 - z) * hh, joined({z, r, hh, candidate}), {}};
}

std::vector<std::size_t> work_order(std::size_t steps, const RecurrenceAttrs& attrs) {
  std::vector<std::size_t> order(steps);
  for (std::size_t i = 0; i < steps; ++i) order[i] = attrs.go_backwards ? steps - 1 - i : i;
  return order;
}

Tensors steps_of(const Tensor& x) { return unstack(x, {.axis = 1}); }

/// (batch, 1) for each step.
Tensors flags_of(const Tensor& mask) { return steps_of(expand_dims(mask, {.axis = -1})); }

Tensors decompose_recurrence(const Tensors& in, const RecurrenceAttrs& attrs) {
  const bool lstm = attrs.cell == Cell::kLstm;
  const Tensors xs = steps_of(in[0]);
  const Tensors flags = attrs.masked ? flags_of(in.back()) : Tensors(xs.size());
  Tensor h = in[2], extra = attrs.cell == Cell::kSimple ? Tensor() : in[3];
  Tensors outputs, before(xs.size()), saved(xs.size());
  for (const std::size_t t : work_order(xs.size(), attrs)) {
    Step step = forward_step(attrs.cell, xs[t], in[1], h, extra);
    before[t] = h;
    saved[t] = attrs.masked ? where(flags[t], step.saved, zeros_like(step.saved)) : step.saved;
    Tensor output = step.h;
    if (attrs.masked) {
      output = where(flags[t], step.h, attrs.zero_masked ? zeros_like(h) : h);
      step.h = where(flags[t], step.h, h);
      if (lstm) step.c = where(flags[t], step.c, extra);
    }
    outputs.push_back(output);
    h = step.h;
    if (lstm) extra = step.c;
  }
  const auto stacked = [](const Tensors& steps) { return stack(steps, {.axis = 1}); };
  Tensors out = {stacked(outputs), h};
  if (attrs.saves) {
    out.push_back(stacked(before));
    out.push_back(stacked(saved));
  }
  if (lstm) out.push_back(extra);
  return out;
}

/// The gradients behind one step: of x, of what h·U + b gave, of h besides through h·U, of c.
struct BackStep {
  Tensor x, inner, h, c;
};

BackStep backward_step(Cell cell, const Tensor& h, const Tensor& saved, const Tensor& dh,
                       const Tensor& dc) {
  if (cell == Cell::kSimple) {
    const Tensor dx = dh * (1 - saved * saved);
    return {dx, dx, {}, {}};
  }
  if (cell == Cell::kLstm) {
    const Tensor i = part(saved, 0, 5), f = part(saved, 1, 5), g = part(saved, 2, 5),
                 o = part(saved, 3, 5), c = part(saved, 4, 5);
    const Tensor t = tanh(f * c + i * g);
    const Tensor d = dc + dh * o * (1 - t * t);
    const Tensor dx = joined(
        {d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g * g), dh * t * o * (1 - o)});
    return {dx, dx, {}, d * f};
  }
  const Tensor z = part(saved, 0, 4), r = part(saved, 1, 4), hh = part(saved, 2, 4),
               candidate = part(saved, 3, 4);
  const Tensor da = dh * (1 - z) * (1 - hh * hh);
  const Tensor dz = dh * (h - hh) * z * (1 - z), dr = da * candidate * r * (1 - r);
  return {joined({dz, dr, da}), joined({dz, dr, da * r}), dh * z, {}};
}

Tensors decompose_recurrence_gradient(const Tensors& in, const RecurrenceAttrs& attrs) {
  const Tensors before = steps_of(in[1]), saved = steps_of(in[2]);
  std::size_t next = 3;
  const Tensors flags = attrs.masked ? flags_of(in[next++]) : Tensors(before.size());
  const Tensors outputs = attrs.from_outputs ? steps_of(in[next++]) : Tensors(before.size());
  Tensor dh = attrs.from_state ? in[next++] : zeros_like(before[0]);
  Tensor dc = attrs.from_carry ? in[next] : zeros_like(before[0]);
  const Tensor turned = transpose(in[0]);
  Tensors dx(before.size()), inner(before.size());
  const auto order = work_order(before.size(), attrs);
  for (std::size_t i = order.size(); i-- > 0;) {
    const std::size_t t = order[i];
    const auto choose = [&](const Tensor& counts, const Tensor& masked) {
      return attrs.masked ? where(flags[t], counts, masked) : counts;
    };
    if (attrs.from_outputs)
      dh = dh + (attrs.zero_masked ? choose(outputs[i], zeros_like(dh)) : outputs[i]);
    const BackStep step = backward_step(attrs.cell, before[t], saved[t], dh, dc);
    dx[t] = choose(step.x, zeros_like(step.x));
    inner[t] = choose(step.inner, zeros_like(step.inner));
    Tensor back = matmul(step.inner, turned);
    if (step.h.defined()) back = back + step.h;
    dh = choose(back, dh);
    if (step.c.defined()) dc = choose(step.c, dc);
  }
  Tensors out = {stack(dx, {.axis = 1}), dh};
  if (attrs.cell == Cell::kLstm) out.push_back(dc);
  if (attrs.cell == Cell::kGru) out.push_back(part(stack(inner, {.axis = 1}), 2, 3));
  return out;
}

Tensor as_matrix(const Tensor& x) { return reshape(x, {-1, x.shape()[-1]}); }

Tensors recurrence_gradient(const engine::Backward& b, const RecurrenceAttrs& attrs) {
  const auto through = [&](const Tensors& in) { return decompose_recurrence(in, attrs); };
  // Only gradients of gradients ask for those of what is saved.
  if (b.cotangent(2).defined() || b.cotangent(3).defined()) return gradient_through(b, through);
  const bool lstm = attrs.cell == Cell::kLstm, gru = attrs.cell == Cell::kGru;
  RecurrenceAttrs how = attrs;
  how.from_outputs = b.cotangent(0).defined();
  how.from_state = b.cotangent(1).defined();
  how.from_carry = lstm && b.cotangent(4).defined();
  Tensors inputs = {b.input(1), b.output(2), b.output(3)};
  if (attrs.masked) inputs.push_back(b.input(b.input_count() - 1));
  if (how.from_outputs) inputs.push_back(b.cotangent(0));
  if (how.from_state) inputs.push_back(b.cotangent(1));
  if (how.from_carry) inputs.push_back(b.cotangent(4));
  const Tensors given = emit_all(recurrence_gradient_op, std::move(inputs), how);
  Tensors out(static_cast<std::size_t>(b.input_count()));
  out[0] = given[0];
  out[2] = given[1];
  if (lstm) out[3] = given[2];
  if (gru) out[3] = sum(given[2], {.axis = {0, 1}});
  if (b.needs(1)) {
    const Tensor inner =
        gru ? joined({slice_axis(given[0], -1, 0, 2 * given[2].shape()[-1]), given[2]}) : given[0];
    out[1] = emit(matmul_op, {as_matrix(b.output(2)), as_matrix(inner)}, MatmulAttrs{true, false});
  }
  return out;
}

}  // namespace

const engine::Op recurrence_op = engine::define_op<RecurrenceAttrs>({
    .name = "recurrence",
    .infer = infer_recurrence,
    .gradient = recurrence_gradient,
    .decompose = decompose_recurrence,
});

const engine::Op recurrence_gradient_op = engine::define_op<RecurrenceAttrs>({
    .name = "recurrence_gradient",
    .infer = infer_recurrence_gradient,
    .gradient =
        [](const engine::Backward& b, const RecurrenceAttrs& attrs) {
          return gradient_through(
              b, [&](const Tensors& in) { return decompose_recurrence_gradient(in, attrs); });
        },
    .decompose = decompose_recurrence_gradient,
});

}  // namespace keras::ops
