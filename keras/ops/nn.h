#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::ops {

/// max(x, 0); the gradient at 0 is 0. Keras: keras.ops.relu, and so on for all below. (one_hot is
/// in numpy.h.)
Tensor relu(const Tensor& x);
/// min(max(x, 0), 6).
Tensor relu6(const Tensor& x);
/// 1 / (1 + exp(-x)).
Tensor sigmoid(const Tensor& x);
/// 0 below -1, 1 above 1, (x + 1) / 2 between.
Tensor sparse_sigmoid(const Tensor& x);
/// log(exp(x) + 1).
Tensor softplus(const Tensor& x);
/// x / (|x| + 1).
Tensor softsign(const Tensor& x);

struct SoftShrinkOptions {
  double threshold = 0.5;
};
/// x moved toward 0 by `threshold`, and 0 within it.
Tensor soft_shrink(const Tensor& x, SoftShrinkOptions options = {});

/// 0 below -1, x above 1, (x + 1)² / 4 between.
Tensor sparse_plus(const Tensor& x);
/// x · sigmoid(x).
Tensor silu(const Tensor& x);

struct SquareplusOptions {
  double b = 4;
};
/// (x + sqrt(x² + b)) / 2.
Tensor squareplus(const Tensor& x, SquareplusOptions options = {});

/// log(sigmoid(x)).
Tensor log_sigmoid(const Tensor& x);

struct LeakyReluOptions {
  double negative_slope = 0.2;
};
/// x, or negative_slope · x below 0.
Tensor leaky_relu(const Tensor& x, LeakyReluOptions options = {});

/// relu6(x + 3) / 6.
Tensor hard_sigmoid(const Tensor& x);
/// x · hard_sigmoid(x).
Tensor hard_silu(const Tensor& x);

struct EluOptions {
  double alpha = 1.0;
};
/// x, or alpha · (exp(x) - 1) below 0.
Tensor elu(const Tensor& x, EluOptions options = {});

/// Elu scaled so that activations normalize themselves: Klambauer et al., "Self-normalizing neural
/// networks" (2017).
Tensor selu(const Tensor& x);

struct GeluOptions {
  bool approximate = true;
};
/// x · Φ(x) with the normal distribution's Φ, or its tanh approximation: Hendrycks and Gimpel,
/// "Gaussian error linear units" (2016).
Tensor gelu(const Tensor& x, GeluOptions options = {});

struct CeluOptions {
  double alpha = 1.0;
};
/// max(x, 0) + alpha · (exp(min(x, 0) / alpha) - 1).
Tensor celu(const Tensor& x, CeluOptions options = {});

struct GluOptions {
  int axis = -1;
};
/// Halves the axis into a and b: a · sigmoid(b). Throws ShapeError when its size is odd.
Tensor glu(const Tensor& x, GluOptions options = {});

/// x - tanh(x).
Tensor tanh_shrink(const Tensor& x);
/// x between -1 and 1, and these beyond.
Tensor hard_tanh(const Tensor& x);

struct HardShrinkOptions {
  double threshold = 0.5;
};
/// x where |x| > threshold, else 0.
Tensor hard_shrink(const Tensor& x, HardShrinkOptions options = {});

/// x where x > threshold, else default_value.
Tensor threshold(const Tensor& x, double threshold, double default_value);

struct SoftmaxOptions {
  Axes axis = -1;
};
/// exp(x) over its sum along the axis, or over several axes together.
Tensor softmax(const Tensor& x, SoftmaxOptions options = {});

struct LogSoftmaxOptions {
  Axes axis = -1;
};
/// The logarithm of softmax, without its underflow.
Tensor log_softmax(const Tensor& x, LogSoftmaxOptions options = {});

struct SparsemaxOptions {
  int axis = -1;
};
/// The nearest point of the simplex: Martins and Astudillo, "From softmax to sparsemax" (2016).
Tensor sparsemax(const Tensor& x, SparsemaxOptions options = {});

struct PoolOptions {
  SpatialSizes strides = {};  ///< `pool_size` when not given
  std::string padding = "valid";
  std::string data_format = {};  ///< "channels_last" when empty
};
/// The largest element of each window over the spatial axes of (batch, spatial…, channels).
/// `padding` is "valid" or "same". Throws ShapeError when the window does not fit.
Tensor max_pool(const Tensor& inputs, SpatialSizes pool_size, PoolOptions options = {});
/// The mean of each window; padding counts for nothing.
Tensor average_pool(const Tensor& inputs, SpatialSizes pool_size, PoolOptions options = {});

struct AdaptivePoolOptions {
  std::string data_format = {};  ///< "channels_last" when empty
};
/// The largest element of each of `output_size` windows over the spatial axes, which overlap where
/// the sizes do not divide.
Tensor adaptive_max_pool(const Tensor& inputs, SpatialSizes output_size,
                         AdaptivePoolOptions options = {});
/// The mean of each of these windows.
Tensor adaptive_average_pool(const Tensor& inputs, SpatialSizes output_size,
                             AdaptivePoolOptions options = {});

struct ConvOptions {
  SpatialSizes strides = 1;
  std::string padding = "valid";
  std::string data_format = {};
  SpatialSizes dilation_rate = 1;
};
/// Convolution over one to three spatial axes. `kernel` is (spatial…, input channels, filters);
/// when the input has a multiple of its channels, that many groups are convolved apart.
Tensor conv(const Tensor& inputs, const Tensor& kernel, ConvOptions options = {});
/// Each channel by itself: `kernel` is (spatial…, input channels, filters a channel).
Tensor depthwise_conv(const Tensor& inputs, const Tensor& kernel, ConvOptions options = {});
/// A depthwise convolution, then one with a 1×1 `pointwise_kernel`.
Tensor separable_conv(const Tensor& inputs, const Tensor& depthwise_kernel,
                      const Tensor& pointwise_kernel, ConvOptions options = {});

struct ConvTransposeOptions {
  SpatialSizes strides = 1;
  std::string padding = "valid";
  SpatialSizes output_padding = {};
  std::string data_format = {};
  SpatialSizes dilation_rate = 1;
};
/// The transpose of a convolution: spatial sizes grow by the strides. `kernel` is (spatial…,
/// filters, input channels).
Tensor conv_transpose(const Tensor& inputs, const Tensor& kernel,
                      ConvTransposeOptions options = {});

/// The maximum of `one_hot` over the classes of each row.
Tensor multi_hot(const Tensor& x, std::int64_t num_classes, OneHotOptions options = {});

struct BinaryCrossentropyOptions {
  bool from_logits = false;
};
/// -target · log(output) - (1 - target) · log(1 - output), element by element. Throws ShapeError
/// unless the shapes are equal.
Tensor binary_crossentropy(const Tensor& target, const Tensor& output,
                           BinaryCrossentropyOptions options = {});

struct CategoricalCrossentropyOptions {
  bool from_logits = false;
  int axis = -1;
};
/// -sum(target · log(output)) along the axis. Throws ShapeError unless the shapes are equal.
Tensor categorical_crossentropy(const Tensor& target, const Tensor& output,
                                CategoricalCrossentropyOptions options = {});
/// The same with class numbers as target, whose shape is output's without the last axis (or with 1
/// there).
Tensor sparse_categorical_crossentropy(const Tensor& target, const Tensor& output,
                                       CategoricalCrossentropyOptions options = {});

struct MomentsOptions {
  bool keepdims = false;
};
/// Mean and biased variance over the axes; of 16-bit floats computed in float32.
std::pair<Tensor, Tensor> moments(const Tensor& x, const std::vector<int>& axes,
                                  MomentsOptions options = {});

struct BatchNormalizationOptions {
  std::optional<Tensor> offset = {};
  std::optional<Tensor> scale = {};
  double epsilon = 1e-3;
};
/// (x - mean) / sqrt(variance + epsilon) · scale + offset, with vectors along `axis`.
Tensor batch_normalization(const Tensor& x, const Tensor& mean, const Tensor& variance, int axis,
                           BatchNormalizationOptions options = {});

/// What a batch norm layer computes in training: the normalized batch and the statistics of it.
struct BatchNormalized {
  Tensor output;
  Tensor mean;
  Tensor variance;  ///< biased
};
/// Normalizes x by its own mean and variance over all axes but `axis`, as one operation. Of 16-bit
/// floats, `offset`, `scale` and the statistics are float32.
BatchNormalized batch_normalize(const Tensor& x, int axis, BatchNormalizationOptions options = {});

struct LayerNormalizationOptions {
  std::optional<Tensor> gamma = {};
  std::optional<Tensor> beta = {};
  std::vector<int> axis = {-1};
  std::optional<double> epsilon = {};  ///< 1e-7 when not given
};
/// Normalizes each example by its own mean and variance over the axes: Ba, Kiros and Hinton, "Layer
/// normalization" (2016).
Tensor layer_normalization(const Tensor& x, LayerNormalizationOptions options = {});

struct RmsNormalizationOptions {
  std::optional<Tensor> scale = {};
  std::vector<int> axis = {-1};
  std::optional<double> epsilon = {};
};
/// x / sqrt(mean(x²) + epsilon) · scale: Zhang and Sennrich, "Root mean square layer normalization"
/// (2019).
Tensor rms_normalization(const Tensor& x, RmsNormalizationOptions options = {});

struct NormalizeOptions {
  Axes axis = -1;
  int order = 2;
  std::optional<double> epsilon = {};
};
/// x over its norm of the given order along the axis, or over several axes together.
Tensor normalize(const Tensor& x, NormalizeOptions options = {});

struct DotProductAttentionOptions {
  std::optional<Tensor> bias = {};  ///< added to the scores
  /// True where a query may look at a key.
  std::optional<Tensor> mask = {};
  std::optional<double> scale = {};  ///< 1 / sqrt(depth) when not given
  bool is_causal = false;
  /// There is one way to compute it here: true is an error.
  std::optional<bool> flash_attention = {};
  std::optional<double> attn_logits_soft_cap = {};  ///< an error, as in Keras outside of TPUs
};
/// softmax(query · keyᵀ · scale + bias) · value for each head: Vaswani et al., "Attention is all
/// you need" (2017). `query` is (batch, queries, heads, depth), `key` and `value` (batch, keys, key
/// heads, depth) with a key head for each head or for each group of as many successive heads;
/// `bias` and `mask` broadcast to (batch, heads, queries, keys). A row that looks at nothing is the
/// mean of all values.
Tensor dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                             DotProductAttentionOptions options = {});

}  // namespace keras::ops
