#include "keras/layers/attention/attention_call.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"

namespace keras::layers {

Tensors call_attention(const Layer& layer, const Tensor& query, const Tensor& value,
                       const AttentionCallOptions& options, bool return_attention_scores) {
  if (!query.defined() || !value.defined())
    throw ValueError(str("Layer \"", layer.name(), "\": an input is an empty Tensor."));
  Tensors tensors;
  const auto reference = [&](const Tensor& tensor) {
    tensors.push_back(tensor);
    return Config{{"tensor", static_cast<std::int64_t>(tensors.size() - 1)}};
  };
  Config args = Config::list();
  args.as_list().push_back(reference(query));
  args.as_list().push_back(reference(value));
  Config named = Config::dict();
  for (const auto& [name, tensor] :
       {std::pair{"key", &options.key}, std::pair{"query_mask", &options.query_mask},
        std::pair{"value_mask", &options.value_mask}, std::pair{"key_mask", &options.key_mask},
        std::pair{"attention_mask", &options.attention_mask}})
    if (tensor->defined()) named.set(name, reference(*tensor));
  if (return_attention_scores) named.set("return_attention_scores", true);
  if (options.training) named.set("training", *options.training);
  if (options.use_causal_mask) named.set("use_causal_mask", true);
  return layer.impl()->invoke_recorded(tensors, {{"args", args}, {"kwargs", named}});
}

std::vector<std::string> attention_call_parameters() {
  return {"query",
          "value",
          "key",
          "query_mask",
          "value_mask",
          "key_mask",
          "attention_mask",
          "return_attention_scores",
          "training",
          "use_causal_mask"};
}

Shapes attention_build_shapes(const CallArguments& call) {
  Shapes shapes;
  for (const char* argument : {"query", "value", "key"}) {
    const Tensor tensor = call.tensor(argument);
    if (tensor.defined()) {
      shapes.push_back(tensor.shape());
    } else if (shapes.size() < 2) {
      throw ValueError(str("An attention layer is called with `query` and `value`; there is no `",
                           argument, "`."));
    }
  }
  return shapes;
}

Config attention_build_config(const Shapes& build_shapes) {
  if (build_shapes.empty()) return {};
  const char* const names[] = {"query_shape", "value_shape", "key_shape"};
  Config shapes = Config::dict();
  for (std::size_t i = 0; i < build_shapes.size(); ++i)
    shapes.set(names[i], shape_to_config(build_shapes[i]));
  return {{"shapes_dict", shapes}};
}

Tensor mask_argument(const CallArguments& call, const char* argument, const Tensor& input) {
  const Tensor mask = call.tensor(argument);
  return !mask.defined() && input.defined() && input.mask() ? *input.mask() : mask;
}

AttentionMasks attention_masks_of(const CallArguments& call,
                                  const std::optional<int>& sliding_window) {
  return {.query = {},
          .value = mask_argument(call, "value_mask", call.tensor("value")),
          .key = mask_argument(call, "key_mask", call.tensor("key")),
          .attention = call.tensor("attention_mask"),
          .causal = call.flag("use_causal_mask", false),
          .sliding_window = sliding_window};
}

}  // namespace keras::layers
