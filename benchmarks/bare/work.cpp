#include "bare/work.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <unordered_map>

namespace keras::benchmarks {

namespace {

/// With the batch where the shape has an unknown size.
struct LayerSizes {
  Layer layer;
  Shape out;
  double in_size;
  double out_size;
  bool first;
  Shape in;
};

template <typename Kernel>
void add(std::vector<Counted<Kernel>>& list, const Kernel& kernel, std::int64_t forward,
         std::int64_t input_gradient, std::int64_t weight_gradient) {
  for (Counted<Kernel>& known : list) {
    if (!(known.kernel == kernel)) continue;
    known.forward += forward;
    known.input_gradient += input_gradient;
    known.weight_gradient += weight_gradient;
    return;
  }
  list.push_back({kernel, forward, input_gradient, weight_gradient});
}

/// A layer's activation costs nothing forward, where it is the kernel's epilogue; its gradient
/// reads two tensors and writes one.
void add_activation(Work& work, const LayerSizes& sizes) {
  const Config config = sizes.layer.get_config();
  const Config* activation = config.find("activation");
  const bool linear = !activation || activation->is_null() ||
                      (activation->is_string() && activation->as_string() == "linear");
  if (!linear) work.train_traffic += 3 * sizes.out_size;
}

void add_convolution(Work& work, const LayerSizes& sizes) {
  const Shape kernel = sizes.layer.weights()[0].shape();
  const bool depthwise = sizes.layer.class_name() == "DepthwiseConv2D";
  const std::int64_t stride = std::max<std::int64_t>(
      1, std::llround(static_cast<double>(sizes.in[1]) / static_cast<double>(sizes.out[1])));
  const Convolution convolution{
      sizes.in[0],  sizes.in[1],  sizes.in[2], sizes.in[3], sizes.out[1],
      sizes.out[2], sizes.out[3], kernel[0],   stride,      depthwise ? sizes.in[3] : 1};
  add(work.convolutions, convolution, 1, sizes.first ? 0 : 1, 1);
  add_activation(work, sizes);
}

void add_dense(Work& work, const LayerSizes& sizes) {
  const Shape kernel = sizes.layer.weights()[0].shape();
  const auto rows = static_cast<std::int64_t>(sizes.out_size) / kernel[1];
  add(work.products, {1, rows, kernel[0], kernel[1]}, 1, sizes.first ? 0 : 1, 1);
  add_activation(work, sizes);
}

/// One product with the whole sequence, then one a step, each waiting for the one before it. The
/// gradient of the recurrent kernel is one product of all steps. Gates are written and read once,
/// their gradients, too.
void add_lstm(Work& work, const LayerSizes& sizes) {
  const Shape kernel = sizes.layer.weights()[0].shape();
  const std::int64_t batch = sizes.in[0], steps = sizes.in[1], units = kernel[1] / 4;
  add(work.products, {1, batch * steps, kernel[0], kernel[1]}, 1, sizes.first ? 0 : 1, 1);
  add(work.products, {1, batch, units, kernel[1]}, steps, steps, 0);
  add(work.products, {1, batch * steps, units, kernel[1]}, 0, 0, 1);
  const double gates = static_cast<double>(batch * steps * kernel[1]);
  work.predict_traffic += 2 * gates;
  work.train_traffic += 3 * gates;
}

void add_attention(Work& work, const LayerSizes& sizes) {
  const Shape query = sizes.layer.weights()[0].shape();  // (width, heads, size of a head)
  const std::int64_t batch = sizes.out[0], steps = sizes.out[1], heads = query[1];
  add(work.products, {1, batch * steps, query[0], heads * query[2]}, 4, 4, 4);
  add(work.products, {batch * heads, steps, query[2], steps}, 1, 1, 1);
  add(work.products, {batch * heads, steps, steps, query[2]}, 1, 1, 1);
  const double scores = static_cast<double>(batch * heads * steps * steps);
  work.predict_traffic += 2 * scores;
  work.train_traffic += 3 * scores;
}

/// Passes over the input and the output: in a prediction, and more in training.
struct Passes {
  double predict_in, predict_out, train_in, train_out;
};

const std::unordered_map<std::string, Passes>& passes_of_layers() {
  // Normalization folds into the kernel before it when predicting; in training its statistics come
  // with that kernel's output, and its gradient reads two tensors and writes one.
  static const std::unordered_map<std::string, Passes> passes = {
      {"InputLayer", {0, 0, 0, 0}},
      {"Flatten", {0, 0, 0, 0}},
      {"ZeroPadding2D", {0, 0, 0, 0}},
      {"BatchNormalization", {0, 0, 5, 0}},
      {"LayerNormalization", {1, 1, 3, 0}},
      {"Activation", {0, 0, 1, 0}},
      {"ReLU", {0, 0, 1, 0}},
      {"Add", {1, 0, 0, 2}},
      {"MaxPooling2D", {1, 1, 1, 1}},
      {"GlobalAveragePooling2D", {1, 0, 1, 0}},
      {"GlobalAveragePooling1D", {1, 0, 1, 0}},
      {"Dropout", {0, 0, 2, 2}},
      {"Embedding", {0, 2, 0, 1}},
      {"Softmax", {1, 1, 3, 0}},
  };
  return passes;
}

void add_layer(Work& work, const LayerSizes& sizes) {
  using Rule = void (*)(Work&, const LayerSizes&);
  static const std::unordered_map<std::string, Rule> rules = {
      {"Conv2D", add_convolution},
      {"DepthwiseConv2D", add_convolution},
      {"Dense", add_dense},
      {"LSTM", add_lstm},
      {"MultiHeadAttention", add_attention}};
  const std::string kind = sizes.layer.class_name();
  if (const auto rule = rules.find(kind); rule != rules.end()) return rule->second(work, sizes);
  const auto found = passes_of_layers().find(kind);
  // What else a functional model holds are operations such as the sum of two tensors.
  const Passes passes = found == passes_of_layers().end() ? Passes{2, 1, 0, 0} : found->second;
  work.predict_traffic += passes.predict_in * sizes.in_size + passes.predict_out * sizes.out_size;
  work.train_traffic += passes.train_in * sizes.in_size + passes.train_out * sizes.out_size;
}

Shape with_batch(Shape shape, std::int64_t batch) {
  shape[0] = batch;
  return shape;
}

}  // namespace

Work work_of(const Model& model, std::int64_t batch) {
  Work work;
  bool first = true;
  for (const Layer& layer : model.layers()) {
    if (layer.class_name() == "InputLayer") continue;
    const Shape out = with_batch(layer.output().shape(), batch);
    const bool several = layer.class_name() == "Add" || layer.class_name() == "MultiHeadAttention";
    const Shape in = several ? out : with_batch(layer.input().shape(), batch);
    add_layer(work, {layer, out, static_cast<double>(in.size()), static_cast<double>(out.size()),
                     first, in});
    if (!layer.weights().empty()) first = false;
    work.activations += static_cast<double>(out.size());
  }
  for (const Variable& variable : model.trainable_weights())
    work.parameters += static_cast<double>(variable.shape().size());
  return work;
}

}  // namespace keras::benchmarks
