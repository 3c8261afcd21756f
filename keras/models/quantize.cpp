#include <algorithm>
#include <regex>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/quantizable_layer.h"
#include "keras/models/model.h"
#include "keras/models/model_impl.h"
#include "keras/utils/io_utils.h"

namespace keras {
namespace {

std::regex compiled(const std::string& pattern) {
  try {
    return std::regex(pattern);
  } catch (const std::regex_error&) {
    throw ValueError(
        str("The `filters` argument must be a regex string, a list of regex strings, "
            "or a callable. Received: '",
            pattern, "'"));
  }
}

/// Layers that hold no others, each once, in the order of the models.
void collect_leaves(const Layer& layer, std::vector<Layer>& visited, std::vector<Layer>& leaves) {
  if (std::find(visited.begin(), visited.end(), layer) != visited.end()) return;
  visited.push_back(layer);
  const std::vector<Layer> inside = layer.impl()->sublayers();
  if (inside.empty()) leaves.push_back(layer);
  for (const auto& inner : inside) collect_leaves(inner, visited, leaves);
}

void forget_functions(const std::vector<Layer>& layers) {
  for (const auto& layer : layers)
    if (auto* trainer = dynamic_cast<Trainer*>(layer.impl().get())) trainer->forget_functions();
}

}  // namespace

LayerFilter::LayerFilter(const std::vector<std::string>& patterns) {
  std::vector<std::regex> expressions;
  for (const auto& pattern : patterns) expressions.push_back(compiled(pattern));
  function_ = [expressions = std::move(expressions)](const Layer& layer) {
    return std::any_of(expressions.begin(), expressions.end(), [&](const std::regex& expression) {
      return std::regex_search(layer.name(), expression);
    });
  };
}

void Model::quantize(const std::string& mode, ModelQuantizeOptions options) const {
  const auto config = quantizers::validate_and_resolve_config(mode, options.config);
  std::vector<Layer> visited, leaves;
  collect_leaves(*this, visited, leaves);
  forget_functions(visited);
  for (const auto& layer : leaves) {
    if (!options.filters(layer)) continue;
    if (dynamic_cast<QuantizableLayer*>(layer.impl().get())) {
      layer.quantize(mode, {.config = config});
    } else {
      utils::warn(
          str("Layer ", layer.class_name(), " does not have a `quantize` method implemented."));
    }
  }
}

}  // namespace keras
