#include "keras/layers/layer_registry.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <string_view>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/activations/prelu.h"
#include "keras/layers/activations/rectifiers.h"
#include "keras/layers/activations/softmax.h"
#include "keras/layers/attention/attention.h"
#include "keras/layers/attention/group_query_attention.h"
#include "keras/layers/attention/multi_head_attention.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/convolutional/conv_transpose.h"
#include "keras/layers/convolutional/depthwise_conv.h"
#include "keras/layers/convolutional/separable_conv.h"
#include "keras/layers/core/activation.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/einsum_dense.h"
#include "keras/layers/core/embedding.h"
#include "keras/layers/core/identity.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/core/lambda.h"
#include "keras/layers/core/layer_scale.h"
#include "keras/layers/core/masking.h"
#include "keras/layers/core/reversible_embedding.h"
#include "keras/layers/legacy/locally_connected.h"
#include "keras/layers/merging/concatenate.h"
#include "keras/layers/merging/dot.h"
#include "keras/layers/merging/merge.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/normalization/group_normalization.h"
#include "keras/layers/normalization/layer_normalization.h"
#include "keras/layers/normalization/rms_normalization.h"
#include "keras/layers/normalization/spectral_normalization.h"
#include "keras/layers/normalization/unit_normalization.h"
#include "keras/layers/pooling/adaptive_pooling.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/preprocessing/category_encoding.h"
#include "keras/layers/preprocessing/center_crop.h"
#include "keras/layers/preprocessing/color_correction.h"
#include "keras/layers/preprocessing/discretization.h"
#include "keras/layers/preprocessing/hashed_crossing.h"
#include "keras/layers/preprocessing/hashing.h"
#include "keras/layers/preprocessing/image_mixing.h"
#include "keras/layers/preprocessing/integer_lookup.h"
#include "keras/layers/preprocessing/max_num_bounding_boxes.h"
#include "keras/layers/preprocessing/mel_spectrogram.h"
#include "keras/layers/preprocessing/normalization.h"
#include "keras/layers/preprocessing/pipeline.h"
#include "keras/layers/preprocessing/random_brightness.h"
#include "keras/layers/preprocessing/random_color.h"
#include "keras/layers/preprocessing/random_contrast.h"
#include "keras/layers/preprocessing/random_crop.h"
#include "keras/layers/preprocessing/random_filters.h"
#include "keras/layers/preprocessing/random_flip.h"
#include "keras/layers/preprocessing/random_geometry.h"
#include "keras/layers/preprocessing/random_rotation.h"
#include "keras/layers/preprocessing/random_translation.h"
#include "keras/layers/preprocessing/random_zoom.h"
#include "keras/layers/preprocessing/rescaling.h"
#include "keras/layers/preprocessing/resizing.h"
#include "keras/layers/preprocessing/stft_spectrogram.h"
#include "keras/layers/preprocessing/string_lookup.h"
#include "keras/layers/preprocessing/text_vectorization.h"
#include "keras/layers/regularization/activity_regularization.h"
#include "keras/layers/regularization/alpha_dropout.h"
#include "keras/layers/regularization/dropout.h"
#include "keras/layers/regularization/gaussian.h"
#include "keras/layers/regularization/spatial_dropout.h"
#include "keras/layers/regularization/stochastic_depth.h"
#include "keras/layers/reshaping/cropping.h"
#include "keras/layers/reshaping/flatten.h"
#include "keras/layers/reshaping/permute.h"
#include "keras/layers/reshaping/repeat_vector.h"
#include "keras/layers/reshaping/reshape.h"
#include "keras/layers/reshaping/up_sampling.h"
#include "keras/layers/reshaping/zero_padding.h"
#include "keras/layers/rnn/bidirectional.h"
#include "keras/layers/rnn/conv_lstm.h"
#include "keras/layers/rnn/gru.h"
#include "keras/layers/rnn/gru_cell.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/layers/rnn/lstm_cell.h"
#include "keras/layers/rnn/rnn.h"
#include "keras/layers/rnn/simple_rnn.h"
#include "keras/layers/rnn/simple_rnn_cell.h"
#include "keras/layers/rnn/stacked_rnn_cells.h"
#include "keras/layers/rnn/time_distributed.h"
#include "keras/layers/serialization.h"
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

struct Row {
  std::string_view class_name;
  Layer (*from_config)(const Config& config);
};

/// One row a class: its name in Keras's files, in the order of the alphabet.
constexpr Row kRows[] = {
    {"Activation", make<layers::Activation>},
    {"ActivityRegularization", make<layers::ActivityRegularization>},
    {"AdaptiveAveragePooling1D", make<layers::AdaptiveAveragePooling1D>},
    {"AdaptiveAveragePooling2D", make<layers::AdaptiveAveragePooling2D>},
    {"AdaptiveAveragePooling3D", make<layers::AdaptiveAveragePooling3D>},
    {"AdaptiveMaxPooling1D", make<layers::AdaptiveMaxPooling1D>},
    {"AdaptiveMaxPooling2D", make<layers::AdaptiveMaxPooling2D>},
    {"AdaptiveMaxPooling3D", make<layers::AdaptiveMaxPooling3D>},
    {"Add", make<layers::Add>},
    {"AdditiveAttention", make<layers::AdditiveAttention>},
    {"AlphaDropout", make<layers::AlphaDropout>},
    {"Attention", make<layers::Attention>},
    {"AugMix", make<layers::AugMix>},
    {"AutoContrast", make<layers::AutoContrast>},
    {"Average", make<layers::Average>},
    {"AveragePooling1D", make<layers::AveragePooling1D>},
    {"AveragePooling2D", make<layers::AveragePooling2D>},
    {"AveragePooling3D", make<layers::AveragePooling3D>},
    {"BatchNormalization", make<layers::BatchNormalization>},
    {"Bidirectional", make<layers::Bidirectional>},
    {"CategoryEncoding", make<layers::CategoryEncoding>},
    {"CenterCrop", make<layers::CenterCrop>},
    {"Concatenate", make<layers::Concatenate>},
    {"ContrastLimitedAdaptiveHistogramEqualization",
     make<layers::ContrastLimitedAdaptiveHistogramEqualization>},
    {"Conv1D", make<layers::Conv1D>},
    {"Conv1DTranspose", make<layers::Conv1DTranspose>},
    {"Conv2D", make<layers::Conv2D>},
    {"Conv2DTranspose", make<layers::Conv2DTranspose>},
    {"Conv3D", make<layers::Conv3D>},
    {"Conv3DTranspose", make<layers::Conv3DTranspose>},
    {"ConvLSTM1D", make<layers::ConvLSTM1D>},
    {"ConvLSTM2D", make<layers::ConvLSTM2D>},
    {"ConvLSTM3D", make<layers::ConvLSTM3D>},
    {"Cropping1D", make<layers::Cropping1D>},
    {"Cropping2D", make<layers::Cropping2D>},
    {"Cropping3D", make<layers::Cropping3D>},
    {"CutMix", make<layers::CutMix>},
    {"Dense", make<layers::Dense>},
    {"DepthwiseConv1D", make<layers::DepthwiseConv1D>},
    {"DepthwiseConv2D", make<layers::DepthwiseConv2D>},
    {"Discretization", make<layers::Discretization>},
    {"Dot", make<layers::Dot>},
    {"Dropout", make<layers::Dropout>},
    {"ELU", make<layers::ELU>},
    {"EinsumDense", make<layers::EinsumDense>},
    {"Embedding", make<layers::Embedding>},
    {"Equalization", make<layers::Equalization>},
    {"Flatten", make<layers::Flatten>},
    {"Functional", [](const Config& config) -> Layer { return functional_from_config(config); }},
    {"GRU", make<layers::GRU>},
    {"GRUCell", make<layers::GRUCell>},
    {"GaussianDropout", make<layers::GaussianDropout>},
    {"GaussianNoise", make<layers::GaussianNoise>},
    {"GlobalAveragePooling1D", make<layers::GlobalAveragePooling1D>},
    {"GlobalAveragePooling2D", make<layers::GlobalAveragePooling2D>},
    {"GlobalAveragePooling3D", make<layers::GlobalAveragePooling3D>},
    {"GlobalMaxPooling1D", make<layers::GlobalMaxPooling1D>},
    {"GlobalMaxPooling2D", make<layers::GlobalMaxPooling2D>},
    {"GlobalMaxPooling3D", make<layers::GlobalMaxPooling3D>},
    {"GroupNormalization", make<layers::GroupNormalization>},
    {"GroupQueryAttention", make<layers::GroupQueryAttention>},
    {"GroupedQueryAttention", make<layers::GroupQueryAttention>},
    {"HashedCrossing", make<layers::HashedCrossing>},
    {"Hashing", make<layers::Hashing>},
    {"Identity", make<layers::Identity>},
    {"InputLayer", make<layers::InputLayer>},
    {"IntegerLookup", make<layers::IntegerLookup>},
    {"LSTM", make<layers::LSTM>},
    {"LSTMCell", make<layers::LSTMCell>},
    {"Lambda", make<layers::Lambda>},
    {"LayerNormalization", make<layers::LayerNormalization>},
    {"LayerScale", make<layers::LayerScale>},
    {"LeakyReLU", make<layers::LeakyReLU>},
    {"LocallyConnected1D", make<layers::legacy::LocallyConnected1D>},
    {"LocallyConnected2D", make<layers::legacy::LocallyConnected2D>},
    {"Masking", make<layers::Masking>},
    {"MaxNumBoundingBoxes", make<layers::MaxNumBoundingBoxes>},
    {"MaxPooling1D", make<layers::MaxPooling1D>},
    {"MaxPooling2D", make<layers::MaxPooling2D>},
    {"MaxPooling3D", make<layers::MaxPooling3D>},
    {"Maximum", make<layers::Maximum>},
    {"MelSpectrogram", make<layers::MelSpectrogram>},
    {"Minimum", make<layers::Minimum>},
    {"MixUp", make<layers::MixUp>},
    {"MultiHeadAttention", make<layers::MultiHeadAttention>},
    {"Multiply", make<layers::Multiply>},
    {"Normalization", make<layers::Normalization>},
    {"PReLU", make<layers::PReLU>},
    {"Permute", make<layers::Permute>},
    {"Pipeline", make<layers::Pipeline>},
    {"RMSNormalization", make<layers::RMSNormalization>},
    {"RNN", make<layers::RNN>},
    {"RandAugment", make<layers::RandAugment>},
    {"RandomBrightness", make<layers::RandomBrightness>},
    {"RandomColorDegeneration", make<layers::RandomColorDegeneration>},
    {"RandomColorJitter", make<layers::RandomColorJitter>},
    {"RandomContrast", make<layers::RandomContrast>},
    {"RandomCrop", make<layers::RandomCrop>},
    {"RandomElasticTransform", make<layers::RandomElasticTransform>},
    {"RandomErasing", make<layers::RandomErasing>},
    {"RandomFlip", make<layers::RandomFlip>},
    {"RandomGaussianBlur", make<layers::RandomGaussianBlur>},
    {"RandomGrayscale", make<layers::RandomGrayscale>},
    {"RandomHue", make<layers::RandomHue>},
    {"RandomInvert", make<layers::RandomInvert>},
    {"RandomPerspective", make<layers::RandomPerspective>},
    {"RandomPosterization", make<layers::RandomPosterization>},
    {"RandomRotation", make<layers::RandomRotation>},
    {"RandomSaturation", make<layers::RandomSaturation>},
    {"RandomSharpness", make<layers::RandomSharpness>},
    {"RandomShear", make<layers::RandomShear>},
    {"RandomTranslation", make<layers::RandomTranslation>},
    {"RandomZoom", make<layers::RandomZoom>},
    {"ReLU", make<layers::ReLU>},
    {"RepeatVector", make<layers::RepeatVector>},
    {"Rescaling", make<layers::Rescaling>},
    {"Reshape", make<layers::Reshape>},
    {"Resizing", make<layers::Resizing>},
    {"ReversibleEmbedding", make<layers::ReversibleEmbedding>},
    {"STFTSpectrogram", make<layers::STFTSpectrogram>},
    {"SeparableConv1D", make<layers::SeparableConv1D>},
    {"SeparableConv2D", make<layers::SeparableConv2D>},
    {"Sequential", make<Sequential>},
    {"SimpleRNN", make<layers::SimpleRNN>},
    {"SimpleRNNCell", make<layers::SimpleRNNCell>},
    {"Softmax", make<layers::Softmax>},
    {"Solarization", make<layers::Solarization>},
    {"SpatialDropout1D", make<layers::SpatialDropout1D>},
    {"SpatialDropout2D", make<layers::SpatialDropout2D>},
    {"SpatialDropout3D", make<layers::SpatialDropout3D>},
    {"SpectralNormalization", make<layers::SpectralNormalization>},
    {"StackedRNNCells", make<layers::StackedRNNCells>},
    {"StochasticDepth", make<layers::StochasticDepth>},
    {"StringLookup", make<layers::StringLookup>},
    {"Subtract", make<layers::Subtract>},
    {"TextVectorization", make<layers::TextVectorization>},
    {"TimeDistributed", make<layers::TimeDistributed>},
    {"UnitNormalization", make<layers::UnitNormalization>},
    {"UpSampling1D", make<layers::UpSampling1D>},
    {"UpSampling2D", make<layers::UpSampling2D>},
    {"UpSampling3D", make<layers::UpSampling3D>},
    {"ZeroPadding1D", make<layers::ZeroPadding1D>},
    {"ZeroPadding2D", make<layers::ZeroPadding2D>},
    {"ZeroPadding3D", make<layers::ZeroPadding3D>},
};

const Row* find_row(std::string_view class_name) {
  const auto* row =
      std::lower_bound(std::begin(kRows), std::end(kRows), class_name,
                       [](const Row& a, std::string_view b) { return a.class_name < b; });
  return row != std::end(kRows) && row->class_name == class_name ? row : nullptr;
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
  if (find_row(registered_name) ||
      !registered().classes.emplace(registered_name, std::move(from_config)).second)
    throw ValueError(str("register_layer: the name \"", registered_name, "\" is taken."));
}

Layer layer_from_config(const std::string& class_name, const Config& config) {
  if (const Row* row = find_row(class_name)) return row->from_config(config);
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
  return find_row(class_name) || registered().classes.contains(class_name);
}

std::vector<std::string> layer_names() {
  std::vector<std::string> names;
  for (const auto& row : kRows) names.emplace_back(row.class_name);
  return names;
}

namespace layers {

Config serialize(const Layer& layer) { return saving::serialize_layer(layer); }
Layer deserialize(const Config& config) { return saving::deserialize_layer(config); }

activations::Activation activation_from_config(const Config& config) {
  const Config* class_name = config.is_dict() ? config.find("class_name") : nullptr;
  if (!class_name || !class_name->is_string() || !is_known_layer(class_name->as_string()))
    return activations::Activation::from_config(config);
  const Layer layer = deserialize(config);
  return activations::Activation::of_object(
      [layer](const Tensor& x) {
        const Tensor y = layer(x);
        if (!layer.weights().empty())
          throw ValueError(str("The layer \"", layer.name(), "\" (", layer.class_name(),
                               ") has weights and cannot be an `activation` argument."),
                           "call it after the layer instead.");
        return y;
      },
      config);
}

}  // namespace layers
}  // namespace keras
