#include "keras/layers/core/lambda.h"

#include <map>
#include <mutex>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"

namespace keras::layers {
namespace {

struct Registered {
  std::mutex mutex;
  std::map<std::string, LambdaFunction> functions;
};

Registered& registered() {
  static Registered functions;
  return functions;
}

LambdaFunction find(const std::string& name) {
  const std::lock_guard lock(registered().mutex);
  const auto found = registered().functions.find(name);
  return found == registered().functions.end() ? nullptr : found->second;
}

class LambdaImpl final : public LayerImpl {
 public:
  LambdaImpl(LambdaFunction function, LambdaOptions options)
      : LayerImpl({"Lambda", options.name, options.trainable, options.dtype}),
        function_(std::move(function)) {
    if (!function_) throw ValueError(str("Lambda \"", name(), "\": the function is empty."));
  }

  Tensors call_list(const Tensors& xs, const CallContext&) override { return function_(xs); }
  std::vector<std::string> call_parameters() const override {
    return {"inputs", "mask", "training"};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("function", from_file_.is_dict() ? from_file_.at("function") : function_by_name());
    if (from_file_.is_dict())
      if (const Config* shape = from_file_.find("output_shape")) config.set("output_shape", *shape);
    config.set("arguments", Config::dict());
    return config;
  }

  /// Keeps what a file says of the function for the next file.
  void keep(Config from_file) { from_file_ = std::move(from_file); }

 private:
  /// A function that is known by the layer's name, as Keras writes it.
  Config function_by_name() const {
    return {{"module", "builtins"},
            {"class_name", "function"},
            {"config", name()},
            {"registered_name", "function"}};
  }

  LambdaFunction function_;
  Config from_file_;
};

/// The name of a Python function; empty for a Python lambda, which has none.
std::string function_name(const Config& function) {
  if (!function.is_dict() || !function.find("config")) return {};
  const Config& named = function.at("config");
  return named.is_string() ? named.as_string() : std::string();
}

}  // namespace

Lambda::Lambda(LambdaFunction function, LambdaOptions options)
    : Layer(std::make_shared<LambdaImpl>(std::move(function), std::move(options))) {}

Lambda Lambda::from_config(const Config& config) {
  ConfigReader reader("Lambda", config);
  const Config function = reader.require("function");
  LambdaOptions options;
  Config from_file = Config::dict();
  from_file.set("function", function);
  // Shapes follow from the function; Python's Keras reads it again.
  if (const Config& shape = reader.get("output_shape"); !shape.is_null())
    from_file.set("output_shape", shape);
  reader.expect("mask", nullptr);
  reader.expect("arguments", Config::dict());
  options = finish_options(reader, std::move(options));
  LambdaFunction found = find(options.name);
  if (!found) found = find(function_name(function));
  if (!found)
    throw ValueError(
        str("Requested the deserialization of a `Lambda` layer, \"", options.name,
            "\", whose `function` is Python code. This carries a potential risk of arbitrary code "
            "execution and it is never run."),
        str("give the layer a C++ function with keras::layers::register_lambda(\"", options.name,
            "\", …) before loading."));
  const Lambda layer(std::move(found), std::move(options));
  static_cast<LambdaImpl&>(*layer.impl()).keep(std::move(from_file));
  return layer;
}

void register_lambda(const std::string& name, LambdaFunction function) {
  if (name.empty() || !function)
    throw ValueError("register_lambda: the name and the function must not be empty.");
  const std::lock_guard lock(registered().mutex);
  registered().functions[name] = std::move(function);
}

}  // namespace keras::layers
