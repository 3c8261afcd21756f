#include "keras/layers/rnn/bidirectional.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/rnn/rnn_impl.h"
#include "keras/layers/serialization.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

RNNImpl& recurrent(const Layer& layer) { return static_cast<RNNImpl&>(*layer.impl()); }

bool is_recurrent(const Layer& layer) {
  return dynamic_cast<const RNNImpl*>(layer.impl().get()) != nullptr;
}

void check_kinds(const Layer& layer, const Layer& backward_layer) {
  if (!layer.defined())
    throw ValueError(
        "Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. Received: "
        "None");
  if (!is_recurrent(layer))
    throw ValueError(
        str("Please initialize `Bidirectional` layer with a recurrent layer such as LSTM, GRU or "
            "RNN. Received: ",
            layer.class_name()));
  if (backward_layer.defined() && !is_recurrent(backward_layer))
    throw ValueError(
        str("`backward_layer` need to be a recurrent `keras.layers.Layer` instance. Received: ",
            backward_layer.class_name()));
}

/// A new layer of the same config, under a name with a prefix, in the other direction if `turned`.
Layer copy_of(const Layer& layer, const std::string& prefix, bool turned) {
  Config serialized = layers::serialize(layer);
  Config& config = *serialized.find("config");
  const std::string& name = layer.name();
  config.set("name", prefix + (name.starts_with(prefix) ? name.substr(prefix.size()) : name));
  // As in Keras, where the copy of a backward layer goes backwards, too, and is refused.
  if (turned) config.set("go_backwards", true);
  serialized.erase("build_config");
  return layers::deserialize(serialized);
}

class BidirectionalImpl final : public LayerImpl {
 public:
  BidirectionalImpl(const Layer& layer, BidirectionalOptions options)
      : LayerImpl({"Bidirectional", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    check_kinds(layer, options_.backward_layer);
    const auto& given = recurrent(layer);
    check_merge_mode();
    forward_ = track(copy_of(layer, "forward_", false), "forward_layer");
    const bool own = options_.backward_layer.defined();
    backward_ =
        track(own ? options_.backward_layer : copy_of(layer, "backward_", true), "backward_layer");
    check_layers();
    for (RNNImpl* rnn : {&recurrent(forward_), &recurrent(backward_)}) {
      rnn->set_use_cudnn(given.use_cudnn());
      rnn->set_zero_output_for_mask(rnn->options().return_sequences);
    }
    fixed_batch_size_ = given.options().stateful;
  }

  std::vector<std::string> call_parameters() const override {
    return {"sequences", "initial_state", "mask", "training"};
  }

  Shapes shapes_to_build(const CallArguments& call) const override {
    const Tensor sequences = call.inputs().at(0);
    check_inputs(name(), {recurrent(forward_).sequence_spec()}, {sequences});
    return {sequences.shape()};
  }

  void build(const Shapes& input_shapes) override {
    forward_.build(input_shapes);
    backward_.build(input_shapes);
    if (options_.weights.empty()) return;
    const auto half =
        options_.weights.begin() + static_cast<std::ptrdiff_t>(options_.weights.size() / 2);
    forward_.set_weights({options_.weights.begin(), half});
    backward_.set_weights({half, options_.weights.end()});
  }

  Tensors call_arguments(const CallArguments& call, const CallContext& context) override {
    const Tensors inputs = call.inputs();
    const Tensor& sequences = inputs.at(0);
    Tensors states(inputs.begin() + 1, inputs.end());
    for (const auto& state : call.list("initial_state")) states.push_back(state);
    if (states.size() % 2 != 0)
      throw ValueError(
          str("Layer \"", name(),
              "\": `initial_state` must hold as many tensors for the forward as for the backward "
              "layer, received ",
              states.size(), "."));
    const auto half = states.begin() + static_cast<std::ptrdiff_t>(states.size() / 2);
    const Tensor mask = call.tensor("mask");
    Tensors y = call_recurrent(
        forward_, sequences,
        {.initial_state = {states.begin(), half}, .mask = mask, .training = context.training});
    Tensors reversed = call_recurrent(
        backward_, sequences,
        {.initial_state = {half, states.end()}, .mask = mask, .training = context.training});
    const bool sequence = recurrent(forward_).options().return_sequences;
    Tensor back = ops::cast(reversed[0].without_mask(), compute_dtype());
    if (sequence) back = ops::flip(back, {.axis = 1});
    Tensors results = merge(ops::cast(y[0].without_mask(), compute_dtype()), back);
    if (const Tensor* of_output = y[0].mask())
      for (auto& result : results) result = result.with_mask(*of_output);
    results.insert(results.end(), y.begin() + 1, y.end());
    results.insert(results.end(), reversed.begin() + 1, reversed.end());
    return results;
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("merge_mode", options_.merge_mode ? Config(*options_.merge_mode) : Config());
    config.set("layer", layers::serialize(forward_));
    config.set("backward_layer", layers::serialize(backward_));
    return config;
  }

  const Layer& forward_layer() const { return forward_; }
  const Layer& backward_layer() const { return backward_; }

 private:
  void check_merge_mode() const {
    if (!options_.merge_mode) return;
    const std::string& mode = *options_.merge_mode;
    if (mode != "sum" && mode != "mul" && mode != "ave" && mode != "concat")
      throw ValueError(str("Invalid merge mode. Received: ", mode,
                           ". Merge mode should be one of {\"sum\", \"mul\", \"ave\", \"concat\", "
                           "None}"));
  }

  void check_layers() const {
    const RNNOptions &forward = recurrent(forward_).options(),
                     &backward = recurrent(backward_).options();
    const auto text = [](bool value) { return value ? "True" : "False"; };
    if (forward.go_backwards == backward.go_backwards)
      throw ValueError(
          str("Forward layer and backward layer should have different `go_backwards` value. "
              "Received: forward_layer.go_backwards ",
              text(forward.go_backwards),
              ", backward_layer.go_backwards=", text(backward.go_backwards)));
    const auto same = [&](const char* attribute, bool a, bool b) {
      if (a != b)
        throw ValueError(
            str("Forward layer and backward layer are expected to have the same value for "
                "attribute \"",
                attribute, "\", got \"", text(a), "\" for forward layer and \"", text(b),
                "\" for backward layer"));
    };
    same("stateful", forward.stateful, backward.stateful);
    same("return_sequences", forward.return_sequences, backward.return_sequences);
    same("return_state", forward.return_state, backward.return_state);
  }

  Tensors merge(const Tensor& y, const Tensor& back) const {
    if (!options_.merge_mode) return {y, back};
    const std::string& mode = *options_.merge_mode;
    if (mode == "concat") return {ops::concatenate({y, back}, {.axis = -1})};
    if (mode == "sum") return {y + back};
    if (mode == "ave") return {(y + back) / 2};
    return {y * back};
  }

  BidirectionalOptions options_;
  Layer forward_;
  Layer backward_;
};

const BidirectionalImpl& impl_of(const Layer& layer) {
  return static_cast<const BidirectionalImpl&>(*layer.impl());
}

}  // namespace

Bidirectional::Bidirectional(Layer layer, BidirectionalOptions options) {
  impl_ = std::make_shared<BidirectionalImpl>(layer, std::move(options));
}

Bidirectional Bidirectional::from_config(const Config& config) {
  ConfigReader reader("Bidirectional", config);
  const Layer layer = layers::deserialize(reader.require("layer"));
  BidirectionalOptions options;
  if (config.contains("merge_mode")) {
    const Config& mode = reader.get("merge_mode");
    options.merge_mode =
        mode.is_null() ? std::nullopt : std::optional<std::string>(mode.as_string());
  }
  if (const Config& backward = reader.get("backward_layer"); !backward.is_null())
    options.backward_layer = layers::deserialize(backward);
  return Bidirectional(layer, finish_options(reader, std::move(options)));
}

Layer Bidirectional::forward_layer() const { return impl_of(*this).forward_layer(); }
Layer Bidirectional::backward_layer() const { return impl_of(*this).backward_layer(); }

void Bidirectional::reset_state() const {
  if (!recurrent(forward_layer()).options().stateful) throw ValueError("Layer must be stateful.");
  RNN::reset_state();
}

}  // namespace keras::layers
