#include "keras/saving/legacy/legacy_operations.h"

#include <string>
#include <string_view>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/operation_registry.h"

namespace keras::saving::legacy {
namespace {

/// How a function's arguments become those of keras.ops: tensors stay arguments of the call, the
/// others go into the operation's config under Keras's names.
struct Row {
  std::string_view function;  ///< as TensorFlow's symbol is written
  const char* class_name;
  std::string_view tensors;   ///< names of tensor arguments, for those given by name
  std::string_view settings;  ///< "theirs=ours …"
};

constexpr Row kRows[] = {
    {"__operators__.add", "Add", "x y", ""},
    {"math.add", "Add", "x y", ""},
    {"math.subtract", "Subtract", "x y", ""},
    {"math.multiply", "Multiply", "x y", ""},
    {"math.truediv", "TrueDivide", "x y", ""},
    {"math.divide", "TrueDivide", "x y", ""},
    {"math.floordiv", "FloorDivide", "x y", ""},
    {"math.pow", "Power", "x y", ""},
    {"math.maximum", "Maximum", "x y", ""},
    {"math.minimum", "Minimum", "x y", ""},
    {"math.greater", "Greater", "x y", ""},
    {"math.less", "Less", "x y", ""},
    {"math.equal", "Equal", "x y", ""},
    {"math.not_equal", "NotEqual", "x y", ""},
    {"linalg.matmul", "Matmul", "a b", ""},
    {"math.abs", "Absolute", "x", ""},
    {"math.exp", "Exp", "x", ""},
    {"math.log", "Log", "x", ""},
    {"math.negative", "Negative", "x", ""},
    {"math.sqrt", "Sqrt", "x", ""},
    {"math.rsqrt", "Rsqrt", "x", ""},
    {"math.square", "Square", "x", ""},
    {"math.sin", "Sin", "x", ""},
    {"math.cos", "Cos", "x", ""},
    {"math.tanh", "Tanh", "x", ""},
    {"math.sigmoid", "Sigmoid", "x", ""},
    {"nn.relu", "Relu", "features", ""},
    {"nn.relu6", "Relu6", "features", ""},
    {"nn.softmax", "Softmax", "logits", "axis=axis"},
    {"math.reduce_mean", "Mean", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_sum", "Sum", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_max", "Max", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_min", "Min", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_prod", "Prod", "input_tensor", "axis=axis keepdims=keepdims"},
    {"expand_dims", "ExpandDims", "input", "axis=axis"},
    {"squeeze", "Squeeze", "input", "axis=axis"},
    {"reshape", "Reshape", "tensor", "shape=newshape"},
    {"transpose", "Transpose", "a", "perm=axes"},
    {"compat.v1.transpose", "Transpose", "a", "perm=axes"},
    {"concat", "Concatenate", "values", "axis=axis"},
    {"stack", "Stack", "values", "axis=axis"},
    {"cast", "Cast", "x", "dtype=dtype"},
};

const Row* row_of(const std::string& function) {
  for (const auto& row : kRows)
    if (row.function == function) return &row;
  return nullptr;
}

bool contains_word(std::string_view words, std::string_view word) {
  return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

/// Our name of a setting; empty where the function has none of theirs.
std::string setting_name(std::string_view settings, const std::string& theirs) {
  const std::string padded = " " + std::string(settings) + " ";
  const std::size_t at = padded.find(" " + theirs + "=");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + theirs.size() + 2;
  return padded.substr(begin, padded.find(' ', begin) - begin);
}

void become(Config& entry, const char* class_name, Config config) {
  config.set("name", entry.get("name", ""));
  entry.set("module", ops::operation_module(class_name));
  entry.set("class_name", class_name);
  entry.set("registered_name", class_name);
  entry.set("config", std::move(config));
}

Config& only_call(Config& entry) {
  Config& nodes = *entry.find("inbound_nodes");
  if (nodes.size() != 1)
    throw ValueError(str("The operation \"", entry.get("name", ""),
                         "\" of a TensorFlow graph is called more than once."));
  return nodes.as_list()[0];
}

void modernize_function(Config& entry) {
  const std::string function = entry.at("config").get("function", "");
  const Row* row = row_of(function);
  if (row == nullptr)
    throw ValueError(
        str("TFOpLambda: the TensorFlow function \"", function, "\" has no counterpart here."));
  Config& call = only_call(entry);
  Config settings = Config::dict();
  const Config kwargs = call.at("kwargs");
  for (const auto& [name, value] : kwargs.as_dict()) {
    if (name == "name") continue;
    const std::string setting = setting_name(row->settings, name);
    if (!setting.empty()) {
      settings.set(setting, value);
    } else if (contains_word(row->tensors, name)) {
      call.find("args")->as_list().push_back(value);
    } else if (!(value.is_bool() && !value.as_bool())) {
      throw ValueError(str("TFOpLambda: the argument `", name, "=", value, "` of \"", function,
                           "\" is not supported."));
    }
  }
  call.set("kwargs", Config::dict());
  become(entry, row->class_name, std::move(settings));
}

/// {"start": 0, "stop": 2, "step": null} of a slice, or an index, or an ellipsis.
Config modern_index(const Config& item) {
  if (item.is_dict() && item.contains("start")) {
    Config bounds = Config::list();
    for (const char* key : {"start", "stop", "step"}) bounds.as_list().push_back(item.at(key));
    return {{"class_name", "__slice__"},
            {"config",
             {{"start", bounds.at(std::size_t{0})},
              {"stop", bounds.at(std::size_t{1})},
              {"step", bounds.at(std::size_t{2})}}}};
  }
  return item;
}

void modernize_slicing(Config& entry) {
  Config& call = only_call(entry);
  const Config* spec = call.at("kwargs").find("slice_spec");
  if (spec == nullptr) throw ValueError("SlicingOpLambda: the config has no slice_spec.");
  Config items = Config::list();
  if (spec->is_list()) {
    for (const auto& item : spec->as_list()) items.as_list().push_back(modern_index(item));
  } else {
    items.as_list().push_back(modern_index(*spec));
  }
  call.find("args")->as_list().push_back(std::move(items));
  call.set("kwargs", Config::dict());
  become(entry, "GetItem", Config::dict());
}

}  // namespace

void modernize_operation(Config& entry) {
  const std::string class_name = entry.get("class_name", "");
  if (class_name == "TFOpLambda") {
    modernize_function(entry);
  } else if (class_name == "SlicingOpLambda") {
    modernize_slicing(entry);
  }
}

}  // namespace keras::saving::legacy
