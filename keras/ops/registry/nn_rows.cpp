#include "keras/ops/nn.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

constexpr const char* kNn = "keras.src.ops.nn";
using Call = const RecordedCall&;

RegistryRow unary(const char* name, Tensor (*function)(const Tensor&)) {
  return {name, kNn, [function](Call call) { return Tensors{function(call.tensor(0))}; }};
}

RegistryRow row(const char* name, Tensor (*function)(const RecordedCall& call)) {
  return {name, kNn, [function](Call call) { return Tensors{function(call)}; }};
}

std::string text(Call c, const char* key, const char* fallback) {
  return c.config().get(key, fallback);
}

SpatialSizes sizes(Call c, const char* key) {
  const Config* value = c.config().find(key);
  return value ? SpatialSizes::from_config(*value) : SpatialSizes();
}

ConvOptions conv_options(Call c) {
  return {.strides = sizes(c, "strides"),
          .padding = text(c, "padding", "valid"),
          .data_format = text(c, "data_format", ""),
          .dilation_rate = sizes(c, "dilation_rate")};
}

PoolOptions pool_options(Call c) {
  return {.strides = sizes(c, "strides"),
          .padding = text(c, "padding", "valid"),
          .data_format = text(c, "data_format", "")};
}

std::vector<RegistryRow> activation_rows() {
  return {
      unary("HardSigmoid", hard_sigmoid),
      unary("HardSilu", hard_silu),
      unary("HardTanh", hard_tanh),
      unary("LogSigmoid", log_sigmoid),
      unary("Relu", relu),
      unary("Relu6", relu6),
      unary("Selu", selu),
      unary("Sigmoid", sigmoid),
      unary("Silu", silu),
      unary("Softplus", softplus),
      unary("Softsign", softsign),
      unary("SparsePlus", sparse_plus),
      unary("SparseSigmoid", sparse_sigmoid),
      unary("TanhShrink", tanh_shrink),
      row("Celu", [](Call c) { return celu(c.tensor(0), {c.number("alpha").value_or(1)}); }),
      row("Elu", [](Call c) { return elu(c.tensor(0), {c.number("alpha").value_or(1)}); }),
      row("Gelu", [](Call c) { return gelu(c.tensor(0), {c.flag("approximate", true)}); }),
      row("Glu", [](Call c) { return glu(c.tensor(0), {c.axis().value_or(-1)}); }),
      row("HardShrink",
          [](Call c) { return hard_shrink(c.tensor(0), {c.number("threshold").value_or(0.5)}); }),
      row("LeakyRelu",
          [](Call c) {
            return leaky_relu(c.tensor(0), {c.number("negative_slope").value_or(0.2)});
          }),
      row("LogSoftmax", [](Call c) { return log_softmax(c.tensor(0), {c.axes()}); }),
      row("SoftShrink",
          [](Call c) { return soft_shrink(c.tensor(0), {c.number("threshold").value_or(0.5)}); }),
      row("Softmax", [](Call c) { return softmax(c.tensor(0), {c.axes()}); }),
      row("Sparsemax", [](Call c) { return sparsemax(c.tensor(0), {c.axis().value_or(-1)}); }),
      row("Threshold",
          [](Call c) {
            return threshold(c.tensor(0), c.config().at("threshold").as_double(),
                             c.config().at("default_value").as_double());
          }),
      row("Squareplus",
          [](Call c) { return squareplus(c.tensor(0), {c.number("b").value_or(4)}); }),
  };
}

Tensors apply_moments(Call c) {
  std::vector<int> axes;
  for (const auto axis : c.integers("axes")) axes.push_back(static_cast<int>(axis));
  const auto [mean, variance] = moments(c.tensor(0), axes, {.keepdims = c.flag("keepdims")});
  return {mean, variance};
}

std::vector<int> norm_axes(Call c) {
  const Axes axes = c.axes();
  return axes.all() ? std::vector<int>{-1} : *axes.value();
}

std::vector<RegistryRow> normalization_rows() {
  return {
      {"Moments", kNn, apply_moments},
      row("BatchNorm",
          [](Call c) {
            return batch_normalization(c.tensor(0), c.tensor(1, "mean"), c.tensor(2, "variance"),
                                       c.axis().value_or(-1),
                                       {.offset = c.optional_tensor(3, "offset"),
                                        .scale = c.optional_tensor(4, "scale"),
                                        .epsilon = c.number("epsilon").value_or(1e-3)});
          }),
      row("LayerNorm",
          [](Call c) {
            return layer_normalization(c.tensor(0), {.gamma = c.optional_tensor(1, "gamma"),
                                                     .beta = c.optional_tensor(2, "beta"),
                                                     .axis = norm_axes(c),
                                                     .epsilon = c.number("epsilon")});
          }),
      row("RMSNorm",
          [](Call c) {
            return rms_normalization(c.tensor(0), {.scale = c.optional_tensor(1, "scale"),
                                                   .axis = norm_axes(c),
                                                   .epsilon = c.number("epsilon")});
          }),
      row("Normalize",
          [](Call c) {
            return normalize(c.tensor(0), {.axis = c.axes(),
                                           .order = c.config().get("order", 2),
                                           .epsilon = c.number("epsilon")});
          }),
  };
}

std::vector<RegistryRow> window_rows() {
  return {
      row("AdaptiveAveragePool",
          [](Call c) {
            return adaptive_average_pool(c.tensor(0, "inputs"), sizes(c, "output_size"),
                                         {.data_format = text(c, "data_format", "")});
          }),
      row("AdaptiveMaxPool",
          [](Call c) {
            return adaptive_max_pool(c.tensor(0, "inputs"), sizes(c, "output_size"),
                                     {.data_format = text(c, "data_format", "")});
          }),
      row("AveragePool",
          [](Call c) {
            return average_pool(c.tensor(0, "inputs"), sizes(c, "pool_size"), pool_options(c));
          }),
      row("MaxPool",
          [](Call c) {
            return max_pool(c.tensor(0, "inputs"), sizes(c, "pool_size"), pool_options(c));
          }),
      row("Conv",
          [](Call c) {
            return conv(c.tensor(0, "inputs"), c.tensor(1, "kernel"), conv_options(c));
          }),
      row("DepthwiseConv",
          [](Call c) {
            return depthwise_conv(c.tensor(0, "inputs"), c.tensor(1, "kernel"), conv_options(c));
          }),
      row("SeparableConv",
          [](Call c) {
            return separable_conv(c.tensor(0, "inputs"), c.tensor(1, "depthwise_kernel"),
                                  c.tensor(2, "pointwise_kernel"), conv_options(c));
          }),
      row("ConvTranspose",
          [](Call c) {
            return conv_transpose(c.tensor(0, "inputs"), c.tensor(1, "kernel"),
                                  {.strides = sizes(c, "strides"),
                                   .padding = text(c, "padding", "valid"),
                                   .output_padding = sizes(c, "output_padding"),
                                   .data_format = text(c, "data_format", ""),
                                   .dilation_rate = sizes(c, "dilation_rate")});
          }),
  };
}

std::vector<RegistryRow> other_rows() {
  return {
      row("BinaryCrossentropy",
          [](Call c) {
            return binary_crossentropy(c.tensor(0, "target"), c.tensor(1, "output"),
                                       {.from_logits = c.flag("from_logits")});
          }),
      row("CategoricalCrossentropy",
          [](Call c) {
            return categorical_crossentropy(
                c.tensor(0, "target"), c.tensor(1, "output"),
                {.from_logits = c.flag("from_logits"), .axis = c.axis().value_or(-1)});
          }),
      row("SparseCategoricalCrossentropy",
          [](Call c) {
            return sparse_categorical_crossentropy(
                c.tensor(0, "target"), c.tensor(1, "output"),
                {.from_logits = c.flag("from_logits"), .axis = c.axis().value_or(-1)});
          }),
      row("DotProductAttention",
          [](Call c) {
            const Config* scale = c.argument(5, "scale");
            return dot_product_attention(
                c.tensor(0, "query"), c.tensor(1, "key"), c.tensor(2, "value"),
                {.bias = c.optional_tensor(3, "bias"),
                 .mask = c.optional_tensor(4, "mask"),
                 .scale = scale ? std::optional(scale->as_double()) : std::nullopt,
                 .is_causal = c.flag("is_causal"),
                 .flash_attention = c.flag("flash_attention") ? std::optional(true) : std::nullopt,
                 .attn_logits_soft_cap = c.number("attn_logits_soft_cap")});
          }),
      row("OneHot",
          [](Call c) {
            return one_hot(
                c.tensor(0), c.config().at("num_classes").as_int(),
                {.axis = c.axis().value_or(-1), .dtype = c.dtype().value_or(DType::kFloat32)});
          }),
      row("MultiHot",
          [](Call c) {
            return multi_hot(
                c.tensor(0, "inputs"), c.config().at("num_classes").as_int(),
                {.axis = c.axis().value_or(-1), .dtype = c.dtype().value_or(DType::kFloat32)});
          }),
  };
}

}  // namespace

std::vector<RegistryRow> nn_rows() {
  std::vector<RegistryRow> rows = activation_rows();
  for (auto& family : {normalization_rows(), window_rows(), other_rows()})
    rows.insert(rows.end(), family.begin(), family.end());
  return rows;
}

}  // namespace keras::ops
