#pragma once

#include <string>
#include <string_view>

#include "keras/activations/activation.h"

namespace keras::activations {

struct NamedActivation {
  std::string name;  ///< under which it is saved; not an alias
  Activation::Function function;
};

/// By name or alias, Keras's or registered; an empty function when there is none.
NamedActivation find_activation(std::string_view name);
/// The name of one of Keras's functions, or nothing.
std::string name_of_activation(Tensor (*function)(const Tensor&));

}  // namespace keras::activations
