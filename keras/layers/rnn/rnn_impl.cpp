#include "keras/layers/rnn/rnn_impl.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/rnn/rnn_loop.h"
#include "keras/layers/serialization.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// The same shape as far as both are known.
bool fits(const Shape& shape, const Shape& wanted) {
  return std::equal(
      shape.begin(), shape.end(), wanted.begin(), wanted.end(),
      [](std::int64_t a, std::int64_t b) { return a == b || a == kUnknown || b == kUnknown; });
}

}  // namespace

RNNImpl::RNNImpl(const std::string& class_name, const Layer& cell, RNNOptions options)
    : LayerImpl({class_name, options.name, options.trainable, options.dtype}),
      cell_layer_(cell),
      cell_(rnn_cell(cell)),
      rnn_options_(std::move(options)) {
  track(cell, "cell");
  activity_regularizer_ = rnn_options_.activity_regularizer;
  fixed_batch_size_ = rnn_options_.stateful;
}

InputSpec RNNImpl::sequence_spec() const {
  return sequence_rank_ ? InputSpec{.ndim = sequence_rank_} : InputSpec{.min_ndim = 3};
}

void RNNImpl::check_sequences(const Tensor& sequences) const {
  check_inputs(name(), {sequence_spec()}, {sequences});
}

Shapes RNNImpl::shapes_to_build(const CallArguments& call) const {
  const Tensor sequences = call.inputs().at(0);
  check_sequences(sequences);
  return {sequences.shape()};
}

void RNNImpl::build(const Shapes& input_shapes) {
  const Shape& shape = input_shapes[0];
  if (rnn_options_.unroll && shape[1] == kUnknown)
    throw ValueError(
        "Cannot unroll a RNN if the time dimension is undefined. \n- If using a Sequential model, "
        "specify the time dimension by passing an `Input()` as your first layer.\n- If using the "
        "functional API, specify the time dimension by passing a `shape` or `batch_shape` argument "
        "to your `Input()`.");
  Shape step = shape;
  step.erase(1);
  cell_layer_.build(step);
  if (!rnn_options_.stateful) return;
  if (shape[0] == kUnknown)
    throw ValueError(
        str("When using `stateful=True` in a RNN, the batch size must be static. Found dynamic "
            "batch size: sequence.shape=",
            shape),
        "give the input a `batch_shape`.");
  for (const auto& state : cell_.initial_state(shape[0]))
    states_.emplace_back(ops::cast(state, variable_dtype()),
                         VariableOptions{.trainable = false, .name = "rnn_state"});
}

Tensors RNNImpl::initial_states(const CallArguments& call, std::int64_t batch_size) const {
  const Tensors inputs = call.inputs();
  Tensors states(inputs.begin() + 1, inputs.end());
  for (const auto& state : call.list("initial_state")) states.push_back(state);
  if (states.empty() && rnn_options_.stateful) {
    for (const auto& state : states_) states.push_back(state.value());
  } else if (states.empty()) {
    states = cell_.initial_state(batch_size);
  }
  if (states.size() != cell_.state_shapes().size())
    throw ValueError(str("Layer \"", name(), "\": `initial_state` must hold ",
                         cell_.state_shapes().size(), " tensors, received ", states.size(), "."));
  const Shapes wanted = cell_.state_shapes();
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (const Shape shape = Shape{batch_size}.concat(wanted[i]); !fits(states[i].shape(), shape))
      throw ShapeError(str("Layer \"", name(), "\": state ", i,
                           " of `initial_state` must have the shape ", shape, ", received ",
                           states[i].shape(), "."));
    states[i] = ops::cast(states[i], cell_.compute_dtype());
  }
  return states;
}

void RNNImpl::check_mask(const Shape& mask, const Shape& sequences) const {
  const bool fitting = (mask.rank() == 2 || mask.rank() == 3) &&
                       (mask[0] == 1 || fits(mask.slice(0, 1), sequences.slice(0, 1))) &&
                       fits(mask.slice(1, 2), sequences.slice(1, 2));
  if (!fitting)
    throw ShapeError(
        str("Layer \"", name(), "\": the mask must have the shape (batch_size, timesteps), ",
            sequences.slice(0, 2), ", and may have one more axis. Received shape ", mask, "."));
}

Tensors RNNImpl::call_arguments(const CallArguments& call, const CallContext& context) {
  const Tensor sequences = call.inputs().at(0);
  check_sequences(sequences);
  if (use_cudnn_.value_or(false))
    throw ValueError(
        "use_cudnn=True was specified, but cuDNN is not supported for this layer configuration "
        "with this backend. Pass use_cudnn='auto' to fallback to a non-cuDNN implementation.");
  const std::int64_t batch_size = sequences.shape()[0];
  if (rnn_options_.stateful && states_[0].shape()[0] != batch_size)
    throw ValueError(
        str("If an RNN is stateful, the batch size of the input sequences must be the same as the "
            "batch size of the initial state. \n- Expected batch size: ",
            states_[0].shape()[0], "\n- Received batch size: ", batch_size));
  if (sequences.shape()[1] == 0)
    throw ShapeError(str("Layer \"", name(), "\" needs at least one time step, received shape ",
                         sequences.shape(), "."));
  const Tensor given = call.tensor("mask");
  const Tensor of_input = sequences.mask() ? *sequences.mask() : Tensor();
  // As in Keras, which hands masks over by itself only to calls with one tensor argument: beside
  // initial states, the sequences' own mask goes on to the output without any step being left out.
  const Tensor mask = given.defined() || !call.list("initial_state").empty() ? given : of_input;
  if (mask.defined()) check_mask(mask.shape(), sequences.shape());
  RNNLoopResult result = run_rnn_loop(cell_, ops::cast(sequences, cell_.compute_dtype()),
                                      initial_states(call, batch_size), mask,
                                      {.go_backwards = rnn_options_.go_backwards,
                                       .zero_output_for_mask = rnn_options_.zero_output_for_mask,
                                       .return_sequences = rnn_options_.return_sequences,
                                       .unroll = rnn_options_.unroll},
                                      context);
  for (const auto& loss : result.losses) add_loss(loss);
  const bool sequence = rnn_options_.return_sequences;
  Tensor output = ops::cast(sequence ? result.outputs : result.last_output, compute_dtype());
  const Tensor passed_on = mask.defined() ? mask : of_input;
  Tensors results = {sequence && passed_on.defined() ? output.with_mask(passed_on)
                                                     : output.without_mask()};
  for (auto& state : result.states) state = ops::cast(state, compute_dtype());
  if (rnn_options_.stateful) keep(result.states);
  if (rnn_options_.return_state)
    results.insert(results.end(), result.states.begin(), result.states.end());
  return results;
}

void RNNImpl::keep(const Tensors& states) const {
  for (std::size_t i = 0; i < states.size(); ++i)
    states_[i].assign(ops::cast(states[i], states_[i].dtype()));
}

void RNNImpl::reset_state() const {
  for (const auto& state : states_) state.assign(ops::zeros(state.shape(), state.dtype()));
}

Config RNNImpl::base_config() const {
  Config config = LayerImpl::get_config();
  config.set("return_sequences", rnn_options_.return_sequences);
  config.set("return_state", rnn_options_.return_state);
  config.set("go_backwards", rnn_options_.go_backwards);
  config.set("stateful", rnn_options_.stateful);
  config.set("unroll", rnn_options_.unroll);
  config.set("zero_output_for_mask", rnn_options_.zero_output_for_mask);
  return config;
}

Config RNNImpl::get_config() const {
  Config config = base_config();
  config.set("cell", layers::serialize(cell_layer_));
  return config;
}

namespace {

/// The cells whose states a layer takes: one, or those of both directions.
std::vector<RNNCellImpl*> cells_of(const Layer& layer) {
  if (const auto* rnn = dynamic_cast<const RNNImpl*>(layer.impl().get())) return {&rnn->cell()};
  std::vector<RNNCellImpl*> cells;
  for (const auto& inner : layer.impl()->sublayers())
    for (auto* cell : cells_of(inner)) cells.push_back(cell);
  return cells;
}

/// Takes a cell's states off a list: one by one, or as a list for each cell inside.
void take_states(const RNNCellImpl& cell, Config::List::const_iterator& next, Config& into) {
  if (cell.inner_cells().empty())
    for (std::size_t i = 0; i < cell.state_shapes().size(); ++i) into.as_list().push_back(*next++);
  for (const auto* inner : cell.inner_cells()) {
    Config own = Config::list();
    take_states(*inner, next, own);
    into.as_list().push_back(std::move(own));
  }
}

/// A list of states in the order of Keras's nested ones.
Config nested_states(const Layer& layer, const Config& states) {
  const auto cells = cells_of(layer);
  std::size_t wanted = 0;
  for (const auto* cell : cells) wanted += cell->state_shapes().size();
  if (wanted != states.size()) return states;
  Config nested = Config::list();
  auto next = states.as_list().begin();
  for (const auto* cell : cells) take_states(*cell, next, nested);
  return nested;
}

}  // namespace

Tensors call_recurrent(const Layer& layer, const Tensor& sequences, const RNNCallOptions& options) {
  if (!sequences.defined())
    throw ValueError(str("Layer \"", layer.name(), "\": an input is an empty Tensor."));
  Tensors tensors;
  const auto reference = [&](const Tensor& tensor) {
    tensors.push_back(tensor);
    return Config{{"tensor", static_cast<std::int64_t>(tensors.size() - 1)}};
  };
  Config args = Config::list();
  args.as_list().push_back(reference(sequences));
  Config named = Config::dict();
  if (!options.initial_state.empty()) {
    Config states = Config::list();
    for (const auto& state : options.initial_state) states.as_list().push_back(reference(state));
    named.set("initial_state", nested_states(layer, states));
  }
  if (options.mask.defined()) named.set("mask", reference(options.mask));
  if (options.training) named.set("training", *options.training);
  return layer.impl()->invoke_recorded(tensors, {{"args", args}, {"kwargs", named}});
}

}  // namespace keras::layers
