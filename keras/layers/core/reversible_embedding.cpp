#include "keras/layers/core/reversible_embedding.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/quantizable_layer.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class ReversibleEmbeddingImpl final : public QuantizableLayer {
 public:
  ReversibleEmbeddingImpl(int input_dim, int output_dim, ReversibleEmbeddingOptions options)
      : QuantizableLayer({"ReversibleEmbedding", options.name, options.trainable, options.dtype},
                         options.quantization_config),
        input_dim_(input_dim),
        output_dim_(output_dim),
        options_(std::move(options)) {
    if (input_dim <= 0 || output_dim <= 0)
      throw ValueError(str(
          "`input_dim` and `output_dim` must be positive integers. Received: input_dim=", input_dim,
          ", output_dim=", output_dim, "."));
    if (!options_.reverse_dtype.empty()) reverse_dtype_ = dtype_from_name(options_.reverse_dtype);
    // Whole numbers that come as floats must not be rounded to the compute dtype.
    autocast_ = false;
  }

  std::vector<std::string> call_parameters() const override { return {"inputs", "reverse"}; }

  void build(const Shapes&) override {
    add_kernel(matrix_layout("embeddings", {input_dim_, output_dim_}, 1),
               {.initializer = options_.embeddings_initializer,
                .regularizer = options_.embeddings_regularizer,
                .constraint = options_.embeddings_constraint});
    if (options_.tie_weights) return;
    KernelLayout layout = matrix_layout("reverse_embeddings", {output_dim_, input_dim_}, 0);
    layout.packed_axis = 0;
    layout.own_groups = false;
    add_kernel(std::move(layout), {.initializer = options_.embeddings_initializer});
  }

  Tensors call_arguments(const CallArguments& call, const CallContext&) override {
    const Tensor x = call.tensor("inputs");
    return {call.flag("reverse", false) ? logits(x) : vectors(x)};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("input_dim", input_dim_);
    config.set("output_dim", output_dim_);
    config.set("embeddings_initializer", options_.embeddings_initializer.serialize());
    config.set("embeddings_regularizer", options_.embeddings_regularizer.serialize());
    config.set("activity_regularizer", nullptr);
    config.set("embeddings_constraint", options_.embeddings_constraint.serialize());
    config.set("mask_zero", options_.mask_zero);
    config.set("quantization_config", quantization_config().serialize());
    config.set("tie_weights", options_.tie_weights);
    config.set("reverse_dtype",
               options_.reverse_dtype.empty() ? Config() : Config(options_.reverse_dtype));
    config.set("logit_soft_cap",
               options_.logit_soft_cap ? Config(*options_.logit_soft_cap) : Config());
    return config;
  }

 private:
  /// The kernel of the way back.
  const Kernel& back() const { return kernel(options_.tie_weights ? 0 : 1); }

  Tensor float_product(Tensor x) const {
    Tensor matrix = computed(back().floats);
    if (options_.tie_weights) matrix = ops::transpose(matrix);
    if (reverse_dtype_) {
      x = ops::cast(x, *reverse_dtype_);
      matrix = ops::cast(matrix, *reverse_dtype_);
    }
    return ops::matmul(x, matrix);
  }

  /// In the compute dtype, whatever `reverse_dtype` says, as in Keras.
  Tensor quantized_product(const Tensor& x) const {
    const auto forward = [tied = options_.tie_weights](const Tensor& input, const Tensor& matrix) {
      return ops::matmul(input, tied ? ops::transpose(matrix) : matrix);
    };
    return back().quantized->product(ops::cast(x, compute_dtype()), {.forward = forward},
                                     input_quantizer(true));
  }

  Tensor vectors(const Tensor& x) const {
    const bool whole = x.dtype() == DType::kInt32 || x.dtype() == DType::kInt64;
    const Tensor indices = whole ? x : ops::cast(x, DType::kInt32);
    const Tensor out = kernel().quantized
                           ? kernel().quantized->rows(indices, compute_dtype())
                           : ops::take(computed(kernel().floats), indices, {.axis = 0});
    return options_.mask_zero ? out.with_mask(ops::not_equal(x, 0)) : out;
  }

  Tensor logits(const Tensor& x) const {
    const Tensor out = is_quantized() ? quantized_product(x) : float_product(x);
    if (!options_.logit_soft_cap) return out;
    return ops::tanh(out / *options_.logit_soft_cap) * *options_.logit_soft_cap;
  }

  int input_dim_;
  int output_dim_;
  ReversibleEmbeddingOptions options_;
  std::optional<DType> reverse_dtype_;
};

}  // namespace

ReversibleEmbedding::ReversibleEmbedding(int input_dim, int output_dim,
                                         ReversibleEmbeddingOptions options)
    : Layer(std::make_shared<ReversibleEmbeddingImpl>(input_dim, output_dim, std::move(options))) {}

ReversibleEmbedding ReversibleEmbedding::from_config(const Config& config) {
  ConfigReader reader("ReversibleEmbedding", config);
  const int input_dim = reader.require_int("input_dim");
  const int output_dim = reader.require_int("output_dim");
  ReversibleEmbeddingOptions options;
  options.tie_weights = reader.get("tie_weights", true);
  options.embeddings_initializer =
      initializers::Initializer::deserialize(reader.get("embeddings_initializer"));
  options.embeddings_regularizer =
      regularizers::Regularizer::deserialize(reader.get("embeddings_regularizer"));
  options.embeddings_constraint =
      constraints::Constraint::deserialize(reader.get("embeddings_constraint"));
  options.mask_zero = reader.get("mask_zero", false);
  options.reverse_dtype = reader.get("reverse_dtype", "");
  options.logit_soft_cap = reader.get_optional_double("logit_soft_cap");
  options.quantization_config =
      quantizers::QuantizationConfig::deserialize(reader.get("quantization_config"));
  reader.expect("activity_regularizer", nullptr);
  return ReversibleEmbedding(input_dim, output_dim, finish_options(reader, std::move(options)));
}

Tensor ReversibleEmbedding::operator()(const Tensor& x,
                                       ReversibleEmbeddingCallOptions options) const {
  if (!options.reverse) return Layer::operator()(x);
  Config arguments = single_argument();
  arguments.find("kwargs")->set("reverse", true);
  return impl()->invoke_recorded({x}, arguments)[0];
}

}  // namespace keras::layers
