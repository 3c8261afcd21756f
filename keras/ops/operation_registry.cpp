#include "keras/ops/operation_registry.h"

#include <map>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::ops {
namespace {

using Apply = std::function<Tensors(const Tensors& arguments, const Config& config)>;

struct Row {
  const char* module;
  Apply apply;
};

constexpr const char* kNumpy = "keras.src.ops.numpy";
constexpr const char* kNn = "keras.src.ops.nn";

Row unary(const char* module, Tensor (*function)(const Tensor&)) {
  return {module,
          [function](const Tensors& in, const Config&) { return Tensors{function(in.at(0))}; }};
}

Row binary(Tensor (*function)(const Tensor&, const Tensor&)) {
  return {kNumpy, [function](const Tensors& in, const Config&) {
            return Tensors{function(in.at(0), in.at(1))};
          }};
}

Axes axes_of(const Config& config) {
  const Config* axis = config.find("axis");
  if (!axis || axis->is_null()) return {};
  if (axis->is_int()) return static_cast<int>(axis->as_int());
  std::vector<int> axes;
  for (const auto& item : axis->as_list()) axes.push_back(static_cast<int>(item.as_int()));
  return axes;
}

Row reduction(Tensor (*function)(const Tensor&, ReduceOptions)) {
  return {kNumpy, [function](const Tensors& in, const Config& config) {
            return Tensors{function(
                in.at(0), {.axis = axes_of(config), .keepdims = config.get("keepdims", false)})};
          }};
}

const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> table = {
      {"Absolute", unary(kNumpy, absolute)},
      {"Add", binary(add)},
      {"Cos", unary(kNumpy, cos)},
      {"Divide", binary(divide)},
      {"Exp", unary(kNumpy, exp)},
      {"Log", unary(kNumpy, log)},
      {"Max", reduction(max)},
      {"Maximum", binary(maximum)},
      {"Mean", reduction(mean)},
      {"Min", reduction(min)},
      {"Minimum", binary(minimum)},
      {"Multiply", binary(multiply)},
      {"Negative", unary(kNumpy, negative)},
      {"Power", binary(power)},
      {"Relu", unary(kNn, relu)},
      {"Sigmoid", unary(kNn, sigmoid)},
      {"Sin", unary(kNumpy, sin)},
      {"Sqrt", unary(kNumpy, sqrt)},
      {"Square", unary(kNumpy, square)},
      {"Subtract", binary(subtract)},
      {"Sum", reduction(sum)},
      {"Tanh", unary(kNumpy, tanh)},
      {"TrueDivide", binary(true_divide)},
  };
  return table;
}

const Row& row_of(const std::string& class_name) {
  const auto row = rows().find(class_name);
  if (row == rows().end())
    throw ValueError(str("The operation ", class_name, " cannot be saved or loaded."));
  return row->second;
}

/// The call's arguments in order, numbers as tensors of their own.
Tensors flat_arguments(const Tensors& tensors, const Config& arguments) {
  Tensors out;
  const auto add_value = [&](const Config& value) {
    if (const Config* index = value.find("tensor")) {
      out.push_back(tensors.at(static_cast<std::size_t>(index->as_int())));
    } else if (value.is_int()) {
      out.emplace_back(value.as_int());
    } else if (value.is_number()) {
      out.emplace_back(value.as_double());
    } else {
      throw ValueError(str("An operation's argument is not supported: ", value));
    }
  };
  for (const auto& value : arguments.at("args").as_list()) add_value(value);
  for (const auto& [key, value] : arguments.at("kwargs").as_dict()) add_value(value);
  return out;
}

}  // namespace

std::string operation_module(const std::string& class_name) { return row_of(class_name).module; }
bool is_known_operation(const std::string& class_name) { return rows().contains(class_name); }

std::function<Tensors(const Tensors&, const Config&)> operation_from_config(
    const std::string& class_name, const Config& config) {
  return [&row = row_of(class_name), config](const Tensors& tensors, const Config& arguments) {
    return row.apply(flat_arguments(tensors, arguments), config);
  };
}

}  // namespace keras::ops
