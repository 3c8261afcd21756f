#include "keras/ops/operation.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/tensor/number.h"
#include "keras/engine/text.h"
#include "keras/utils/naming.h"

namespace keras {
namespace {

/// A keras.ops function standing in a functional model.
class FunctionOperation final : public Operation {
 public:
  FunctionOperation(std::string class_name, Config config,
                    std::function<Tensors(const Tensors&)> function)
      : class_name_(std::move(class_name)),
        name_(auto_name(class_name_)),
        config_(std::move(config)),
        function_(std::move(function)) {}

  const std::string& name() const override { return name_; }
  void rename(const std::string& name) override { name_ = name; }
  std::string class_name() const override { return class_name_; }
  Config op_config() const override { return config_; }
  Tensors replay(const Tensors& inputs, const Config&, const CallContext&) override {
    return function_(inputs);
  }

 private:
  std::string class_name_;
  std::string name_;
  Config config_;
  std::function<Tensors(const Tensors&)> function_;
};

Config tensor_reference(std::size_t index) {
  return {{"tensor", static_cast<std::int64_t>(index)}};
}

/// The values as nested lists, as NumPy's tolist gives them.
Config nested_list(const std::vector<Config>& values, const Shape& shape) {
  if (shape.rank() == 0) return values.at(0);
  std::vector<Config> level = values;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    const auto length = static_cast<std::size_t>(shape[axis]);
    const auto count = static_cast<std::size_t>(shape.slice(0, axis).size());
    std::vector<Config> outer;
    for (std::size_t i = 0; i < count; ++i) {
      Config list = Config::list();
      for (std::size_t k = 0; k < length; ++k) list.as_list().push_back(level[i * length + k]);
      outer.push_back(std::move(list));
    }
    level = std::move(outer);
  }
  return level.at(0);
}

/// A tensor that is part of a recorded call, as Keras serializes it; a number stays a number.
Config constant_config(const Tensor& tensor) {
  if (const auto number = engine::exact_number(tensor)) return *number;
  std::vector<Config> values;
  if (is_float(tensor.dtype())) {
    for (const double value : tensor.to_vector<double>()) values.emplace_back(value);
  } else if (tensor.dtype() == DType::kBool) {
    for (const bool value : tensor.to_vector<bool>()) values.emplace_back(value);
  } else {
    for (const std::int64_t value : tensor.to_vector<std::int64_t>()) values.emplace_back(value);
  }
  if (tensor.rank() == 0) return values[0];
  return {
      {"class_name", "__tensor__"},
      {"config",
       {{"value", nested_list(values, tensor.shape())}, {"dtype", dtype_name(tensor.dtype())}}}};
}

/// Arguments that name inputs by their place among all, with each `{"tensor": i}` as it is
/// recorded.
Config with_recorded(const Config& arguments, const Config::List& recorded) {
  if (arguments.is_list()) {
    Config out = Config::list();
    for (const auto& item : arguments.as_list())
      out.as_list().push_back(with_recorded(item, recorded));
    return out;
  }
  if (!arguments.is_dict()) return arguments;
  if (arguments.size() == 1 && arguments.contains("tensor"))
    return recorded.at(static_cast<std::size_t>(arguments.at("tensor").as_int()));
  Config out = Config::dict();
  for (const auto& [key, value] : arguments.as_dict()) out.set(key, with_recorded(value, recorded));
  return out;
}

Config references(std::size_t count) {
  Config list = Config::list();
  for (std::size_t i = 0; i < count; ++i) list.as_list().push_back(tensor_reference(i));
  return list;
}

}  // namespace

const OperationHistory& history_of(const Tensor& tensor) {
  if (!tensor.is_symbolic() || !tensor.node()->history)
    throw ValueError(str("A symbolic tensor is needed, one that descends from Input; received ",
                         tensor.to_string(), "."));
  return static_cast<const OperationHistory&>(*tensor.node()->history);
}

Tensors record_outputs(std::shared_ptr<OperationNode> node) {
  Tensors outputs;
  for (std::size_t i = 0; i < node->output_specs.size(); ++i) {
    auto history = std::make_shared<OperationHistory>();
    history->node = node;
    history->output_index = static_cast<int>(i);
    outputs.push_back(engine::make_symbolic(node->output_specs[i], std::move(history)));
  }
  return outputs;
}

Tensors record_call(std::shared_ptr<Operation> operation, Tensors inputs, Config arguments,
                    const CallContext& context) {
  Specs specs;
  for (const auto& input : inputs) specs.push_back(input.spec());
  auto node = std::make_shared<OperationNode>();
  node->output_specs = engine::abstract_eval(
      [&](const Tensors& stand_ins) { return operation->replay(stand_ins, arguments, context); },
      specs);
  node->call_index = operation->next_call_index();
  node->operation = std::move(operation);
  node->inputs = std::move(inputs);
  node->arguments = std::move(arguments);
  return record_outputs(std::move(node));
}

Config single_argument() {
  return {{"args", Config::list({tensor_reference(0)})}, {"kwargs", Config::dict()}};
}

Config list_argument(std::size_t count) {
  return {{"args", Config::list({references(count)})}, {"kwargs", Config::dict()}};
}

bool any_symbolic(const Tensors& tensors) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const Tensor& tensor) { return tensor.is_symbolic(); });
}

namespace ops {

Tensors emit_all(const engine::Op& op, Tensors inputs, engine::Attrs attrs) {
  if (!any_symbolic(inputs)) return engine::make_call(op, std::move(inputs), std::move(attrs));
  return record_op(std::string(op.name).c_str(), std::move(inputs), Config::dict(),
                   [&op, attrs](const Tensors& in) { return engine::make_call(op, in, attrs); });
}

Tensor emit(const engine::Op& op, Tensors inputs, engine::Attrs attrs) {
  return emit_all(op, std::move(inputs), std::move(attrs))[0];
}

Tensors record_op(const char* class_name, Tensors inputs, Config config,
                  std::function<Tensors(const Tensors&)> function, Config arguments) {
  // Only what descends from Input changes from call to call; the other tensors stay as they are.
  Tensors symbolic;
  std::vector<int> place;
  Config flat = Config::list();
  for (const auto& input : inputs) {
    place.push_back(input.is_symbolic() ? static_cast<int>(symbolic.size()) : -1);
    flat.as_list().push_back(input.is_symbolic() ? tensor_reference(symbolic.size())
                                                 : constant_config(input));
    if (input.is_symbolic()) symbolic.push_back(input);
  }
  arguments = arguments.is_null() ? Config({{"args", flat}, {"kwargs", Config::dict()}})
                                  : with_recorded(arguments, flat.as_list());
  auto replay = [function = std::move(function), inputs = std::move(inputs),
                 place = std::move(place)](const Tensors& in) {
    Tensors all = inputs;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (place[i] >= 0) all[i] = in[static_cast<std::size_t>(place[i])];
    return function(all);
  };
  return record_call(
      std::make_shared<FunctionOperation>(class_name, std::move(config), std::move(replay)),
      std::move(symbolic), std::move(arguments));
}

}  // namespace ops
}  // namespace keras
