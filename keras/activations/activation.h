#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras::activations {

/// An `activation` argument: one of Keras's names ("relu", "swish"), a function of a tensor, or
/// nothing, which is linear. Keras: keras.activations.get.
class Activation {
 public:
  using Function = std::function<Tensor(const Tensor&)>;

  Activation() : Activation("linear") {}
  Activation(std::nullptr_t) : Activation() {}
  /// Throws ValueError for a name that is neither Keras's nor registered.
  Activation(std::string_view name);
  Activation(const char* name) : Activation(std::string_view(name)) {}
  Activation(const std::string& name) : Activation(std::string_view(name)) {}
  /// One of `keras::activations` knows its name; any other function has none.
  Activation(Tensor (*function)(const Tensor&));
  template <typename F>
  requires(std::invocable<const F&, const Tensor&>&& std::is_class_v<F> &&
           !std::same_as<F, Activation>) Activation(F function)
      : function_(std::move(function)) {}

  Tensor operator()(const Tensor& x) const { return function_(x); }
  /// The name under which it is saved; empty for a function that was not registered.
  const std::string& name() const { return name_; }
  bool is_linear() const { return name_ == "linear"; }

  /// As a model file holds it: the name. Throws ValueError for a function without one.
  Config config() const;
  /// From what `config` or Python's Keras wrote; null is linear.
  static Activation from_config(const Config& config);
  /// An object that acts as an activation, such as a layer, with what a model file holds of it.
  static Activation of_object(Function function, Config config);

 private:
  Function function_;
  std::string name_;
  Config config_;  ///< of an object
};

/// Makes a function known under a name such as "my_app>double_relu", so that a model that uses it
/// can be saved and loaded. Throws ValueError for one of Keras's names.
void register_activation(const std::string& name, Activation::Function function);

/// Keras's names and the registered ones, sorted.
std::vector<std::string> activation_names();

}  // namespace keras::activations
