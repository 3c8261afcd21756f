#include "keras/layers/attention/group_query_attention.h"

#include <cmath>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/activations/softmax.h"
#include "keras/layers/attention/attention_masks.h"
#include "keras/layers/attention/projection.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/regularization/dropout.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/utils/naming.h"

namespace keras::layers {
namespace {

/// Keras exports its class GroupedQueryAttention under another name.
constexpr const char* kPythonName = "GroupedQueryAttention";

class GroupQueryAttentionImpl final : public LayerImpl {
 public:
  GroupQueryAttentionImpl(int head_dim, int num_query_heads, int num_key_value_heads,
                          GroupQueryAttentionOptions options)
      : LayerImpl({"GroupQueryAttention",
                   options.name.empty() ? auto_name(kPythonName) : options.name, options.trainable,
                   options.dtype}),
        head_dim_(head_dim),
        query_heads_(num_query_heads),
        key_heads_(num_key_value_heads),
        options_(std::move(options)) {
    if (head_dim <= 0 || num_query_heads <= 0 || num_key_value_heads <= 0)
      throw ValueError(
          str("`head_dim`, `num_query_heads` and `num_key_value_heads` must be positive. Received: "
              "head_dim=",
              head_dim, ", num_query_heads=", num_query_heads,
              ", num_key_value_heads=", num_key_value_heads));
    if (num_query_heads % num_key_value_heads != 0)
      throw ValueError("`num_query_heads` must be divisible by `num_key_value_heads`.");
    check_attention_options(options_.sliding_window, options_.dropout, options_.flash_attention);
    activity_regularizer_ = options_.activity_regularizer;
  }

  std::string python_class_name() const override { return kPythonName; }
  std::vector<std::string> call_parameters() const override { return attention_call_parameters(); }
  Shapes shapes_to_build(const CallArguments& call) const override {
    return attention_build_shapes(call);
  }
  Config get_build_config() const override { return attention_build_config(build_shapes()); }

  /// `shapes` are those of query, value and, unless it is the value's, key.
  void build(const Shapes& shapes) override {
    check_shapes(shapes);
    const Shape &query = shapes[0], &value = shapes[1],
                &key = shapes.size() > 2 ? shapes[2] : value;
    const Shape heads = {kUnknown, query_heads_, head_dim_};
    const Shape shared = {kUnknown, key_heads_, head_dim_};
    query_dense_ = project("query", "_query_dense", "bqm,muh->bquh", heads, "uh", query);
    key_dense_ = project("key", "_key_dense", "bkm,mvh->bkvh", shared, "vh", key);
    if (options_.use_gate)
      gate_dense_ = project("gate", "_gate_dense", "bqm,muh->bquh", heads, "uh", query);
    value_dense_ = project("value", "_value_dense", "bkm,mvh->bkvh", shared, "vh", value);
    softmax_ = track(Softmax({.axis = -1, .dtype = dtype_policy()}), "_softmax");
    dropout_ = track(Dropout(options_.dropout, {.seed = options_.seed, .dtype = dtype_policy()}),
                     "_dropout_layer");
    output_dense_ =
        project("attention_output", "_output_dense", "bquh,uhm->bqm", {kUnknown, query[-1]}, "m",
                {kUnknown, kUnknown, query_heads_, head_dim_});
  }

  Tensors call_arguments(const CallArguments& call, const CallContext&) override {
    const Tensor query = call.tensor("query"), value = call.tensor("value");
    const Tensor key = call.tensor("key").defined() ? call.tensor("key") : value;
    AttentionMasks masks = attention_masks_of(call, options_.sliding_window);
    masks.query = mask_argument(call, "query_mask", query);
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
    config.set("head_dim", head_dim_);
    config.set("num_query_heads", query_heads_);
    config.set("num_key_value_heads", key_heads_);
    config.set("use_bias", options_.use_bias);
    config.set("use_gate", options_.use_gate);
    config.set("sliding_window",
               options_.sliding_window ? Config(*options_.sliding_window) : Config());
    config.set("dropout", options_.dropout);
    set_projection_config(options_, config);
    return config;
  }

 private:
  static void check_shapes(const Shapes& shapes) {
    if (shapes.size() < 2)
      throw ValueError("GroupQueryAttention is built for the shapes of query and value.");
    for (const auto& shape : shapes)
      if (shape.rank() != 3)
        throw ShapeError(
            str("GroupQueryAttention takes inputs of shape (batch, length, features). Received: ",
                shape));
    if (shapes.size() > 2 && shapes[1][1] != shapes[2][1])
      throw ShapeError(
          str("All dimensions of `value` and `key`, except the last one, must be equal. Received: "
              "value_shape=",
              shapes[1], " and key_shape=", shapes[2]));
  }

  /// A projection, built for inputs of a shape.
  Layer project(const char* projection, const char* attribute, const char* equation,
                const Shape& output, const char* bias_axes, const Shape& input) {
    const Layer layer =
        track(make_projection(projection, equation, output, bias_axes, options_, dtype_policy()),
              attribute);
    layer.build(input);
    return layer;
  }

  AttentionResult attend(const Tensor& query, const Tensor& key, const Tensor& value, Tensor mask,
                         bool causal, bool with_scores) {
    const double scale = 1 / std::sqrt(static_cast<double>(head_dim_));
    if (options_.dropout == 0 && !with_scores) {
      ops::DotProductAttentionOptions how{.scale = scale, .is_causal = causal};
      if (mask.defined()) how.mask = with_head_axes(mask, 4, 1);
      return {ops::dot_product_attention(query, key, value, how), {}};
    }
    if (causal) mask = both_masks(mask, causal_mask(query.shape()[1], value.shape()[1]));
    const auto repeats = static_cast<int>(query_heads_ / key_heads_);
    const Tensor keys = ops::repeat(key, repeats, {.axis = 2});
    const Tensor values = ops::repeat(value, repeats, {.axis = 2});
    Tensor scores = ops::einsum("bquh,bkuh->buqk", {query * scale, keys});
    if (mask.defined()) scores = scores.with_mask(with_head_axes(mask, 4, 1));
    scores = softmax_(scores).without_mask();
    return {ops::einsum("buqk,bkuh->bquh", {dropout_(scores), values}), scores};
  }

  std::int64_t head_dim_, query_heads_, key_heads_;
  GroupQueryAttentionOptions options_;
  Layer query_dense_, key_dense_, gate_dense_, value_dense_, softmax_, dropout_, output_dense_;
};

}  // namespace

GroupQueryAttention::GroupQueryAttention(int head_dim, int num_query_heads, int num_key_value_heads,
                                         GroupQueryAttentionOptions options)
    : Layer(std::make_shared<GroupQueryAttentionImpl>(head_dim, num_query_heads,
                                                      num_key_value_heads, std::move(options))) {}

GroupQueryAttention GroupQueryAttention::from_config(const Config& config) {
  ConfigReader reader("GroupQueryAttention", config);
  const auto size = [&](const char* key) { return static_cast<int>(reader.require(key).as_int()); };
  const int head_dim = size("head_dim"), query_heads = size("num_query_heads");
  const int key_heads = size("num_key_value_heads");
  GroupQueryAttentionOptions options;
  read_attention_config(reader, options);
  return GroupQueryAttention(head_dim, query_heads, key_heads,
                             finish_options(reader, std::move(options)));
}

Tensor GroupQueryAttention::operator()(const Tensor& query, const Tensor& value,
                                       AttentionCallOptions options) const {
  return call_attention(*this, query, value, options, false)[0];
}

AttentionResult GroupQueryAttention::with_scores(const Tensor& query, const Tensor& value,
                                                 AttentionCallOptions options) const {
  const Tensors out = call_attention(*this, query, value, options, true);
  return {out[0], out[1]};
}

}  // namespace keras::layers
