#include "keras/layers/rnn/rnn.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/rnn/rnn_impl.h"
#include "keras/layers/serialization.h"

namespace keras::layers {
namespace {

void collect_states(const Layer& layer, Tensors& into) {
  if (const auto* rnn = dynamic_cast<const RNNImpl*>(layer.impl().get()))
    for (const auto& state : rnn->states()) into.push_back(state.value());
  for (const auto& inner : layer.impl()->sublayers()) collect_states(inner, into);
}

}  // namespace

RNN::RNN(Layer cell, RNNOptions options)
    : Layer(std::make_shared<RNNImpl>("RNN", cell, std::move(options))) {}

RNN RNN::from_config(const Config& config) {
  ConfigReader reader("RNN", config);
  RNNOptions options;
  read_rnn_arguments(reader, options);
  const Layer cell = layers::deserialize(reader.require("cell"));
  return RNN(cell, finish_options(reader, std::move(options)));
}

Tensor RNN::operator()(const Tensor& sequences, RNNCallOptions options) const {
  const Tensors outputs = RNN::call_list(sequences, std::move(options));
  if (outputs.size() != 1)
    throw ValueError(str("Layer \"", name(), "\" has ", outputs.size(), " outputs."),
                     "call it through call_list.");
  return outputs[0];
}

Tensors RNN::call_list(const Tensor& sequences, RNNCallOptions options) const {
  return call_recurrent(*this, sequences, options);
}

Tensors RNN::states() const {
  Tensors values;
  collect_states(*this, values);
  return values;
}

void RNN::reset_state() const { layers::reset_states(*this); }

void reset_states(const Layer& layer) {
  if (const auto* rnn = dynamic_cast<const RNNImpl*>(layer.impl().get())) rnn->reset_state();
  for (const auto& inner : layer.impl()->sublayers()) reset_states(inner);
}

}  // namespace keras::layers
