#include "keras/saving/legacy/legacy_layers.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::saving::legacy {
namespace {

struct Rename {
  std::string_view classes;  ///< class names between spaces; "*" is every class
  std::string_view from;
  std::string_view to;
};

/// An argument that Keras 3 lacks, and what it may be; null is anything.
struct Gone {
  std::string_view classes;
  std::string_view name;
  Config harmless;
};

bool applies(std::string_view classes, std::string_view class_name) {
  if (classes == "*") return true;
  return (" " + std::string(classes) + " ").find(" " + std::string(class_name) + " ") !=
         std::string::npos;
}

constexpr std::string_view kRecurrent = "LSTM GRU SimpleRNN ConvLSTM2D";

constexpr Rename kRenames[] = {
    // Keras 1
    {"Dense LSTM GRU SimpleRNN TimeDistributedDense", "output_dim", "units"},
    {"*", "nb_filter", "filters"},
    {"*", "border_mode", "padding"},
    {"*", "subsample", "strides"},
    {"*", "subsample_length", "strides"},
    {"*", "filter_length", "kernel_size"},
    {"*", "dim_ordering", "data_format"},
    {"*", "atrous_rate", "dilation_rate"},
    {"Embedding", "init", "embeddings_initializer"},
    {"Embedding", "W_regularizer", "embeddings_regularizer"},
    {"Embedding", "W_constraint", "embeddings_constraint"},
    {"PReLU", "init", "alpha_initializer"},
    {"*", "init", "kernel_initializer"},
    {"*", "inner_init", "recurrent_initializer"},
    {"*", "inner_activation", "recurrent_activation"},
    {"*", "W_regularizer", "kernel_regularizer"},
    {"*", "U_regularizer", "recurrent_regularizer"},
    {"*", "b_regularizer", "bias_regularizer"},
    {"*", "W_constraint", "kernel_constraint"},
    {"*", "b_constraint", "bias_constraint"},
    {"*", "bias", "use_bias"},
    {"*", "dropout_W", "dropout"},
    {"*", "dropout_U", "recurrent_dropout"},
    {"*", "beta_init", "beta_initializer"},
    {"*", "gamma_init", "gamma_initializer"},
    {"*", "pool_length", "pool_size"},
    {"MaxPooling1D AveragePooling1D", "stride", "strides"},
    {"UpSampling1D", "length", "size"},
    {"Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout", "p", "rate"},
    {"GaussianNoise", "sigma", "stddev"},
    // Keras 2
    {"LeakyReLU", "alpha", "negative_slope"},
    {"ThresholdedReLU", "theta", "threshold"},
    {"Lambda Reshape Permute", "input_dtype", "dtype"},
};

const std::vector<Gone>& gone_arguments() {
  static const std::vector<Gone> table = {
      {"*", "batch_input_shape", nullptr},
      {"*", "input_dtype", nullptr},
      {"*", "input_length", nullptr},
      {"*", "create_input", nullptr},
      {"Dense LSTM GRU SimpleRNN Convolution1D Conv1D TimeDistributedDense", "input_dim", nullptr},
      {kRecurrent, "implementation", nullptr},
      {kRecurrent, "consume_less", nullptr},
      {"LSTM GRU SimpleRNN RNN Bidirectional ConvLSTM2D CuDNNLSTM CuDNNGRU", "time_major", false},
      {"CuDNNLSTM CuDNNGRU", "implementation", nullptr},
      {"DepthwiseConv2D DepthwiseConv1D Conv1DTranspose Conv2DTranspose Conv3DTranspose "
       "SeparableConv1D SeparableConv2D",
       "groups", 1},
      {"DepthwiseConv2D DepthwiseConv1D", "filters", nullptr},
      {"DepthwiseConv2D DepthwiseConv1D", "kernel_initializer", nullptr},
      {"DepthwiseConv2D DepthwiseConv1D", "kernel_regularizer", nullptr},
      {"DepthwiseConv2D DepthwiseConv1D", "kernel_constraint", nullptr},
      {"SeparableConv1D SeparableConv2D", "kernel_initializer", nullptr},
      {"SeparableConv1D SeparableConv2D", "kernel_regularizer", nullptr},
      {"SeparableConv1D SeparableConv2D", "kernel_constraint", nullptr},
      {"MultiHeadAttention", "query_shape", nullptr},
      {"MultiHeadAttention", "key_shape", nullptr},
      {"MultiHeadAttention", "value_shape", nullptr},
      {"MultiHeadAttention", "softmax_robust_masking", false},
      {"InputLayer", "ragged", false},
      {"InputLayer", "sparse", false},
      {"InputLayer", "type_spec", nullptr},
      {"BatchNormalization", "mode", 0},
      {"BatchNormalization", "virtual_batch_size", nullptr},
      {"BatchNormalization", "adjustment", nullptr},
      {"BatchNormalization", "fused", nullptr},
      {"BatchNormalization", "renorm", false},
      {"Embedding", "dropout", 0.0},
      {"Embedding", "sparse", false},
      {"MaxPooling1D AveragePooling1D MaxPooling2D AveragePooling2D", "groups", 1},
      {"Deconvolution2D", "output_shape", nullptr},
      {"Dropout", "input_shape", nullptr},
      {"Add Subtract Multiply Average Maximum Minimum Dot Concatenate", "mode", nullptr},
      {"Bidirectional TimeDistributed", "input_shape", nullptr},
      {"Rescaling Resizing CenterCrop", "input_shape", nullptr},
  };
  return table;
}

void rename(Config& config, std::string_view from, std::string_view to) {
  const Config* value = config.find(from);
  if (value == nullptr) return;
  Config moved = *value;
  config.erase(from);
  if (!config.contains(to)) config.set(to, std::move(moved));
}

bool is_harmless(const Config& value, const Config& harmless) {
  if (value.is_null() || harmless.is_null() || value == harmless) return true;
  return value.is_number() && harmless.is_number() && value.as_double() == harmless.as_double();
}

void drop_gone(const std::string& class_name, Config& config) {
  for (const auto& gone : gone_arguments()) {
    const Config* value = config.find(gone.name);
    if (value == nullptr || !applies(gone.classes, class_name)) continue;
    if (!is_harmless(*value, gone.harmless))
      throw ValueError(str(class_name, ": the argument `", gone.name, "=", *value,
                           "` of an older Keras is not supported: it would change the result."));
    config.erase(gone.name);
  }
}

/// Sizes that Keras 1 spread over several arguments.
void gather_sizes(Config& config, const std::vector<const char*>& from, const char* to) {
  Config sizes = Config::list();
  for (const char* name : from) {
    const Config* value = config.find(name);
    if (value == nullptr) return;
    sizes.as_list().push_back(*value);
  }
  for (const char* name : from) config.erase(name);
  config.set(to, std::move(sizes));
}

/// An initializer's old name in Keras 1.
void modernize_initializer(Config& value) {
  static const std::map<std::string, const char*, std::less<>> names = {
      {"zero", "zeros"},
      {"one", "ones"},
      {"normal", "random_normal"},
      {"uniform", "random_uniform"}};
  if (value.is_string()) {
    if (const auto found = names.find(value.as_string()); found != names.end())
      value = found->second;
    return;
  }
  // Writers of "2.1.6-tf" and the like put a dtype in, which the layer decides anyway.
  Config* config = value.find("config");
  if (config == nullptr || !config->is_dict()) return;
  const std::string class_name = value.get("class_name", "");
  if (class_name.find('>') == std::string::npos) config->erase("dtype");
  config->erase("partition_info");
}

/// {"name": "WeightRegularizer", "l1": 0, "l2": 0.01} of Keras 1.
void modernize_regularizer(Config& value) {
  if (!value.is_dict() || value.contains("class_name") || !value.contains("name")) return;
  value = {{"class_name", "L1L2"},
           {"config", {{"l1", value.get("l1", 0.0)}, {"l2", value.get("l2", 0.0)}}}};
}

/// {"name": "maxnorm", "m": 2, "axis": 0} of Keras 1.
void modernize_constraint(Config& value) {
  if (!value.is_dict() || value.contains("class_name") || !value.contains("name")) return;
  const std::string name = value.get("name", "");
  Config config = value;
  config.erase("name");
  rename(config, "m", "max_value");
  const std::map<std::string, const char*> classes = {
      {"maxnorm", "MaxNorm"}, {"MaxNorm", "MaxNorm"},   {"nonneg", "NonNeg"},
      {"NonNeg", "NonNeg"},   {"unitnorm", "UnitNorm"}, {"UnitNorm", "UnitNorm"}};
  const auto found = classes.find(name);
  value = {{"class_name", found == classes.end() ? name : found->second}, {"config", config}};
}

void modernize_activation(Config& value) {
  if (value.is_string() && value.as_string() == "hard_sigmoid") value = kOldHardSigmoid;
}

void modernize_dtype(Config& config) {
  Config* dtype = config.find("dtype");
  if (dtype == nullptr || !dtype->is_dict()) return;
  const std::string class_name = dtype->get("class_name", "");
  if (class_name != "Policy" && class_name != "PolicyV1") return;
  if (const Config* policy = dtype->find("config")) {
    const std::string name = policy->get("name", "float32");
    *dtype = name == "infer" ? "float32" : name;
  }
}

void modernize_data_format(Config& config) {
  Config* format = config.find("data_format");
  if (format == nullptr || !format->is_string()) return;
  if (format->as_string() == "tf") *format = "channels_last";
  if (format->as_string() == "th") *format = "channels_first";
  if (format->as_string() == "default") config.erase("data_format");
}

/// numpy's numbers and arrays, as Keras 2 wrote them: {"type": "ndarray", "value": 0.3}.
void unwrap_arrays(Config& config) {
  for (auto& [key, value] : config.as_dict()) {
    if (value.is_dict() && value.get("type", "") == "ndarray" && value.contains("value"))
      value = Config(value.at("value"));
  }
}

void modernize_values(Config& config) {
  for (auto& [key, value] : config.as_dict()) {
    const std::string_view name = key;
    if (name.ends_with("_initializer")) modernize_initializer(value);
    if (name.ends_with("_regularizer")) modernize_regularizer(value);
    if (name.ends_with("_constraint")) modernize_constraint(value);
    if (name == "activation" || name == "recurrent_activation") modernize_activation(value);
  }
  // One axis in a list, as TensorFlow's normalizations have it.
  if (Config* axis = config.find("axis"); axis && axis->is_list() && axis->size() == 1)
    *axis = Config(axis->at(std::size_t{0}));
}

void modernize_recurrent(const std::string& class_name, Config& config) {
  if (const Config* forget = config.find("forget_bias_init")) {
    const bool unit = forget->is_string() && forget->as_string() == "one";
    config.erase("forget_bias_init");
    config.set("unit_forget_bias", unit);
  }
  // Before it was an argument, a GRU reset its state before the product.
  if (class_name == "GRU" && !config.contains("reset_after")) config.set("reset_after", false);
  if (class_name == "CuDNNGRU") config.set("reset_after", true);
  const bool cudnn = class_name == "CuDNNGRU" || class_name == "CuDNNLSTM";
  if (cudnn) config.set("recurrent_activation", "sigmoid");
  // Keras 1 and 2 up to 2.2 have this default.
  const bool gated = class_name == "LSTM" || class_name == "GRU" || class_name == "ConvLSTM2D";
  if (gated && !config.contains("recurrent_activation"))
    config.set("recurrent_activation", kOldHardSigmoid);
}

/// Classes by other names, and the mode of Keras 1's Merge.
const std::map<std::string, std::string, std::less<>>& class_names() {
  static const std::map<std::string, std::string, std::less<>> table = {
      {"Model", "Functional"},
      {"Convolution1D", "Conv1D"},
      {"Convolution2D", "Conv2D"},
      {"Convolution3D", "Conv3D"},
      {"AtrousConvolution1D", "Conv1D"},
      {"AtrousConvolution2D", "Conv2D"},
      {"Deconvolution2D", "Conv2DTranspose"},
      {"Deconvolution3D", "Conv3DTranspose"},
      {"Convolution2DTranspose", "Conv2DTranspose"},
      {"SeparableConvolution1D", "SeparableConv1D"},
      {"SeparableConvolution2D", "SeparableConv2D"},
      {"DepthwiseConvolution2D", "DepthwiseConv2D"},
      {"MaxPool1D", "MaxPooling1D"},
      {"MaxPool2D", "MaxPooling2D"},
      {"MaxPool3D", "MaxPooling3D"},
      {"AvgPool1D", "AveragePooling1D"},
      {"AvgPool2D", "AveragePooling2D"},
      {"AvgPool3D", "AveragePooling3D"},
      {"GlobalMaxPool1D", "GlobalMaxPooling1D"},
      {"GlobalMaxPool2D", "GlobalMaxPooling2D"},
      {"GlobalAvgPool1D", "GlobalAveragePooling1D"},
      {"GlobalAvgPool2D", "GlobalAveragePooling2D"},
      {"CuDNNLSTM", "LSTM"},
      {"CuDNNGRU", "GRU"},
      {"LSTMV1", "LSTM"},
      {"GRUV1", "GRU"},
      {"BatchNormalizationV1", "BatchNormalization"},
      {"BatchNormalizationV2", "BatchNormalization"},
      {"SyncBatchNormalization", "BatchNormalization"},
      {"TimeDistributedDense", "Dense"},
      {"ThresholdedReLU", "ReLU"},
  };
  return table;
}

}  // namespace

std::string modern_class_name(const std::string& class_name) {
  const auto found = class_names().find(class_name);
  return found == class_names().end() ? class_name : found->second;
}

void modernize_layer_config(const std::string& class_name, Config& config) {
  if (!config.is_dict()) return;
  unwrap_arrays(config);
  const std::string modern = modern_class_name(class_name);
  if (modern == "Conv2D" || modern == "Conv2DTranspose" || modern == "SeparableConv2D" ||
      modern == "LocallyConnected2D")
    gather_sizes(config, {"nb_row", "nb_col"}, "kernel_size");
  if (modern == "Conv3D")
    gather_sizes(config, {"kernel_dim1", "kernel_dim2", "kernel_dim3"}, "kernel_size");
  for (const auto& row : kRenames)
    if (applies(row.classes, modern) || applies(row.classes, class_name))
      rename(config, row.from, row.to);
  if (class_name == "ThresholdedReLU" && !config.contains("threshold"))
    config.set("threshold", 1.0);
  modernize_recurrent(class_name, config);
  drop_gone(class_name, config);
  if (modern != class_name) drop_gone(modern, config);
  modernize_values(config);
  modernize_data_format(config);
  modernize_dtype(config);
  // Keras 2.0 gave the embedding the dtype of its indices.
  if (modern == "Embedding" && config.get("dtype", "").starts_with("int"))
    config.set("dtype", "float32");
}

}  // namespace keras::saving::legacy
