#include "keras/layers/attention/multi_head_attention.h"

#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/activations/softmax.h"
#include "keras/layers/attention/attention_equations.h"
#include "keras/layers/attention/attention_masks.h"
#include "keras/layers/attention/projection.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/regularization/dropout.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

void check_positive(const char* name, std::int64_t value, const char* expected) {
  if (value <= 0)
    throw ValueError(str("Received an invalid value for argument `", name, "`, expected ", expected,
                         ". Received: ", name, "=", value));
}

class MultiHeadAttentionImpl final : public LayerImpl {
 public:
  MultiHeadAttentionImpl(int num_heads, int key_dim, MultiHeadAttentionOptions options)
      : LayerImpl({"MultiHeadAttention", options.name, options.trainable, options.dtype}),
        num_heads_(num_heads),
        key_dim_(key_dim),
        value_dim_(options.value_dim.value_or(key_dim)),
        axes_(options.attention_axes),
        options_(std::move(options)) {
    check_positive("num_heads", num_heads, "a positive integer");
    check_positive("key_dim", key_dim, "a positive integer");
    check_positive("value_dim", value_dim_, "a positive integer or `None`");
    check_attention_options(options_.sliding_window, options_.dropout, options_.flash_attention);
  }

  std::vector<std::string> call_parameters() const override { return attention_call_parameters(); }
  Shapes shapes_to_build(const CallArguments& call) const override {
    return attention_build_shapes(call);
  }
  Config get_build_config() const override { return attention_build_config(build_shapes()); }
  // Keras's layer deletes the masks of its inputs, which what is called on them later notices.
  bool takes_masks_away() const override { return true; }

  /// `shapes` are those of query, value and, unless it is the value's, key.
  void build(const Shapes& shapes) override {
    if (shapes.size() < 2)
      throw ValueError("MultiHeadAttention is built for the shapes of query and value.");
    const Shape &query = shapes[0], &value = shapes[1],
                &key = shapes.size() > 2 ? shapes[2] : value;
    check_lengths(value, key);
    query_dense_ = project("query", "query_dense", query, {num_heads_, key_dim_});
    key_dense_ = project("key", "key_dense", key, {num_heads_, key_dim_});
    if (options_.use_gate)
      gate_dense_ = project("gate", "_gate_dense", query, {num_heads_, value_dim_});
    value_dense_ = project("value", "value_dense", value, {num_heads_, value_dim_});
    build_attention(value.rank() + 1);
    Shape combined = query;
    combined.erase(combined.rank() - 1);
    combined.push_back(num_heads_);
    combined.push_back(value_dim_);
    const Shape output = options_.output_shape.empty() ? Shape{query[-1]} : options_.output_shape;
    output_dense_ = project("attention_output", "output_dense", combined, output, 2);
  }

  Tensors call_arguments(const CallArguments& call, const CallContext&) override {
    const Tensor query = call.tensor("query"), value = call.tensor("value");
    const Tensor key = call.tensor("key").defined() ? call.tensor("key") : value;
    AttentionMasks masks = attention_masks_of(call, options_.sliding_window);
    if (query.mask()) masks.query = *query.mask();
    const bool with_scores = call.flag("return_attention_scores", false);
    const bool only_causal = masks.only_causal();
    const Tensor mask =
        only_causal ? Tensor() : merge_masks(masks, query.shape()[1], value.shape()[1]);
    auto [output, scores] = attend(query_dense_(query), key_dense_(key), value_dense_(value), mask,
                                   only_causal, with_scores);
    if (options_.use_gate) output = output * gate_dense_(query);
    output = output_dense_(output);
    if (query.mask()) output = output.with_mask(*query.mask());
    return with_scores ? Tensors{output, scores} : Tensors{output};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("num_heads", num_heads_);
    config.set("key_dim", key_dim_);
    config.set("value_dim", value_dim_);
    config.set("dropout", options_.dropout);
    config.set("use_bias", options_.use_bias);
    config.set("use_gate", options_.use_gate);
    config.set("output_shape",
               options_.output_shape.empty() ? Config() : shape_to_config(options_.output_shape));
    config.set("attention_axes", axes_.empty() ? Config() : Config::list_of(axes_));
    config.set("sliding_window",
               options_.sliding_window ? Config(*options_.sliding_window) : Config());
    set_projection_config(options_, config);
    return config;
  }

 private:
  static void check_lengths(const Shape& value, const Shape& key) {
    if (value.slice(1, value.rank() - 1) != key.slice(1, key.rank() - 1))
      throw ValueError(
          str("All dimensions of `value` and `key`, except the last one, must be equal. Received: "
              "value_shape=",
              value, " and key_shape=", key));
  }

  /// A projection of the last `bound` axes of tensors of a shape, built.
  Layer project(const char* projection, const char* attribute, const Shape& shape,
                const Shape& output, int bound = 1) {
    const auto e = projection_equation(shape.rank() - bound, bound, output);
    const Layer layer = track(make_projection(projection, e.equation, e.output_shape, e.bias_axes,
                                              options_, dtype_policy()),
                              attribute);
    layer.build(shape);
    return layer;
  }

  void build_attention(int rank) {
    if (axes_.empty()) {
      axes_.resize(static_cast<std::size_t>(rank - 3));
      std::iota(axes_.begin(), axes_.end(), 1);
    }
    for (int& axis : axes_)
      if (axis < 0) axis += rank - 1;
    equations_ = attention_equations(rank, axes_);
    std::vector<int> last(axes_.size());
    std::iota(last.begin(), last.end(), equations_.scores_rank - static_cast<int>(axes_.size()));
    softmax_ = track(Softmax({.axis = last, .dtype = dtype_policy()}), "_softmax");
    dropout_ = track(Dropout(options_.dropout, {.seed = options_.seed, .dtype = dtype_policy()}),
                     "_dropout_layer");
  }

  AttentionResult attend(const Tensor& query, const Tensor& key, const Tensor& value, Tensor mask,
                         bool causal, bool with_scores) {
    const int axes = static_cast<int>(axes_.size());
    const double scale = 1 / std::sqrt(static_cast<double>(key_dim_));
    if (options_.dropout == 0 && !with_scores && query.rank() == 4) {
      ops::DotProductAttentionOptions how{.scale = scale, .is_causal = causal};
      if (mask.defined()) how.mask = with_head_axes(mask, 4, axes);
      return {ops::dot_product_attention(query, key, value, how), {}};
    }
    if (causal) mask = both_masks(mask, causal_mask(query.shape()[1], value.shape()[1]));
    Tensor scores = ops::einsum(equations_.scores, {key, query * scale});
    if (mask.defined()) scores = scores.with_mask(with_head_axes(mask, scores.rank(), axes));
    scores = softmax_(scores).without_mask();
    return {ops::einsum(equations_.combine, {dropout_(scores), value}), scores};
  }

  std::int64_t num_heads_, key_dim_, value_dim_;
  std::vector<int> axes_;
  MultiHeadAttentionOptions options_;
  AttentionEquations equations_;
  Layer query_dense_, key_dense_, gate_dense_, value_dense_, softmax_, dropout_, output_dense_;
};

}  // namespace

MultiHeadAttention::MultiHeadAttention(int num_heads, int key_dim,
                                       MultiHeadAttentionOptions options)
    : Layer(std::make_shared<MultiHeadAttentionImpl>(num_heads, key_dim, std::move(options))) {}

MultiHeadAttention MultiHeadAttention::from_config(const Config& config) {
  ConfigReader reader("MultiHeadAttention", config);
  const int num_heads = reader.require_int("num_heads");
  const int key_dim = reader.require_int("key_dim");
  MultiHeadAttentionOptions options;
  if (const auto value_dim = reader.get_optional_int("value_dim"))
    options.value_dim = static_cast<int>(*value_dim);
  if (const Config& shape = reader.get("output_shape"); !shape.is_null())
    options.output_shape = shape.is_list() ? shape_from_config(shape) : Shape{shape.as_int()};
  if (const Config& axes = reader.get("attention_axes"); !axes.is_null())
    options.attention_axes = *axes_from_config(axes).value();
  read_attention_config(reader, options);
  return MultiHeadAttention(num_heads, key_dim, finish_options(reader, std::move(options)));
}

Tensor MultiHeadAttention::operator()(const Tensor& query, const Tensor& value,
                                      AttentionCallOptions options) const {
  return call_attention(*this, query, value, options, false)[0];
}

AttentionResult MultiHeadAttention::with_scores(const Tensor& query, const Tensor& value,
                                                AttentionCallOptions options) const {
  const Tensors out = call_attention(*this, query, value, options, true);
  return {out[0], out[1]};
}

}  // namespace keras::layers
