#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keras/utils/config.h"

namespace keras::layers {

/// A text as it is to be cut into tokens.
using StandardizeFunction = std::function<std::string(std::string_view text)>;
/// A text's tokens.
using SplitFunction = std::function<std::vector<std::string>(std::string_view text)>;

/// Lets TextVectorization take a function as its `standardize`, by this name, such as
/// "my_app>clean"; files hold the name alone, as Keras's hold that of a registered Python function.
/// It may be called from several threads at once. A later one takes the place of an earlier one.
/// Throws ValueError for an empty name or function and for the names that Keras has.
void register_standardize(const std::string& name, StandardizeFunction function);
/// The same for `split`.
void register_split(const std::string& name, SplitFunction function);

/// Empty where nothing has that name.
StandardizeFunction find_standardize(const std::string& name);
SplitFunction find_split(const std::string& name);

/// A value of `argument` in a file: a name, a function's name or nothing. Throws ValueError for a
/// Python lambda.
std::optional<std::string> text_function_from_config(const Config& config, const char* argument);
/// As Keras writes it.
Config text_function_to_config(const std::optional<std::string>& name, bool is_function);

}  // namespace keras::layers
