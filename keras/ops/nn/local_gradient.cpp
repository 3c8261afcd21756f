#include "keras/ops/nn/local_gradient.h"

#include "keras/engine/autodiff/backward.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops {

const engine::Op alias_op = engine::define_op<engine::NoAttrs>({
    .name = "alias",
    .traits = {.view = true},
    .infer = [](const Specs& in, const engine::NoAttrs&) { return Specs{in[0]}; },
    .gradient = [](const engine::Backward& b,
                   const engine::NoAttrs&) { return Tensors{b.cotangent(0)}; },
    .simplify = [](const engine::SimplifyView&, const engine::NoAttrs&) { return 0; },
});

Tensors gradient_through(const engine::Backward& b,
                         const std::function<Tensors(const Tensors&)>& function) {
  // One input may depend on another (a mean on what it is the mean of): aliases keep the function's
  // own dependence apart.
  Tensors inputs, wanted, out(static_cast<std::size_t>(b.input_count()));
  for (int i = 0; i < b.input_count(); ++i) inputs.push_back(emit(alias_op, {b.input(i)}));
  for (int i = 0; i < b.input_count(); ++i)
    if (b.needs(i)) wanted.push_back(inputs[static_cast<std::size_t>(i)]);
  const Tensors outputs = function(inputs);
  Tensors cotangents;
  for (int i = 0; i < static_cast<int>(outputs.size()); ++i) cotangents.push_back(b.cotangent(i));
  const Tensors gradients = engine::backward(
      outputs, cotangents, wanted, [](const Tensor& x, const Tensor& y) { return add(x, y); });
  for (int i = 0, next = 0; i < b.input_count(); ++i)
    if (b.needs(i)) out[static_cast<std::size_t>(i)] = gradients[static_cast<std::size_t>(next++)];
  return out;
}

}  // namespace keras::ops
