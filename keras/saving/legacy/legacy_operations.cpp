#include "keras/saving/legacy/legacy_operations.h"

#include <string>
#include <string_view>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/operation_registry.h"
#include "keras/saving/json/json.h"

namespace keras::saving::legacy {
namespace {

/// How a function's arguments become those of keras.ops: tensors stay arguments of the call, the
/// others go into the operation's config under Keras's names.
struct Row {
  std::string_view function;  ///< as TensorFlow's symbol is written
  const char* class_name;
  std::string_view tensors;        ///< names of tensor arguments, for those given by name
  std::string_view settings;       ///< "theirs=ours …"
  std::string_view defaults = {};  ///< JSON of the settings whose default is not Keras's
};

constexpr Row kRows[] = {
    {"__operators__.add", "Add", "x y", ""},
    {"math.add", "Add", "x y", ""},
    {"math.subtract", "Subtract", "x y", ""},
    {"math.multiply", "Multiply", "x y", ""},
    {"math.truediv", "TrueDivide", "x y", ""},
    {"math.divide", "TrueDivide", "x y", ""},
    {"math.divide_no_nan", "DivideNoNan", "x y", ""},
    {"math.floordiv", "FloorDivide", "x y", ""},
    {"compat.v1.floor_div", "FloorDivide", "x y", ""},
    {"math.floormod", "Mod", "x y", ""},
    {"math.mod", "Mod", "x y", ""},
    {"math.pow", "Power", "x y", ""},
    {"math.maximum", "Maximum", "x y", ""},
    {"math.minimum", "Minimum", "x y", ""},
    {"math.greater", "Greater", "x y", ""},
    {"math.greater_equal", "GreaterEqual", "x y", ""},
    {"math.less", "Less", "x y", ""},
    {"math.less_equal", "LessEqual", "x y", ""},
    {"math.equal", "Equal", "x y", ""},
    {"math.not_equal", "NotEqual", "x y", ""},
    {"math.logical_and", "LogicalAnd", "x y", ""},
    {"math.logical_or", "LogicalOr", "x y", ""},
    {"math.logical_not", "LogicalNot", "x", ""},
    {"linalg.matmul", "Matmul", "a b", ""},
    {"math.abs", "Absolute", "x", ""},
    {"math.ceil", "Ceil", "x", ""},
    {"math.cos", "Cos", "x", ""},
    {"math.erf", "Erf", "x", ""},
    {"math.exp", "Exp", "x", ""},
    {"math.expm1", "Expm1", "x", ""},
    {"math.floor", "Floor", "x", ""},
    {"math.log", "Log", "x", ""},
    {"math.log1p", "Log1p", "x", ""},
    {"math.negative", "Negative", "x", ""},
    {"math.reciprocal", "Reciprocal", "x", ""},
    {"math.rsqrt", "Rsqrt", "x", ""},
    {"math.sigmoid", "Sigmoid", "x", ""},
    {"math.sign", "Sign", "x", ""},
    {"math.sin", "Sin", "x", ""},
    {"math.softplus", "Softplus", "features", ""},
    {"math.sqrt", "Sqrt", "x", ""},
    {"math.square", "Square", "x", ""},
    {"math.tan", "Tan", "x", ""},
    {"math.tanh", "Tanh", "x", ""},
    {"nn.elu", "Elu", "features", ""},
    {"nn.gelu", "Gelu", "features", "approximate=approximate", R"({"approximate": false})"},
    {"nn.leaky_relu", "LeakyRelu", "features", "alpha=negative_slope"},
    {"nn.log_softmax", "LogSoftmax", "logits", "axis=axis", R"({"axis": -1})"},
    {"nn.relu", "Relu", "features", ""},
    {"nn.relu6", "Relu6", "features", ""},
    {"nn.selu", "Selu", "features", ""},
    {"nn.sigmoid", "Sigmoid", "x", ""},
    {"nn.silu", "Silu", "features", ""},
    {"nn.softmax", "Softmax", "logits", "axis=axis", R"({"axis": -1})"},
    {"nn.softplus", "Softplus", "features", ""},
    {"nn.softsign", "Softsign", "features", ""},
    {"nn.swish", "Silu", "features", ""},
    {"nn.tanh", "Tanh", "x", ""},
    {"math.argmax", "Argmax", "input", "axis=axis", R"({"axis": 0})"},
    {"math.argmin", "Argmin", "input", "axis=axis", R"({"axis": 0})"},
    {"math.cumsum", "Cumsum", "x", "axis=axis", R"({"axis": 0})"},
    {"math.l2_normalize", "Normalize", "x", "axis=axis epsilon=epsilon", R"({"order": 2})"},
    {"linalg.l2_normalize", "Normalize", "x", "axis=axis epsilon=epsilon", R"({"order": 2})"},
    {"math.reduce_logsumexp", "Logsumexp", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_max", "Max", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_mean", "Mean", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_min", "Min", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_prod", "Prod", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_std", "Std", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_sum", "Sum", "input_tensor", "axis=axis keepdims=keepdims"},
    {"math.reduce_variance", "Var", "input_tensor", "axis=axis keepdims=keepdims"},
    {"broadcast_to", "BroadcastTo", "input", "shape=shape"},
    {"cast", "Cast", "x", "dtype=dtype"},
    {"clip_by_value", "Clip", "t", "clip_value_min=x_min clip_value_max=x_max"},
    {"compat.v1.gather", "Take", "params indices", "axis=axis", R"({"axis": 0})"},
    {"compat.v1.pad", "Pad", "tensor constant_values", "paddings=pad_width mode=mode"},
    {"compat.v1.squeeze", "Squeeze", "input", "axis=axis"},
    {"compat.v1.transpose", "Transpose", "a", "perm=axes"},
    {"concat", "Concatenate", "values", "axis=axis"},
    {"expand_dims", "ExpandDims", "input", "axis=axis"},
    {"gather", "Take", "params indices", "axis=axis", R"({"axis": 0})"},
    {"identity", "Copy", "input", ""},
    {"image.resize", "Resize", "images", "size=size method=interpolation antialias=antialias"},
    {"ones_like", "OnesLike", "input", ""},
    {"pad", "Pad", "tensor constant_values", "paddings=pad_width mode=mode"},
    {"reshape", "Reshape", "tensor", "shape=newshape"},
    {"reverse", "Flip", "tensor", "axis=axis"},
    {"split", "Split", "value", "num_or_size_splits=indices_or_sections axis=axis",
     R"({"axis": 0})"},
    {"squeeze", "Squeeze", "input", "axis=axis"},
    {"stack", "Stack", "values", "axis=axis"},
    {"stop_gradient", "StopGradient", "input", ""},
    {"tile", "Tile", "input", "multiples=repeats"},
    {"transpose", "Transpose", "a", "perm=axes"},
    {"where", "Where", "condition x y", ""},
    {"zeros_like", "ZerosLike", "input", ""},
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

/// Values that are written in another way.
void adapt_settings(const std::string& class_name, Config& settings) {
  if (class_name == "Pad" && settings.contains("mode")) {
    const std::string mode = settings.get("mode", "");
    settings.set("mode", mode == "CONSTANT"    ? "constant"
                         : mode == "REFLECT"   ? "reflect"
                         : mode == "SYMMETRIC" ? "symmetric"
                                               : mode);
  }
  if (class_name != "Split") return;
  // TensorFlow gives the sizes of the parts where Keras gives the places between them.
  const Config* sizes = settings.find("indices_or_sections");
  if (sizes == nullptr || !sizes->is_list()) return;
  Config places = Config::list();
  std::int64_t place = 0;
  for (std::size_t i = 0; i + 1 < sizes->size(); ++i)
    places.as_list().push_back(place += sizes->at(i).as_int());
  settings.set("indices_or_sections", std::move(places));
}

/// What changes nothing may be left out: false, and the batch_dims=0 of a gather.
bool is_idle(const std::string& name, const Config& value) {
  if (value.is_bool()) return !value.as_bool();
  return name == "batch_dims" && value == Config(0);
}

void modernize_function(Config& entry) {
  const std::string function = entry.at("config").get("function", "");
  const Row* row = row_of(function);
  if (row == nullptr)
    throw ValueError(
        str("TFOpLambda: the TensorFlow function \"", function, "\" has no counterpart here."));
  Config& call = only_call(entry);
  Config settings = row->defaults.empty()
                        ? Config::dict()
                        : parse_json(std::string(row->defaults), "the table of functions");
  const Config kwargs = call.at("kwargs");
  for (const auto& [name, value] : kwargs.as_dict()) {
    if (name == "name") continue;
    const std::string setting = setting_name(row->settings, name);
    if (!setting.empty()) {
      settings.set(setting, value);
    } else if (contains_word(row->tensors, name)) {
      call.find("args")->as_list().push_back(value);
    } else if (!is_idle(name, value)) {
      throw ValueError(str("TFOpLambda: the argument `", name, "=", value, "` of \"", function,
                           "\" is not supported."));
    }
  }
  call.set("kwargs", Config::dict());
  adapt_settings(row->class_name, settings);
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
