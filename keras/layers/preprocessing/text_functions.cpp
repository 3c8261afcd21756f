#include "keras/layers/preprocessing/text_functions.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {
namespace {

template <typename Function>
class Functions {
 public:
  void add(const char* caller, const std::string& name, Function function) {
    const char* const keras_names[] = {"lower_and_strip_punctuation", "lower", "strip_punctuation",
                                       "whitespace", "character"};
    if (name.empty() || !function)
      throw ValueError(str(caller, ": the name and the function must not be empty."));
    if (std::find(std::begin(keras_names), std::end(keras_names), name) != std::end(keras_names))
      throw ValueError(str(caller, ": \"", name, "\" is one of Keras's own names."),
                       "choose another one, such as \"my_app>clean\".");
    const std::lock_guard lock(mutex_);
    functions_[name] = std::move(function);
  }

  Function find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = functions_.find(name);
    return found == functions_.end() ? nullptr : found->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Function> functions_;
};

Functions<StandardizeFunction>& standardize_functions() {
  static Functions<StandardizeFunction> functions;
  return functions;
}

Functions<SplitFunction>& split_functions() {
  static Functions<SplitFunction> functions;
  return functions;
}

}  // namespace

void register_standardize(const std::string& name, StandardizeFunction function) {
  standardize_functions().add("register_standardize", name, std::move(function));
}

void register_split(const std::string& name, SplitFunction function) {
  split_functions().add("register_split", name, std::move(function));
}

StandardizeFunction find_standardize(const std::string& name) {
  return standardize_functions().find(name);
}

SplitFunction find_split(const std::string& name) { return split_functions().find(name); }

std::optional<std::string> text_function_from_config(const Config& config, const char* argument) {
  if (config.is_null()) return std::nullopt;
  if (config.is_string()) return config.as_string();
  const Config* name = config.is_dict() ? config.find("config") : nullptr;
  if (name && name->is_string()) return name->as_string();
  throw ValueError(str("TextVectorization: `", argument,
                       "` is Python code in this file. This carries a potential risk of arbitrary "
                       "code execution "
                       "and it is never run."),
                   str("save the layer with a function registered by name in Keras, and call "
                       "keras::layers::register_",
                       argument, " with this name before loading."));
}

Config text_function_to_config(const std::optional<std::string>& name, bool is_function) {
  if (!name) return {};
  if (!is_function) return Config(*name);
  return {{"module", "builtins"},
          {"class_name", "function"},
          {"config", *name},
          {"registered_name", "function"}};
}

}  // namespace keras::layers
