#include "keras/layers/core/reversible_embedding.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class ReversibleEmbeddingImpl final : public LayerImpl {
 public:
  ReversibleEmbeddingImpl(int input_dim, int output_dim, ReversibleEmbeddingOptions options)
      : LayerImpl({"ReversibleEmbedding", options.name, options.trainable, options.dtype}),
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
    embeddings_ = add_weight("embeddings", {input_dim_, output_dim_},
                             {.initializer = options_.embeddings_initializer,
                              .regularizer = options_.embeddings_regularizer,
                              .constraint = options_.embeddings_constraint});
    if (!options_.tie_weights)
      reverse_embeddings_ = add_weight("reverse_embeddings", {output_dim_, input_dim_},
                                       {.initializer = options_.embeddings_initializer});
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
    config.set("quantization_config", nullptr);
    config.set("tie_weights", options_.tie_weights);
    config.set("reverse_dtype",
               options_.reverse_dtype.empty() ? Config() : Config(options_.reverse_dtype));
    config.set("logit_soft_cap",
               options_.logit_soft_cap ? Config(*options_.logit_soft_cap) : Config());
    return config;
  }

 private:
  Tensor vectors(const Tensor& x) const {
    const bool indices = x.dtype() == DType::kInt32 || x.dtype() == DType::kInt64;
    const Tensor out =
        ops::take(computed(embeddings_), indices ? x : ops::cast(x, DType::kInt32), {.axis = 0});
    return options_.mask_zero ? out.with_mask(ops::not_equal(x, 0)) : out;
  }

  Tensor logits(Tensor x) const {
    Tensor kernel = options_.tie_weights ? ops::transpose(computed(embeddings_))
                                         : computed(reverse_embeddings_);
    if (reverse_dtype_) {
      x = ops::cast(x, *reverse_dtype_);
      kernel = ops::cast(kernel, *reverse_dtype_);
    }
    const Tensor out = ops::matmul(x, kernel);
    if (!options_.logit_soft_cap) return out;
    return ops::tanh(out / *options_.logit_soft_cap) * *options_.logit_soft_cap;
  }

  int input_dim_;
  int output_dim_;
  ReversibleEmbeddingOptions options_;
  std::optional<DType> reverse_dtype_;
  Variable embeddings_;
  Variable reverse_embeddings_;
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
  for (const char* key : {"activity_regularizer", "quantization_config"})
    reader.expect(key, nullptr);
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
