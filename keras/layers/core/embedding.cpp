#include "keras/layers/core/embedding.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/quantizable_layer.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

void check_size(const char* argument, int size) {
  if (size <= 0)
    throw ValueError(
        str("`", argument, "` must be a positive integer. Received: ", argument, "=", size, "."));
}

class EmbeddingImpl final : public QuantizableLayer {
 public:
  EmbeddingImpl(int input_dim, int output_dim, EmbeddingOptions options)
      : QuantizableLayer({"Embedding", options.name, options.trainable, options.dtype},
                         options.quantization_config),
        input_dim_(input_dim),
        output_dim_(output_dim),
        options_(std::move(options)) {
    check_size("input_dim", input_dim);
    check_size("output_dim", output_dim);
    supports_masking_ = options_.mask_zero;
    activity_regularizer_ = options_.activity_regularizer;
    // Whole numbers that come as floats must not be rounded to the compute dtype.
    autocast_ = false;
  }

  void build(const Shapes&) override {
    add_kernel(matrix_layout("embeddings", {input_dim_, output_dim_}, 1),
               {.initializer = options_.embeddings_initializer,
                .regularizer = options_.embeddings_regularizer,
                .constraint = options_.embeddings_constraint});
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    const bool whole = x.dtype() == DType::kInt32 || x.dtype() == DType::kInt64;
    const Tensor indices = whole ? x : ops::cast(x, DType::kInt32);
    if (kernel().quantized) return kernel().quantized->rows(indices, compute_dtype());
    return ops::take(computed(kernel().floats), indices, {.axis = 0});
  }

  Tensor compute_mask(const Tensors& inputs) const override { return ops::not_equal(inputs[0], 0); }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("input_dim", input_dim_);
    config.set("output_dim", output_dim_);
    config.set("embeddings_initializer", options_.embeddings_initializer.serialize());
    config.set("embeddings_regularizer", options_.embeddings_regularizer.serialize());
    config.set("activity_regularizer", options_.activity_regularizer.serialize());
    config.set("embeddings_constraint", options_.embeddings_constraint.serialize());
    config.set("mask_zero", options_.mask_zero);
    if (quantization_config().defined())
      config.set("quantization_config", quantization_config().serialize());
    return config;
  }

 private:
  int input_dim_;
  int output_dim_;
  EmbeddingOptions options_;
};

}  // namespace

Embedding::Embedding(int input_dim, int output_dim, EmbeddingOptions options)
    : Layer(std::make_shared<EmbeddingImpl>(input_dim, output_dim, std::move(options))) {}

Embedding Embedding::from_config(const Config& config) {
  ConfigReader reader("Embedding", config);
  const int input_dim = reader.require_int("input_dim");
  const int output_dim = reader.require_int("output_dim");
  EmbeddingOptions options;
  options.embeddings_initializer =
      initializers::Initializer::deserialize(reader.get("embeddings_initializer"));
  options.embeddings_regularizer =
      regularizers::Regularizer::deserialize(reader.get("embeddings_regularizer"));
  options.activity_regularizer =
      regularizers::Regularizer::deserialize(reader.get("activity_regularizer"));
  options.embeddings_constraint =
      constraints::Constraint::deserialize(reader.get("embeddings_constraint"));
  options.mask_zero = reader.get("mask_zero", false);
  // Keras takes it from older files and does nothing with it.
  reader.get("input_length");
  options.quantization_config =
      quantizers::QuantizationConfig::deserialize(reader.get("quantization_config"));
  return Embedding(input_dim, output_dim, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
