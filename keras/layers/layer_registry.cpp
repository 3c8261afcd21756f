#include "keras/layers/layer_registry.h"

#include <functional>
#include <map>
#include <mutex>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/attention/attention.h"
#include "keras/layers/attention/group_query_attention.h"
#include "keras/layers/attention/multi_head_attention.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/convolutional/conv_transpose.h"
#include "keras/layers/convolutional/depthwise_conv.h"
#include "keras/layers/convolutional/separable_conv.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/einsum_dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/normalization/group_normalization.h"
#include "keras/layers/normalization/layer_normalization.h"
#include "keras/layers/normalization/rms_normalization.h"
#include "keras/layers/normalization/unit_normalization.h"
#include "keras/layers/pooling/adaptive_pooling.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/regularization/dropout.h"
#include "keras/layers/reshaping/flatten.h"
#include "keras/models/functional.h"
#include "keras/models/sequential.h"
#include "keras/saving/serialization.h"

namespace keras {
namespace {

using FromConfig = std::function<Layer(const Config&)>;

template <typename LayerClass>
Layer make(const Config& config) {
  return LayerClass::from_config(config);
}

/// One row a class: its name in Keras's files.
const std::map<std::string, FromConfig>& rows() {
  static const std::map<std::string, FromConfig> table = {
      {"AdaptiveAveragePooling1D", make<layers::AdaptiveAveragePooling1D>},
      {"AdaptiveAveragePooling2D", make<layers::AdaptiveAveragePooling2D>},
      {"AdaptiveAveragePooling3D", make<layers::AdaptiveAveragePooling3D>},
      {"AdaptiveMaxPooling1D", make<layers::AdaptiveMaxPooling1D>},
      {"AdaptiveMaxPooling2D", make<layers::AdaptiveMaxPooling2D>},
      {"AdaptiveMaxPooling3D", make<layers::AdaptiveMaxPooling3D>},
      {"AdditiveAttention", make<layers::AdditiveAttention>},
      {"Attention", make<layers::Attention>},
      {"AveragePooling1D", make<layers::AveragePooling1D>},
      {"AveragePooling2D", make<layers::AveragePooling2D>},
      {"AveragePooling3D", make<layers::AveragePooling3D>},
      {"BatchNormalization", make<layers::BatchNormalization>},
      {"Conv1D", make<layers::Conv1D>},
      {"Conv1DTranspose", make<layers::Conv1DTranspose>},
      {"Conv2D", make<layers::Conv2D>},
      {"Conv2DTranspose", make<layers::Conv2DTranspose>},
      {"Conv3D", make<layers::Conv3D>},
      {"Conv3DTranspose", make<layers::Conv3DTranspose>},
      {"Dense", make<layers::Dense>},
      {"DepthwiseConv1D", make<layers::DepthwiseConv1D>},
      {"DepthwiseConv2D", make<layers::DepthwiseConv2D>},
      {"Dropout", make<layers::Dropout>},
      {"EinsumDense", make<layers::EinsumDense>},
      {"Flatten", make<layers::Flatten>},
      {"Functional", functional_from_config},
      {"GlobalAveragePooling1D", make<layers::GlobalAveragePooling1D>},
      {"GlobalAveragePooling2D", make<layers::GlobalAveragePooling2D>},
      {"GlobalAveragePooling3D", make<layers::GlobalAveragePooling3D>},
      {"GlobalMaxPooling1D", make<layers::GlobalMaxPooling1D>},
      {"GlobalMaxPooling2D", make<layers::GlobalMaxPooling2D>},
      {"GlobalMaxPooling3D", make<layers::GlobalMaxPooling3D>},
      {"GroupNormalization", make<layers::GroupNormalization>},
      {"GroupQueryAttention", make<layers::GroupQueryAttention>},
      {"GroupedQueryAttention", make<layers::GroupQueryAttention>},
      {"InputLayer", make<layers::InputLayer>},
      {"LayerNormalization", make<layers::LayerNormalization>},
      {"MaxPooling1D", make<layers::MaxPooling1D>},
      {"MaxPooling2D", make<layers::MaxPooling2D>},
      {"MaxPooling3D", make<layers::MaxPooling3D>},
      {"MultiHeadAttention", make<layers::MultiHeadAttention>},
      {"RMSNormalization", make<layers::RMSNormalization>},
      {"SeparableConv1D", make<layers::SeparableConv1D>},
      {"SeparableConv2D", make<layers::SeparableConv2D>},
      {"Sequential", make<Sequential>},
      {"UnitNormalization", make<layers::UnitNormalization>},
  };
  return table;
}

struct Registered {
  std::mutex mutex;
  std::map<std::string, FromConfig> classes;
};

Registered& registered() {
  static Registered classes;
  return classes;
}

}  // namespace

void register_layer(const std::string& registered_name, FromConfig from_config) {
  const std::lock_guard lock(registered().mutex);
  if (rows().contains(registered_name) ||
      !registered().classes.emplace(registered_name, std::move(from_config)).second)
    throw ValueError(str("register_layer: the name \"", registered_name, "\" is taken."));
}

Layer layer_from_config(const std::string& class_name, const Config& config) {
  const auto row = rows().find(class_name);
  if (row != rows().end()) return row->second(config);
  FromConfig from_config;
  {
    const std::lock_guard lock(registered().mutex);
    const auto found = registered().classes.find(class_name);
    if (found != registered().classes.end()) from_config = found->second;
  }
  if (from_config) return from_config(config);
  const auto near = near_matches(class_name, layer_names());
  throw ValueError(str("Unknown layer class: ", class_name, "."),
                   near.empty() ? "register it with keras::register_layer before loading."
                                : str("did you mean ", join(near, ", "), "?"));
}

bool is_known_layer(const std::string& class_name) {
  const std::lock_guard lock(registered().mutex);
  return rows().contains(class_name) || registered().classes.contains(class_name);
}

std::vector<std::string> layer_names() {
  std::vector<std::string> names;
  for (const auto& [name, from_config] : rows()) names.push_back(name);
  return names;
}

}  // namespace keras
