#include "keras/saving/legacy/legacy_weights.h"

#include <algorithm>
#include <map>

#include "keras/engine/error.h"
#include "keras/engine/tensor/convert.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"
#include "keras/models/model_impl.h"
#include "keras/ops/core.h"
#include "keras/saving/legacy/legacy_config.h"
#include "keras/saving/legacy/weight_layouts.h"
#include "keras/utils/io_utils.h"

namespace keras::saving::legacy {
namespace {

/// A layer's group, not read yet.
struct StoredLayer {
  std::string name;
  std::vector<std::string> weight_names;
  std::vector<Hdf5Dataset> datasets;
};

std::vector<StoredLayer> stored_layers(const Hdf5Group& group) {
  std::vector<StoredLayer> layers;
  for (const auto& name : name_list(group, "layer_names")) {
    const Hdf5Group inner = group.group(name);
    StoredLayer layer{name, name_list(inner, "weight_names"), {}};
    for (const auto& weight : layer.weight_names) layer.datasets.push_back(inner.dataset(weight));
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// "conv/kernel" of "model/conv/kernel:0": the layer's name and the weight's.
std::string short_name(std::string path) {
  if (const std::size_t colon = path.rfind(':'); colon != std::string::npos) path.resize(colon);
  std::size_t slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) slash = path.rfind('/', slash - 1);
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

/// Which stored weight each of a nested model's belongs to. Names tell it where they agree, because
/// the order depends on what was frozen when the file was written; else the order does.
std::vector<std::size_t> places_of(const Variables& weights, const StoredLayer& stored) {
  std::vector<std::size_t> in_order(weights.size());
  for (std::size_t i = 0; i < in_order.size(); ++i) in_order[i] = i;
  std::map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < stored.weight_names.size(); ++i)
    if (!by_name.emplace(short_name(stored.weight_names[i]), i).second) return in_order;
  std::vector<std::size_t> places;
  for (const auto& weight : weights) {
    const auto found = by_name.find(short_name(weight.path()));
    if (found == by_name.end()) return in_order;
    places.push_back(found->second);
    by_name.erase(found);
  }
  return places;
}

class Reader {
 public:
  Reader(const Model& model, const Hdf5Group& group, LegacyWeightsOptions options)
      : model_(model),
        options_(options),
        stored_(stored_layers(group)),
        origin_{keras_generation(text_attribute(group, "keras_version")),
                text_attribute(group, "backend")} {}

  Assignments run() {
    if (options_.by_name) {
      std::map<std::string, Layer> layers;
      for (const auto& layer : model_.layers()) layers.emplace(layer.name(), layer);
      for (std::size_t i = 0; i < stored_.size(); ++i)
        if (const auto found = layers.find(stored_[i].name); found != layers.end())
          assign(found->second, stored_[i], i);
    } else {
      in_order();
    }
    return std::move(out_);
  }

 private:
  void in_order() {
    std::vector<Layer> layers;
    for (const auto& layer : model_.layers())
      if (!legacy_order(layer).empty()) layers.push_back(layer);
    std::erase_if(stored_, [](const StoredLayer& layer) { return layer.weight_names.empty(); });
    if (stored_.size() != layers.size())
      throw ValueError(str("Layer count mismatch when loading weights from file. Model expected ",
                           layers.size(), " layers, found ", stored_.size(), " saved layers."));
    sort_like(layers);
    for (std::size_t i = 0; i < layers.size(); ++i) assign(layers[i], stored_[i], i);
  }

  /// Where both sides have the same names they decide, because graphs of older versions are ordered
  /// in other ways.
  void sort_like(const std::vector<Layer>& layers) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < layers.size(); ++i) places[layers[i].name()] = i;
    for (const auto& layer : stored_)
      if (!places.contains(layer.name)) return;
    if (places.size() != layers.size()) return;
    std::stable_sort(stored_.begin(), stored_.end(),
                     [&](const StoredLayer& a, const StoredLayer& b) {
                       return places.at(a.name) < places.at(b.name);
                     });
  }

  void assign(const Layer& layer, const StoredLayer& stored, std::size_t index) {
    const std::string what = str("layer #", index, " (named ", layer.name(),
                                 " in the current model, ", stored.name, " in the save file)");
    const Variables weights = legacy_order(layer);
    std::int64_t most = 0;
    for (const auto& weight : weights) most += weight.shape().size();
    std::vector<Tensor> values;
    for (const auto& dataset : stored.datasets) {
      // A bias of the cuDNN layers is twice as long as ours.
      const bool too_large = dataset.shape().size() > 2 * most;
      values.push_back(too_large ? Tensor() : read_tensor(dataset, 2 * most));
    }
    if (std::all_of(values.begin(), values.end(), [](const Tensor& t) { return t.defined(); }))
      values = modern_layout(layer, std::move(values), origin_);
    if (values.size() != weights.size()) {
      const std::string text =
          str("Weight count mismatch for ", what, ". Layer expects ", weights.size(),
              " weight(s). Received ", values.size(), " saved weight(s)");
      if (!options_.skip_mismatch) throw ValueError(text);
      return utils::warn("Skipping loading of weights: " + text);
    }
    const bool nested = dynamic_cast<const ModelImpl*>(layer.impl().get()) != nullptr;
    const auto places = nested ? places_of(weights, stored) : std::vector<std::size_t>();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::size_t place = nested ? places[i] : i;
      const Shape& shape =
          values[place].defined() ? values[place].shape() : stored.datasets[place].shape();
      assign_one(weights[i], values[place], shape, what);
    }
  }

  void assign_one(const Variable& weight, const Tensor& value, const Shape& shape,
                  const std::string& what) {
    if (!value.defined() || weight.shape() != shape) {
      const std::string text =
          str("Shape mismatch in ", what, " for weight ", weight.path(), ". Weight expects shape ",
              weight.shape(), ". Received saved weight with shape ", shape);
      if (!options_.skip_mismatch) throw ShapeError(text);
      return utils::warn("Skipping loading of a weight: " + text);
    }
    out_.emplace_back(weight, ops::cast(value, weight.dtype()).eval());
  }

  const Model& model_;
  LegacyWeightsOptions options_;
  std::vector<StoredLayer> stored_;
  WeightOrigin origin_;
  Assignments out_;
};

void append_names(const Config& value, std::vector<std::string>& names) {
  if (value.is_string()) names.push_back(value.as_string());
  if (!value.is_list()) return;
  for (const auto& name : value.as_list()) names.push_back(name.as_string());
}

}  // namespace

std::vector<std::string> name_list(const Hdf5Group& group, const std::string& name) {
  std::vector<std::string> names;
  if (group.has_attribute(name)) {
    append_names(group.attribute(name), names);
    return names;
  }
  for (int i = 0; group.has_attribute(name + std::to_string(i)); ++i)
    append_names(group.attribute(name + std::to_string(i)), names);
  return names;
}

std::string text_attribute(const Hdf5Object& object, const char* name) {
  if (!object.has_attribute(name)) return {};
  const Config value = object.attribute(name);
  return value.is_string() ? value.as_string() : std::string();
}

Tensor read_tensor(const Hdf5Dataset& dataset, std::int64_t most) {
  if (dataset.shape().size() > most)
    throw ShapeError(str("The file's weight ", dataset.path(), " has shape ", dataset.shape(),
                         ", which is larger than what it is for."));
  const auto bytes = static_cast<std::size_t>(dataset.shape().size()) * dtype_size(dataset.dtype());
  return Tensor::from_storage({dataset.shape(), dataset.dtype()}, dataset.read(bytes));
}

Variables legacy_order(const Layer& layer) {
  Variables weights = layer.impl()->trainable_weights();
  for (const auto& weight : layer.impl()->non_trainable_weights()) weights.push_back(weight);
  return weights;
}

Assignments read_legacy_weights(const Model& model, const Hdf5Group& group,
                                LegacyWeightsOptions options) {
  return Reader(model, group, options).run();
}

}  // namespace keras::saving::legacy
