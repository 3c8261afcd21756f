#include "keras/models/sequential.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/core/input_layer.h"
#include "keras/models/model_impl.h"
#include "keras/saving/serialization.h"

namespace keras {
namespace {

class SequentialImpl final : public ModelImpl {
 public:
  explicit SequentialImpl(ModelOptions options) : ModelImpl(std::move(options), "Sequential") {
    autocast_ = false;
  }

  void add(const SequentialItem& item) {
    if (item.input().defined()) {
      add_input(item.input());
    } else if (layers::is_input_layer(item.layer())) {
      add_input(layers::input_layer_tensor(item.layer()));
    } else {
      add_layer(item.layer());
    }
  }

  Layer pop() {
    if (layers_.empty()) throw ValueError(str("There are no layers in the model ", name(), "."));
    const Layer last = layers_.back();
    layers_.pop_back();
    if (!ends_.empty()) ends_.pop_back();
    return last;
  }

  void build(const Shapes& input_shapes) override {
    if (layers_.empty())
      throw ValueError(str("Sequential model ", name(),
                           " cannot be built because it has no "
                           "layers. Call `model.add(layer)`."));
    if (!ends_.empty()) return;
    add_input(Input(input_shapes[0].slice(1)));
  }

  Tensors call_list(const Tensors& xs, const CallContext&) override {
    if (xs.size() != 1)
      throw ValueError(
          str("Sequential model ", name(), " expects one input, received ", xs.size(), "."));
    Tensors values = xs;
    for (const auto& layer : layers_) values = layer.impl()->invoke(values, values.size() != 1, {});
    return values;
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    Config list = Config::list();
    if (!ends_.empty())
      list.as_list().push_back(saving::serialize_operation(history_of(ends_[0]).node->operation));
    for (const auto& layer : layers_) list.as_list().push_back(saving::serialize_layer(layer));
    config.set("layers", list);
    if (!ends_.empty()) config.set("build_input_shape", shape_to_config(ends_[0].shape()));
    return config;
  }
  Config get_build_config() const override {
    if (ends_.empty()) return nullptr;
    return {{"input_shape", shape_to_config(ends_[0].shape())}};
  }

  std::vector<Layer> sublayers() const override { return layers_; }
  Tensors inputs() const override { return ends_.empty() ? Tensors{} : Tensors{ends_.front()}; }
  Tensors outputs() const override { return ends_.empty() ? Tensors{} : Tensors{ends_.back()}; }

 private:
  void add_input(const Tensor& input) {
    if (!ends_.empty())
      throw ValueError(str("Sequential model ", name(),
                           " has already been configured to use input "
                           "shape ",
                           ends_[0].shape(), "."));
    history_of(input);
    ends_.push_back(input);
    for (const auto& layer : layers_) ends_.push_back(layer(ends_.back()));
    if (!layers_.empty()) ensure_built({input.shape()});
  }

  void add_layer(const Layer& layer) {
    if (!layer.defined()) throw ValueError("Sequential: an empty Layer cannot be added.");
    for (const auto& other : layers_)
      if (other.name() == layer.name())
        throw ValueError(str("All layers added to a Sequential model should have unique names. "
                             "Name '",
                             layer.name(),
                             "' is already the name of a layer in this "
                             "model."),
                         "update the `name` argument to pass a unique name.");
    if (!ends_.empty()) ends_.push_back(layer(ends_.back()));
    layers_.push_back(layer);
    if (!ends_.empty()) ensure_built({ends_[0].shape()});
  }

  std::vector<Layer> layers_;
  /// The input and every layer's output, once the input is known.
  Tensors ends_;
};

SequentialImpl& impl_of(const Layer& model) { return static_cast<SequentialImpl&>(*model.impl()); }

}  // namespace

Sequential::Sequential(ModelOptions options)
    : Model(std::make_shared<SequentialImpl>(std::move(options))) {}

Sequential::Sequential(const std::vector<SequentialItem>& layers, ModelOptions options)
    : Sequential(std::move(options)) {
  for (const auto& item : layers) add(item);
}

Sequential Sequential::from_config(const Config& config) {
  ConfigReader reader("Sequential", config);
  Sequential model({.name = reader.name(), .trainable = reader.trainable()});
  for (const auto& layer : reader.require("layers").as_list())
    model.add(saving::deserialize_layer(layer));
  const Config& shape = reader.get("build_input_shape");
  reader.finish();
  if (!shape.is_null() && model.inputs().empty()) model.build(shape_from_config(shape));
  return model;
}

void Sequential::add(const SequentialItem& item) const { impl_of(*this).add(item); }
Layer Sequential::pop() const { return impl_of(*this).pop(); }

}  // namespace keras
