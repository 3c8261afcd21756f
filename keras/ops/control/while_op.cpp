#include "keras/ops/control/while_op.h"

#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/ops/control/scan_op.h"
#include "keras/ops/control/written_gradient.h"
#include "keras/ops/core.h"
#include "keras/ops/nn/local_gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

Specs infer_while(const Specs& in, const WhileAttrs& attrs) {
  const Subgraph& body = *attrs.body;
  if (in.size() != body.parameters.size() + 1 || in.back() != TensorSpec{Shape{}, DType::kBool})
    throw ShapeError(str("While: ", in.size(), " inputs for ", body.parameters.size(),
                         " parameters and a condition."));
  for (std::size_t i = 0; i < body.parameters.size(); ++i)
    if (in[i] != body.parameters[i].spec())
      throw ShapeError(str("While: input ", i, " must be ", body.parameters[i].spec(),
                           ", received ", in[i], "."));
  return {in.begin() + attrs.captures, in.end() - 1};
}

/// As many turns as there may be, where those after the end change nothing.
Tensors all_turns(const Tensors& in, const WhileAttrs& attrs) {
  const auto captures = in.begin() + attrs.captures;
  const auto turn = [&](const Tensors& carry, const Tensors&) {
    Tensors arguments(in.begin(), captures);
    arguments.insert(arguments.end(), carry.begin(), carry.end() - 1);
    Substitution body;
    body.replace(attrs.body->parameters, arguments);
    TracedStep step;
    for (const auto& result : body(attrs.body->results)) {
      const Tensor& before = carry[step.carry.size()];
      step.carry.push_back(where(carry.back(), result, before));
    }
    return step;
  };
  const auto out = traced_scan(turn, {captures, in.end()}, {}, attrs.maximum);
  return {out->carry.begin(), out->carry.end() - 1};
}

Tensors while_gradient(const engine::Backward& b, const WhileAttrs& attrs) {
  if (attrs.maximum < 0)
    throw ValueError(
        "while_loop: inside a compiled function it has gradients only with "
        "`maximum_iterations`.");
  if (attrs.maximum == 0) {
    Tensors out(static_cast<std::size_t>(b.input_count()));
    for (int i = static_cast<int>(attrs.captures); i + 1 < b.input_count(); ++i)
      out[static_cast<std::size_t>(i)] = b.cotangent(i - static_cast<int>(attrs.captures));
    return out;
  }
  return gradient_through(b, [&](const Tensors& in) { return all_turns(in, attrs); });
}

}  // namespace

const engine::Op while_op = engine::define_op<WhileAttrs>({
    .name = "while",
    .infer = infer_while,
    .gradient = while_gradient,
});

std::optional<Tensors> traced_while(const std::function<Tensor(const Tensors&)>& cond,
                                    const std::function<Tensors(const Tensors&)>& body,
                                    Tensors init, std::int64_t maximum) {
  const std::size_t given = init.size();
  const Tensor first = cast(cond(init), DType::kBool);
  Tensors carry, results;
  Tensor again;
  std::vector<engine::TracedVariable> variables;
  {
    engine::Trace scope(engine::Trace::Mode::kCompile);
    for (const auto& value : init) carry.push_back(engine::make_placeholder(value.spec()));
    results = body(carry);
    Tensors condition = {cast(cond(results), DType::kBool)};
    if (!close_written_gradients(scope, {&results, &condition}, variables)) return std::nullopt;
    again = condition[0];
  }
  if (results.size() != given || again.rank() != 0) return std::nullopt;
  for (std::size_t i = 0; i < given; ++i)
    if (results[i].spec() != init[i].spec()) return std::nullopt;
  Substitution surroundings;
  Variables assigned;
  for (const auto& traced : variables) {
    if (traced.latest.is_same(traced.initial)) {
      surroundings.replace(traced.initial, traced.variable.value());
      continue;
    }
    carry.push_back(traced.initial);
    init.push_back(traced.variable.value());
    results.push_back(traced.latest);
    assigned.push_back(traced.variable);
  }
  results.push_back(again);
  Closed closed = close_over(carry, results);
  Tensors inputs = surroundings(closed.captures);
  const auto captures = static_cast<std::int64_t>(inputs.size());
  inputs.insert(inputs.end(), init.begin(), init.end());
  inputs.push_back(first);
  Tensors out =
      emit_all(while_op, std::move(inputs),
               WhileAttrs{.body = std::make_shared<const Subgraph>(std::move(closed.graph)),
                          .captures = captures,
                          .maximum = maximum});
  for (std::size_t i = 0; i < assigned.size(); ++i) assigned[i].assign(out[given + i]);
  out.resize(given);
  return out;
}

}  // namespace keras::ops
