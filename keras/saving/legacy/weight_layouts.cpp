#include "keras/saving/legacy/weight_layouts.h"

#include <array>
#include <utility>

#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"
#include "keras/saving/legacy/legacy_weights.h"

namespace keras::saving::legacy {
namespace {

Tensor joined(const std::vector<Tensor>& values, const std::vector<std::size_t>& places) {
  Tensors parts;
  for (const auto place : places) parts.push_back(values[place]);
  return ops::concatenate(parts, {.axis = -1});
}

/// The gates as Keras 1 kept them, each with its own kernel, recurrent kernel and bias.
std::vector<Tensor> join_gates(const std::vector<Tensor>& values,
                               const std::vector<std::size_t>& gates) {
  std::vector<Tensor> out;
  for (std::size_t kind = 0; kind < 3; ++kind) {
    std::vector<std::size_t> places;
    for (const auto gate : gates) places.push_back(3 * gate + kind);
    out.push_back(joined(values, places));
  }
  return out;
}

/// One gate of a cuDNN kernel: the same numbers in the other order.
Tensor from_cudnn_kernel(const Tensor& kernel) {
  return ops::transpose(ops::reshape(kernel, {kernel.shape()[1], kernel.shape()[0]}));
}

Tensor transposed(const Tensor& kernel) { return ops::transpose(kernel); }

Tensor each_gate(const Tensor& kernel, int gates, Tensor (*change)(const Tensor&)) {
  Tensors parts;
  for (const auto& part : ops::split(kernel, gates, {.axis = -1})) parts.push_back(change(part));
  return ops::concatenate(parts, {.axis = -1});
}

/// Weights of CuDNNLSTM (4 gates) or CuDNNGRU (3): their biases come twice, in a row.
std::vector<Tensor> from_cudnn(const std::vector<Tensor>& values, int gates) {
  const Tensor biases = ops::reshape(values[2], {2, values[2].shape()[0] / 2});
  return {each_gate(values[0], gates, from_cudnn_kernel), each_gate(values[1], gates, transposed),
          gates == 4 ? ops::sum(biases, {.axis = 0}) : biases};
}

bool is_cudnn(const std::vector<Tensor>& values, int gates) {
  return values.size() == 3 && values[1].rank() == 2 && values[2].rank() == 1 &&
         values[2].shape()[0] == 2 * gates * values[1].shape()[0];
}

/// Theano convolves where others correlate.
Tensor turned_around(const Tensor& kernel) {
  if (kernel.rank() < 3) return kernel;
  std::vector<int> axes;
  for (int axis = 0; axis + 2 < kernel.rank(); ++axis) axes.push_back(axis);
  return ops::flip(kernel, {.axis = Axes(axes)});
}

/// A kernel of Keras 1 with the axes of today.
Tensor modern_kernel(const std::string& class_name, const Tensor& kernel, bool channels_first) {
  if (class_name == "Conv1D" && kernel.rank() == 4) return ops::squeeze(kernel, {.axis = 1});
  if (class_name == "Conv2D" && channels_first)
    return ops::transpose(kernel, {.axes = Axes(std::vector<int>{2, 3, 1, 0})});
  if (class_name == "Conv2DTranspose")
    return ops::transpose(kernel, {.axes = Axes(channels_first ? std::vector<int>{2, 3, 0, 1}
                                                               : std::vector<int>{0, 1, 3, 2})});
  if (class_name == "Conv3D" && channels_first)
    return ops::transpose(kernel, {.axes = Axes(std::vector<int>{2, 3, 4, 1, 0})});
  return kernel;
}

bool is_convolution(const std::string& class_name) {
  return class_name == "Conv1D" || class_name == "Conv2D" || class_name == "Conv3D" ||
         class_name == "Conv2DTranspose";
}

std::vector<Tensor> modern_leaf(const Layer& layer, std::vector<Tensor> values,
                                const WeightOrigin& origin) {
  const std::string name = layer.class_name();
  if (name.starts_with("LSTM")) {
    // Keras 1 has input, cell, forget and output gate; now it is input, forget, cell, output.
    if (values.size() == 12) return join_gates(values, {0, 2, 1, 3});
    if (is_cudnn(values, 4)) return from_cudnn(values, 4);
  }
  if (name.starts_with("GRU")) {
    if (values.size() == 9) return join_gates(values, {0, 1, 2});
    if (is_cudnn(values, 3)) return from_cudnn(values, 3);
  }
  if (!is_convolution(name) || values.empty()) return values;
  if (origin.generation == 1) {
    const bool first = layer.impl()->get_config().get("data_format", "") == "channels_first";
    if (values[0].rank() == (name == "Conv3D" ? 5 : 4))
      values[0] = modern_kernel(name, values[0], first);
  }
  if (origin.backend == "theano" && origin.generation < 3) values[0] = turned_around(values[0]);
  return values;
}

/// Layers that keep their weights in layers of theirs.
std::vector<Layer> parts_of(const Layer& layer) {
  std::vector<Layer> parts;
  for (const auto& part : layer.impl()->sublayers())
    if (!legacy_order(part).empty()) parts.push_back(part);
  return parts;
}

}  // namespace

std::vector<Tensor> modern_layout(const Layer& layer, std::vector<Tensor> values,
                                  const WeightOrigin& origin) {
  const std::vector<Layer> parts = parts_of(layer);
  const std::string name = layer.class_name();
  if (parts.empty() || name == "LSTM" || name == "GRU") return modern_leaf(layer, values, origin);
  if (parts.size() == 1) return modern_layout(parts[0], values, origin);
  std::size_t count = 0;
  for (const auto& part : parts) count += legacy_order(part).size();
  if (name == "Bidirectional" && values.size() % 2 == 0) {
    std::vector<Tensor> out;
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    for (auto& value : modern_layout(parts[0], {values.begin(), half}, origin))
      out.push_back(std::move(value));
    for (auto& value : modern_layout(parts[1], {half, values.end()}, origin))
      out.push_back(std::move(value));
    return out;
  }
  // A model: all that are trainable come first, then the others.
  if (values.size() != count || values.size() != legacy_order(layer).size()) return values;
  const Variables order = legacy_order(layer);
  for (const auto& part : parts) {
    std::vector<std::size_t> places;
    std::vector<Tensor> own;
    for (const auto& weight : legacy_order(part))
      for (std::size_t i = 0; i < order.size(); ++i)
        if (order[i] == weight) places.push_back(i);
    for (const auto place : places) own.push_back(values[place]);
    own = modern_layout(part, std::move(own), origin);
    if (own.size() != places.size()) return values;
    for (std::size_t i = 0; i < own.size(); ++i) values[places[i]] = own[i];
  }
  return values;
}

}  // namespace keras::saving::legacy
