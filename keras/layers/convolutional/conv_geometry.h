#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keras/initializers/initializer.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/input_spec.h"
#include "keras/layers/layer.h"
#include "keras/layers/serialization.h"
#include "keras/ops/nn/spatial.h"

namespace keras::layers {

/// What the convolution layers have in common: sizes of the spatial axes and where the channels
/// are.
struct ConvGeometry {
  /// Takes the sizes for `rank` spatial axes; throws ValueError for a wrong number of them, numbers
  /// that are not positive and an unknown data format.
  ConvGeometry(int rank, const ops::SpatialSizes& kernel_size, const ops::SpatialSizes& strides,
               const ops::SpatialSizes& dilation_rate, const std::string& data_format);

  int channel_axis() const { return data_format == "channels_first" ? 1 : -1; }
  /// The number of channels of an input; throws ValueError where it is unknown.
  std::int64_t channels(const Shape& input) const;
  /// The kernel's spatial sizes, then two more.
  Shape kernel_shape(std::int64_t in, std::int64_t out) const;
  /// What inputs must be; of any number of channels where it is not given.
  InputSpec input_spec() const { return {.min_ndim = rank + 2}; }
  InputSpec input_spec(std::int64_t channels) const {
    return {.min_ndim = rank + 2, .axes = {{channel_axis(), channels}}};
  }
  /// y with a vector added along its channels.
  Tensor with_bias(const Tensor& y, const Tensor& bias) const;
  /// Throws ValueError where both strides and dilation are other than 1.
  void refuse_dilated_strides() const;

  int rank;
  std::vector<std::int64_t> kernel_size;
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilation_rate;
  std::string data_format;
};

/// Throws ValueError unless the argument is positive.
void require_positive(const char* argument, std::int64_t value);

/// Sizes that a config may leave out.
void read_sizes(ConfigReader& reader, const char* key, ops::SpatialSizes& into);

/// The options that all convolution layers' configs have.
template <typename Options>
void read_conv_options(ConfigReader& reader, Options& options) {
  read_sizes(reader, "strides", options.strides);
  options.padding = reader.get("padding", "valid");
  options.data_format = reader.get("data_format", "");
  read_sizes(reader, "dilation_rate", options.dilation_rate);
  options.activation = activation_from_config(reader.get("activation"));
  options.use_bias = reader.get("use_bias", true);
  options.activity_regularizer =
      decltype(options.activity_regularizer)::deserialize(reader.get("activity_regularizer"));
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
}

/// How one weight of a layer is started, regularized and constrained: the arguments that begin with
/// `prefix`.
template <typename Initializer, typename Regularizer, typename Constraint>
void read_weight_options(ConfigReader& reader, const std::string& prefix, Initializer& initializer,
                         Regularizer& regularizer, Constraint& constraint) {
  if (const Config& given = reader.get(prefix + "_initializer"); !given.is_null())
    initializer = Initializer::deserialize(given);
  regularizer = Regularizer::deserialize(reader.get(prefix + "_regularizer"));
  constraint = Constraint::deserialize(reader.get(prefix + "_constraint"));
}

}  // namespace keras::layers
