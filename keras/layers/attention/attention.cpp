#include "keras/layers/attention/attention.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::layers {
namespace {

/// What both layers share: everything but the scores.
class DenseAttentionImpl : public LayerImpl {
 public:
  DenseAttentionImpl(const char* class_name, AttentionOptions options)
      : LayerImpl({class_name, options.name, options.trainable, options.dtype}),
        options_(std::move(options)),
        seed_(options_.seed) {
    if (options_.score_mode != "dot" && options_.score_mode != "concat")
      throw ValueError(
          str("Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. Received: "
              "score_mode=",
              options_.score_mode));
    if (!(options_.dropout >= 0 && options_.dropout <= 1))
      throw ValueError(
          str("`dropout` must be a number between 0 and 1. Received: dropout=", options_.dropout));
  }

  std::vector<std::string> call_parameters() const override {
    return {"inputs", "mask", "training", "return_attention_scores", "use_causal_mask"};
  }

  Tensors call_arguments(const CallArguments& call, const CallContext& context) override {
    const Tensors in = call.inputs();
    const Tensor &query = in[0], &value = in[1], &key = in.size() > 2 ? in[2] : value;
    const auto [query_mask, value_mask] = masks_of(call);
    Tensor weights = scores(query, key);
    if (const Tensor mask = score_mask(weights.shape(), value_mask, call); mask.defined()) {
      // The largest float16 where scores are that narrow.
      const double hidden = weights.dtype() == DType::kFloat16 ? 65504.0 : 1e9;
      weights = ops::where(mask, weights, weights - hidden);
    }
    weights = ops::softmax(weights);
    if (context.is_training() && options_.dropout > 0)
      weights = random::dropout(weights, options_.dropout, {.seed = seed_});
    Tensor output = ops::matmul(weights, value);
    if (query_mask.defined()) {
      output = ops::where(ops::expand_dims(query_mask, {.axis = -1}), output, 0.0);
      output = output.with_mask(query_mask);
    }
    if (call.flag("return_attention_scores", false)) return {output, weights};
    return {output};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("use_scale", options_.use_scale);
    if (class_name() == "Attention") config.set("score_mode", options_.score_mode);
    config.set("dropout", options_.dropout);
    config.set("seed", options_.seed ? Config(*options_.seed) : Config());
    return config;
  }

 protected:
  virtual Tensor scores(const Tensor& query, const Tensor& key) = 0;

  Shapes shapes_to_build(const CallArguments& call) const override {
    check_count(call.inputs().size());
    return LayerImpl::shapes_to_build(call);
  }

  void check_count(std::size_t count) const {
    if (count < 2 || count > 3)
      throw ValueError(str(class_name(),
                           " layer accepts inputs list of length 2 or 3, namely [query, value] or "
                           "[query, value, key]. Received length: ",
                           count, "."));
  }

  /// (batch, queries, 1, n) + (batch, 1, keys, n).
  static Tensor sums_of(const Tensor& query, const Tensor& key) {
    return ops::expand_dims(query, {.axis = -2}) + ops::expand_dims(key, {.axis = -3});
  }

  const AttentionOptions& options() const { return options_; }

 private:
  /// The masks of query and value: those that are given, else those of the inputs.
  std::pair<Tensor, Tensor> masks_of(const CallArguments& call) const {
    Tensors masks = call.list("mask");
    if (masks.empty()) {
      for (const auto& input : call.inputs())
        masks.push_back(input.mask() ? *input.mask() : Tensor());
    } else if (masks.size() < 2 || masks.size() > 3) {
      throw ValueError(
          str(class_name(),
              " layer accepts mask list of length 2 or 3. Received length: ", masks.size(), "."));
    }
    for (auto& mask : masks)
      if (mask.defined()) mask = ops::cast(mask, DType::kBool);
    return {masks[0], masks[1]};
  }

  static Tensor score_mask(const Shape& scores, const Tensor& value_mask,
                           const CallArguments& call) {
    Tensor mask;
    if (value_mask.defined()) mask = ops::expand_dims(value_mask, {.axis = -2});
    if (!call.flag("use_causal_mask", false)) return mask;
    return both_masks(mask, causal_mask(scores[-2], scores[-1]));
  }

  AttentionOptions options_;
  random::SeedGenerator seed_;
};

class AttentionImpl final : public DenseAttentionImpl {
 public:
  explicit AttentionImpl(AttentionOptions options)
      : DenseAttentionImpl("Attention", std::move(options)) {}

  void build(const Shapes& shapes) override {
    check_count(shapes.size());
    if (options().use_scale) scale_ = add_weight("scale", {}, {.initializer = "ones"});
    if (options().score_mode == "concat")
      concat_score_weight_ = add_weight("concat_score_weight", {}, {.initializer = "ones"});
  }

 protected:
  Tensor scores(const Tensor& query, const Tensor& key) override {
    if (options().score_mode == "dot") {
      const Tensor products = ops::matmul(query, ops::swapaxes(key, -2, -1));
      return scale_.defined() ? products * computed(scale_) : products;
    }
    Tensor sums = sums_of(query, key);
    if (scale_.defined()) sums = sums * computed(scale_);
    return computed(concat_score_weight_) * ops::sum(ops::tanh(sums), {.axis = -1});
  }

 private:
  Variable scale_;
  Variable concat_score_weight_;
};

class AdditiveAttentionImpl final : public DenseAttentionImpl {
 public:
  explicit AdditiveAttentionImpl(AttentionOptions options)
      : DenseAttentionImpl("AdditiveAttention", std::move(options)) {}

  void build(const Shapes& shapes) override {
    check_count(shapes.size());
    if (!options().use_scale) return;
    if (shapes[0][-1] == kUnknown)
      throw ValueError(
          str("The last dimension of the query of AdditiveAttention must be known. Received: ",
              shapes[0]));
    scale_ = add_weight("scale", {shapes[0][-1]}, {});
  }

 protected:
  Tensor scores(const Tensor& query, const Tensor& key) override {
    const Tensor features = ops::tanh(sums_of(query, key));
    return ops::sum(scale_.defined() ? features * computed(scale_) : features, {.axis = -1});
  }

 private:
  Variable scale_;
};

AttentionOptions common(const AdditiveAttentionOptions& options) {
  return {.use_scale = options.use_scale,
          .score_mode = "dot",
          .dropout = options.dropout,
          .seed = options.seed,
          .name = options.name,
          .trainable = options.trainable,
          .dtype = options.dtype};
}

Tensors call(const Layer& layer, const Tensor& query, const Tensor& value,
             const DenseAttentionCallOptions& options, bool return_attention_scores) {
  Tensors tensors;
  const auto reference = [&](const Tensor& tensor) {
    if (!tensor.defined()) return Config();
    tensors.push_back(tensor);
    return Config{{"tensor", static_cast<std::int64_t>(tensors.size() - 1)}};
  };
  Config inputs = Config::list({reference(query), reference(value)});
  if (options.key.defined()) inputs.as_list().push_back(reference(options.key));
  Config named = Config::dict();
  if (options.query_mask.defined() || options.value_mask.defined()) {
    Config query_mask = reference(options.query_mask), value_mask = reference(options.value_mask);
    named.set("mask", Config::list({std::move(query_mask), std::move(value_mask)}));
  }
  if (options.training) named.set("training", *options.training);
  if (return_attention_scores) named.set("return_attention_scores", true);
  if (options.use_causal_mask) named.set("use_causal_mask", true);
  return layer.impl()->invoke_recorded(
      tensors, {{"args", Config::list({std::move(inputs)})}, {"kwargs", named}});
}

}  // namespace

Attention::Attention(AttentionOptions options)
    : Layer(std::make_shared<AttentionImpl>(std::move(options))) {}

Attention Attention::from_config(const Config& config) {
  ConfigReader reader("Attention", config);
  AttentionOptions options;
  options.use_scale = reader.get("use_scale", false);
  options.score_mode = reader.get("score_mode", "dot");
  options.dropout = reader.get("dropout", 0.0);
  options.seed = reader.get_optional_int("seed");
  return Attention(finish_options(reader, std::move(options)));
}

Tensor Attention::operator()(const Tensor& query, const Tensor& value,
                             DenseAttentionCallOptions options) const {
  return call(*this, query, value, options, false)[0];
}

AttentionResult Attention::with_scores(const Tensor& query, const Tensor& value,
                                       DenseAttentionCallOptions options) const {
  const Tensors out = call(*this, query, value, options, true);
  return {out[0], out[1]};
}

AdditiveAttention::AdditiveAttention(AdditiveAttentionOptions options)
    : Layer(std::make_shared<AdditiveAttentionImpl>(common(options))) {}

AdditiveAttention AdditiveAttention::from_config(const Config& config) {
  ConfigReader reader("AdditiveAttention", config);
  AdditiveAttentionOptions options;
  options.use_scale = reader.get("use_scale", true);
  options.dropout = reader.get("dropout", 0.0);
  options.seed = reader.get_optional_int("seed");
  return AdditiveAttention(finish_options(reader, std::move(options)));
}

Tensor AdditiveAttention::operator()(const Tensor& query, const Tensor& value,
                                     DenseAttentionCallOptions options) const {
  return call(*this, query, value, options, false)[0];
}

AttentionResult AdditiveAttention::with_scores(const Tensor& query, const Tensor& value,
                                               DenseAttentionCallOptions options) const {
  const Tensors out = call(*this, query, value, options, true);
  return {out[0], out[1]};
}

}  // namespace keras::layers
