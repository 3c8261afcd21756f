#include "keras/models/model.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/models/functional.h"
#include "keras/models/model_impl.h"
#include "keras/models/summary.h"
#include "keras/saving/json/json.h"
#include "keras/saving/saving_api.h"
#include "keras/saving/serialization.h"

namespace keras {
namespace {

std::vector<std::string> operation_names(const Tensors& tensors) {
  std::vector<std::string> names;
  for (const auto& tensor : tensors) names.push_back(history_of(tensor).node->operation->name());
  return names;
}

Model handle_of(const ModelImpl& impl) {
  const auto shared = std::const_pointer_cast<LayerImpl>(impl.shared_from_this());
  return Model(std::static_pointer_cast<ModelImpl>(shared));
}

}  // namespace

ModelImpl::ModelImpl(ModelOptions options, std::string class_name)
    : Trainer({std::move(class_name), std::move(options.name), options.trainable}) {
  supports_masking_ = true;
}

std::vector<std::string> ModelImpl::input_names() const { return operation_names(inputs()); }
std::vector<std::string> ModelImpl::output_names() const { return operation_names(outputs()); }
void ModelImpl::save(const std::string& filepath) const { save_model(handle_of(*this), filepath); }
void ModelImpl::save_weights(const std::string& filepath) const {
  keras::save_weights(handle_of(*this), filepath);
}

Model::Model(std::shared_ptr<ModelImpl> impl) : Layer(std::move(impl)) {}
Model::Model(const Data& inputs, const Data& outputs, ModelOptions options)
    : Layer(make_functional(ModelEnds(inputs), ModelEnds(outputs), std::move(options))) {}

Tensors Model::call_list(const NamedTensors& xs, CallOptions options) const {
  ModelImpl& impl = model_impl();
  const Data ordered = Data(xs).in_order_of(impl.input_keys(), "inputs");
  Config arguments = {{"args", Config::list({Config::dict()})}, {"kwargs", Config::dict()}};
  Config& named = arguments.find("args")->as_list()[0];
  for (std::size_t i = 0; i < ordered.size(); ++i)
    named.set(ordered.names()[i], Config::dict({{"tensor", static_cast<std::int64_t>(i)}}));
  if (options.training) arguments.find("kwargs")->set("training", *options.training);
  return impl.invoke_recorded(ordered.tensors(), arguments);
}

Tensor Model::operator()(const NamedTensors& xs, CallOptions options) const {
  const Tensors outputs = call_list(xs, options);
  if (outputs.size() != 1)
    throw ValueError(str("Model \"", name(), "\" has ", outputs.size(), " outputs."),
                     "call it through call_list or call_map.");
  return outputs[0];
}

TensorMap Model::call_map(const Data& xs, CallOptions options) const {
  if (!xs.is_named()) return by_name(impl_->invoke(xs.tensors(), !xs.is_single(), options));
  NamedTensors named;
  for (std::size_t i = 0; i < xs.size(); ++i) named.emplace_back(xs.names()[i], xs[i]);
  return by_name(call_list(named, options));
}

TensorMap Model::by_name(const Tensors& outputs) const {
  const auto keys = model_impl().output_keys();
  if (keys.size() != outputs.size())
    throw ValueError(str("The outputs of model \"", name(), "\" have no names."));
  TensorMap named;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (!named.emplace(keys[i], outputs[i]).second)
      throw ValueError(
          str("Two outputs of model \"", name(), "\" have the name \"", keys[i], "\"."),
          "make the model with a dictionary of outputs.");
  return named;
}

Tensor Model::input() const {
  const Tensors all = inputs();
  return all.size() == 1 ? all[0] : Layer::input();
}
Tensor Model::output() const {
  const Tensors all = outputs();
  return all.size() == 1 ? all[0] : Layer::output();
}

ModelImpl& Model::model_impl() const { return static_cast<ModelImpl&>(*impl_); }
std::vector<Layer> Model::layers() const { return model_impl().layers(); }
Tensors Model::inputs() const { return model_impl().inputs(); }
Tensors Model::outputs() const { return model_impl().outputs(); }
std::vector<std::string> Model::input_names() const { return model_impl().input_names(); }
std::vector<std::string> Model::output_names() const { return model_impl().output_names(); }

Layer Model::get_layer(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& layer : layers()) {
    if (layer.name() == name) return layer;
    names.push_back(layer.name());
  }
  throw ValueError(
      str("No such layer: ", name, ". Existing layers are: [", join(names, ", "), "]."));
}

Layer Model::get_layer(int index) const {
  const auto all = layers();
  const int count = static_cast<int>(all.size());
  if (index < -count || index >= count)
    throw ValueError(str("Was asked to retrieve layer at index ", index, " but model only has ",
                         count, " layers."));
  return all[static_cast<std::size_t>(index < 0 ? index + count : index)];
}

void Model::summary(SummaryOptions options) const { print_summary(*this, options); }

std::string Model::to_json(int indent) const {
  return saving::dump_json(saving::serialize_layer(*this), indent);
}

}  // namespace keras
