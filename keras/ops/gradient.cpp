#include "keras/ops/gradient.h"

#include <memory>

#include "keras/engine/autodiff/backward.h"
#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/ops/control/written_gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"
#include "keras/ops/record.h"

namespace keras {
namespace {

using engine::Trace;

Tensor accumulate(const Tensor& a, const Tensor& b) { return ops::add(a, b); }

Tensors gradients_of(const Tensor& value, const Tensors& wrt) {
  if (!value.defined() || value.size() != 1)
    throw ShapeError(str("grad: the function must give one number, received shape ",
                         value.defined() ? value.shape().to_string() : "of nothing", "."),
                     "reduce it with keras::ops::sum or keras::ops::mean.");
  Tensors gradients =
      engine::backward({value}, {ops::ones(value.shape(), value.dtype())}, wrt, accumulate);
  for (std::size_t i = 0; i < wrt.size(); ++i)
    if (!gradients[i].defined()) gradients[i] = ops::zeros(wrt[i].shape(), wrt[i].dtype());
  return gradients;
}

/// Outside of compiled functions nothing is pending for long: inputs of calls would be let go.
void evaluate_all(const ValueAndGradients& outcome) {
  outcome.value.eval();
  for (const auto& gradient : outcome.gradients) gradient.eval();
}

/// The same values as a leaf whose users keep their inputs; what is traced or differentiated
/// already stays as it is.
Tensor tracked(const Tensor& x) {
  if (x.node()->tracked || x.node()->kind == engine::NodeKind::kPlaceholder || Trace::compiling())
    return x;
  Tensor leaf = engine::make_constant(x.spec(), x.storage());
  leaf.node()->tracked = true;
  return leaf;
}

template <typename Function>
auto in_scope(const Function& function) {
  if (Trace::current()) return function();
  Trace scope(Trace::Mode::kEager);
  auto outcome = function();
  return outcome;
}

ValueAndGradients differentiate(const std::function<Tensor(const Tensors&)>& function,
                                const Tensors& arguments) {
  const bool outermost = Trace::current() == nullptr;
  ValueAndGradients outcome = in_scope([&] {
    Tensors leaves;
    for (const auto& argument : arguments) leaves.push_back(tracked(argument));
    const Tensor value = function(leaves);
    return ValueAndGradients{value, gradients_of(value, leaves)};
  });
  if (outermost) evaluate_all(outcome);
  return outcome;
}

}  // namespace

ValueAndGradients value_and_grad(const std::function<Tensor()>& function,
                                 const Variables& variables) {
  const bool outermost = Trace::current() == nullptr;
  ValueAndGradients outcome = in_scope([&] {
    Tensors leaves;
    for (const auto& variable : variables) leaves.push_back(variable.value());
    const Tensor value = function();
    return ValueAndGradients{value, gradients_of(value, leaves)};
  });
  if (outermost) evaluate_all(outcome);
  return outcome;
}

std::function<ValueAndGradients(const Tensor&)> value_and_grad(
    std::function<Tensor(const Tensor&)> function) {
  return [function = std::move(function)](const Tensor& x) {
    return differentiate([&](const Tensors& in) { return function(in[0]); }, {x});
  };
}

std::function<Tensor(const Tensor&)> grad(std::function<Tensor(const Tensor&)> function) {
  return [with_value = value_and_grad(std::move(function))](const Tensor& x) {
    return with_value(x).gradients[0];
  };
}

std::function<Tensors(const Tensors&)> grad(std::function<Tensor(const Tensors&)> function) {
  return [function = std::move(function)](const Tensors& arguments) {
    return differentiate(function, arguments).gradients;
  };
}

namespace ops {
namespace {

using engine::Backward;
using engine::NoAttrs;

}  // namespace

/// x → x, where the gradient stops.
const engine::Op stop_gradient_op = engine::define_op<NoAttrs>({
    .name = "stop_gradient",
    .traits = {.view = true},
    .infer = [](const Specs& in, const NoAttrs&) { return in; },
    .gradient = [](const Backward&, const NoAttrs&) { return Tensors(1); },
    .simplify = [](const engine::SimplifyView&, const NoAttrs&) { return 0; },
});

/// (value, arguments…) → value, with the gradient that the attributes say for the arguments.
const engine::Op custom_gradient_op = engine::define_op<CustomGradientAttrs>({
    .name = "custom_gradient",
    .traits = {.view = true},
    .infer = [](const Specs& in, const CustomGradientAttrs&) { return Specs{in[0]}; },
    .gradient =
        [](const Backward& b, const CustomGradientAttrs& attrs) {
          Tensors inputs, out(1);
          for (int i = 0; i < b.input_count(); ++i) inputs.push_back(b.input(i));
          for (auto& gradient : (*attrs.gradient)(inputs, b.cotangent(0))) out.push_back(gradient);
          if (static_cast<int>(out.size()) != b.input_count())
            throw ValueError(str("custom_gradient: the gradient function gave ", out.size() - 1,
                                 " gradients for ", b.input_count() - 1, " arguments."));
          return out;
        },
    .simplify = [](const engine::SimplifyView&, const CustomGradientAttrs&) { return 0; },
});

Tensor stop_gradient(const Tensor& x) {
  return call_or_record("StopGradient", {x}, Config::dict(),
                        [](const Tensors& in) { return emit(stop_gradient_op, in); });
}

std::function<Tensor(const Tensors&)> custom_gradient(
    std::function<ValueWithGradient(const Tensors&)> function) {
  return [function = std::move(function)](const Tensors& arguments) {
    ValueWithGradient outcome = function(arguments);
    Tensors inputs = {outcome.value};
    inputs.insert(inputs.end(), arguments.begin(), arguments.end());
    return emit(custom_gradient_op, std::move(inputs),
                CustomGradientAttrs{std::make_shared<const CustomGradientAttrs::Rule>(
                    [gradient = std::move(outcome.gradient)](
                        const Tensors&, const Tensor& upstream) { return gradient(upstream); })});
  };
}

}  // namespace ops
}  // namespace keras
