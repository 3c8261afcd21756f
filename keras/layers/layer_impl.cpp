#include "keras/layers/layer_impl.h"

#include <algorithm>
#include <utility>

#include "keras/dtype_policies/quantization_mode.h"
#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/layers/quantizable_layer.h"
#include "keras/layers/shared_weights.h"
#include "keras/layers/weights_to_come.h"
#include "keras/ops/numpy.h"
#include "keras/utils/naming.h"

namespace keras {
namespace {

/// The layers whose calls are under way on this thread, outermost first.
struct CallFrame {
  const LayerImpl* layer;
  std::optional<bool> training;
};
thread_local std::vector<CallFrame> call_stack;
thread_local LossScope* loss_scope = nullptr;

class CallScope {
 public:
  CallScope(const LayerImpl* layer, std::optional<bool> training) {
    call_stack.push_back({layer, training});
  }
  ~CallScope() { call_stack.pop_back(); }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;
};

/// Unset where neither the call nor one around it says: then what was recorded counts.
std::optional<bool> resolved_training(const CallContext& context) {
  if (context.training || call_stack.empty()) return context.training;
  return call_stack.back().training;
}

/// Whether a layer is a cell of a recurrent layer.
bool takes_states(const std::vector<std::string>& parameters) {
  return parameters.size() > 1 && parameters[1] == "states";
}

/// Keras's cells take an input and a list of states, where ours take one list.
void part_states(Config& arguments) {
  auto& args = arguments.find("args")->as_list();
  auto& states = args[0].as_list();
  Config input = states.at(0);
  states.erase(states.begin());
  args.insert(args.begin(), std::move(input));
}

Shapes shapes_of(const Tensors& tensors) {
  Shapes shapes;
  for (const auto& tensor : tensors) shapes.push_back(tensor.shape());
  return shapes;
}

void append_once(Variables& into, const Variables& from) {
  for (const auto& variable : from)
    if (std::find(into.begin(), into.end(), variable) == into.end()) into.push_back(variable);
}

}  // namespace

LayerImpl::LayerImpl(LayerBase base)
    : class_name_(std::move(base.class_name)),
      name_(base.name.empty() ? auto_name(class_name_) : std::move(base.name)),
      trainable_(base.trainable),
      policy_(std::move(base.dtype)) {
  if (name_.find('/') != std::string::npos)
    throw ValueError(
        str("Argument `name` must be a string and cannot contain character `/`. "
            "Received: name=",
            name_));
}

Tensor LayerImpl::call(const Tensor&, const CallContext&) {
  throw ValueError(str("The layer class ", class_name_, " has no `call` for one input."));
}

Tensors LayerImpl::call_list(const Tensors& xs, const CallContext& context) {
  if (xs.size() != 1)
    throw ValueError(str("Layer \"", name_, "\" expects 1 input(s), but it received ", xs.size(),
                         " input tensors."));
  return {call(xs[0], context)};
}

Tensor LayerImpl::compute_mask(const Tensors& inputs) const {
  const Tensor* mask = inputs.empty() ? nullptr : inputs[0].mask();
  return mask ? *mask : Tensor();
}

Config LayerImpl::get_config() const {
  return {{"name", name_}, {"trainable", trainable_}, {"dtype", policy_.serialize()}};
}

Config LayerImpl::get_build_config() const {
  if (build_shapes_.empty()) return nullptr;
  if (build_shapes_.size() == 1) return {{"input_shape", shape_to_config(build_shapes_[0])}};
  Config shapes = Config::list();
  for (const auto& shape : build_shapes_) shapes.as_list().push_back(shape_to_config(shape));
  return {{"input_shape", shapes}};
}

Tensors LayerImpl::call_arguments(const CallArguments& arguments, const CallContext& context) {
  return call_list(arguments.inputs(), context);
}

Shapes LayerImpl::shapes_to_build(const CallArguments& arguments) const {
  return shapes_of(arguments.inputs());
}

Tensors LayerImpl::replay(const Tensors& inputs, const Config& arguments,
                          const CallContext& context) {
  const CallArguments bound(name_, call_parameters(), arguments, inputs);
  CallContext own = context;
  // What the model is called with counts more than what this call was recorded with, as in Keras.
  if (!own.training) own.training = bound.training();
  return run(bound, own);
}

Tensors LayerImpl::invoke(const Tensors& inputs, bool as_list, const CallOptions& options) {
  for (const auto& input : inputs)
    if (!input.defined())
      throw ValueError(str("Layer \"", name_, "\": an input is an empty Tensor."));
  Config arguments = as_list ? list_argument(inputs.size()) : single_argument();
  if (as_list && takes_states(call_parameters())) part_states(arguments);
  if (options.training) arguments.find("kwargs")->set("training", *options.training);
  return invoke_recorded(inputs, arguments);
}

Tensors LayerImpl::invoke_recorded(const Tensors& inputs, const Config& arguments) {
  const CallArguments bound(name_, call_parameters(), arguments, inputs);
  const CallContext context{bound.training()};
  if (!any_symbolic(inputs)) return run(bound, context);
  for (const auto& input : inputs) history_of(input);
  check_inputs(name_, input_spec_, bound.inputs());
  ensure_built(shapes_to_build(bound));
  check_inputs(name_, input_spec_, bound.inputs());
  Tensors outputs = record_call(shared_from_this(), inputs, arguments, context);
  nodes_.push_back(history_of(outputs[0]).node);
  return outputs;
}

void LayerImpl::ensure_built(const Shapes& input_shapes) {
  if (built_) return;
  // Weights outlive the function that happens to be traced now.
  const engine::OutsideOfTraces outside;
  const CallScope scope(this, false);
  build_shapes_ = input_shapes;
  for (auto& shape : build_shapes_)
    if (!shape.empty() && !fixed_batch_size_) shape[0] = kUnknown;
  try {
    build(build_shapes_);
  } catch (Error& error) {
    build_shapes_.clear();
    variables_.clear();
    error.add_frame(str(name_, " (", class_name_, ")"));
    throw;
  }
  built_ = true;
}

Tensors LayerImpl::run(const CallArguments& arguments, const CallContext& context) {
  if (const std::string mode = quantization_mode(policy_);
      !mode.empty() && !dynamic_cast<QuantizableLayer*>(this))
    throw ValueError(str("Layer ", class_name_, " does not have a `_", mode,
                         "_call` method implemented. Layer '", name_, "' has dtype_policy='",
                         policy_.name(), "'."));
  if (!built_) {
    check_inputs(name_, input_spec_, arguments.inputs());
    ensure_built(shapes_to_build(arguments));
  }
  check_inputs(name_, input_spec_, arguments.inputs());
  Tensors tensors;
  for (const auto& input : arguments.tensors()) {
    const bool narrow = autocast_ && is_float(input.dtype()) && input.dtype() != compute_dtype();
    Tensor x = narrow ? ops::cast(input, compute_dtype()) : input;
    tensors.push_back(narrow && input.mask() ? x.with_mask(*input.mask()) : x);
  }
  const CallArguments cast = arguments.with_tensors(std::move(tensors)).with_mask_on_input();
  const CallContext own{resolved_training(context)};
  const CallScope scope(this, own.training);
  try {
    Tensors outputs = with_masks(cast.inputs(), call_arguments(cast, own));
    add_activity_loss(outputs);
    return outputs;
  } catch (Error& error) {
    error.add_frame(str(name_, " (", class_name_, ")"));
    throw;
  }
}

Tensors LayerImpl::with_masks(const Tensors& inputs, Tensors outputs) const {
  if (!supports_masking_) return outputs;
  const Tensor mask = compute_mask(inputs);
  if (!mask.defined()) return outputs;
  // What `call` attached itself (a recurrent layer to its sequences) stays.
  for (auto& output : outputs)
    if (!output.mask()) output = output.with_mask(mask);
  return outputs;
}

void LayerImpl::add_activity_loss(const Tensors& outputs) const {
  if (!activity_regularizer_.defined() || !loss_scope) return;
  for (const auto& output : outputs) {
    // Divided by the batch size, so that it weighs the same in batches of all sizes.
    const double batch = static_cast<double>(output.shape()[0]);
    add_loss(activity_regularizer_(output) / batch);
  }
}

void LayerImpl::add_loss(const Tensor& loss) const {
  if (loss_scope) loss_scope->losses_.push_back(loss);
}

void LayerImpl::set_trainable(bool trainable) {
  trainable_ = trainable;
  for (const auto& layer : sublayers()) layer.set_trainable(trainable);
}

Variables LayerImpl::weights() const {
  Variables out;
  if (const auto* shared = dynamic_cast<const SharedWeights*>(this))
    out = shared->variables_in_files();
  append_once(out, variables_);
  for (const auto& layer : sublayers()) append_once(out, layer.weights());
  return out;
}

Variables LayerImpl::trainable_weights() const {
  Variables out;
  if (!trainable_) return out;
  for (const auto& variable : variables_)
    if (variable.trainable()) append_once(out, {variable});
  for (const auto& layer : sublayers()) append_once(out, layer.trainable_weights());
  return out;
}

Variables LayerImpl::non_trainable_weights() const {
  const Variables trainable = trainable_weights();
  Variables out;
  for (const auto& weight : weights())
    if (std::find(trainable.begin(), trainable.end(), weight) == trainable.end())
      out.push_back(weight);
  return out;
}

Variable LayerImpl::add_weight(const std::string& name, const Shape& shape, WeightOptions options) {
  const DType dtype = options.dtype.value_or(variable_dtype());
  const Variable weight(WeightsToCome::expected() ? WeightsToCome::stand_in({shape, dtype})
                                                  : options.initializer(shape, dtype),
                        {.trainable = options.trainable, .name = name});
  std::string path;
  for (const auto& frame : call_stack) path += frame.layer->name() + "/";
  weight.set_path(path + name);
  if (options.regularizer.defined())
    weight.set_regularizer([r = options.regularizer](const Tensor& x) { return r(x); });
  if (options.constraint.defined())
    weight.set_constraint([c = options.constraint](const Tensor& x) { return c(x); });
  const auto place = options.trainable
                         ? std::find_if(variables_.begin(), variables_.end(),
                                        [](const Variable& v) { return !v.trainable(); })
                         : variables_.end();
  variables_.insert(place, weight);
  return weight;
}

void LayerImpl::remove_weight(const Variable& weight) { std::erase(variables_, weight); }

Layer LayerImpl::track(Layer layer, const std::string& attribute) {
  sublayers_.push_back(layer);
  attributes_.push_back(attribute);
  return layer;
}

std::string LayerImpl::attribute_of(const Layer& sublayer) const {
  const auto found = std::find(sublayers_.begin(), sublayers_.end(), sublayer);
  if (found == sublayers_.end()) return {};
  return attributes_[static_cast<std::size_t>(found - sublayers_.begin())];
}

Tensor LayerImpl::computed(const Variable& weight) const {
  return is_float(weight.dtype()) ? ops::cast(weight.value(), compute_dtype()) : weight.value();
}

LossScope::LossScope() : outer_(loss_scope) { loss_scope = this; }
LossScope::~LossScope() { loss_scope = outer_; }

Tensors regularization_losses(const Variables& weights) {
  Tensors losses;
  for (const auto& weight : weights)
    if (weight.trainable() && weight.regularizer())
      losses.push_back(weight.regularizer()(weight.value()));
  return losses;
}

Config shape_to_config(const Shape& shape) {
  Config list = Config::list();
  for (const auto dim : shape) list.as_list().push_back(dim == kUnknown ? Config() : Config(dim));
  return list;
}

Shape shape_from_config(const Config& config) {
  Shape shape;
  for (const auto& dim : config.as_list()) shape.push_back(dim.is_null() ? kUnknown : dim.as_int());
  return shape;
}

}  // namespace keras
