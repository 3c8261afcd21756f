#include "keras/layers/rnn/rnn_cell.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::layers {

Tensors RNNCellImpl::initial_state(std::int64_t batch_size) const {
  Tensors states;
  for (const auto& shape : state_shapes()) {
    Shape full{batch_size};
    for (const auto dim : shape) full.push_back(dim);
    states.push_back(ops::zeros(full, compute_dtype()));
  }
  return states;
}

SequenceConstants RNNCellImpl::sequence_constants(const Tensor&, const Tensors&,
                                                  const CallContext&) {
  return {};
}

Tensors RNNCellImpl::step_with(const Tensor& input, const Tensors& states, const SequenceConstants&,
                               const CallContext& context) {
  return step(input, states, context);
}

Tensors RNNCellImpl::call_arguments(const CallArguments& arguments, const CallContext& context) {
  const Tensors inputs = arguments.inputs();
  // A list of inputs holds the states, too.
  Tensors states(inputs.begin() + 1, inputs.end());
  for (const auto& state : arguments.list("states")) states.push_back(state);
  if (states.size() != state_shapes().size())
    throw ValueError(str("The cell \"", name(), "\" has ", state_shapes().size(),
                         " states, but it was called with ", states.size(), "."));
  return step_with(inputs[0], states, sequence_constants(inputs[0], states, context), context);
}

RNNCellImpl& rnn_cell(const Layer& layer) {
  if (!layer.defined())
    throw ValueError("Argument `cell` should have a `call` method. Received: cell=None");
  auto* cell = dynamic_cast<RNNCellImpl*>(layer.impl().get());
  if (!cell)
    throw ValueError(
        str("The RNN cell should have a `state_size` attribute (single integer or list of "
            "integers, one integer per RNN state). Received: cell=",
            layer.class_name()),
        "derive your own cell from layers::RNNCellImpl.");
  return *cell;
}

}  // namespace keras::layers
