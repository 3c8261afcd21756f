#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "keras/layers/layer.h"

namespace keras::layers {

/// What a Lambda layer computes: outputs from inputs, by operations alone.
using LambdaFunction = std::function<Tensors(const Tensors&)>;

struct LambdaOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// A function as a layer, without weights. Files hold its name alone, so that they load where the
/// program has called `register_lambda`. Keras: keras.layers.Lambda.
class Lambda : public Layer {
 public:
  explicit Lambda(LambdaFunction function, LambdaOptions options = {});
  /// Of one input and one output: `Lambda([](const Tensor& x) { return x * 2; })`.
  template <typename F>
  requires std::is_invocable_r_v<Tensor, const F&, const Tensor&>
  explicit Lambda(F function, LambdaOptions options = {})
      : Lambda(LambdaFunction(
                   [f = std::move(function)](const Tensors& in) { return Tensors{f(in.at(0))}; }),
               std::move(options)) {}
  /// Throws ValueError unless a function is registered for the layer's name or the function's.
  static Lambda from_config(const Config& config);
};

/// Lets Lambda layers of that name, or of a Python function of that name, load from files with
/// this function; a later one takes the place of an earlier one.
void register_lambda(const std::string& name, LambdaFunction function);
/// Of one input and one output.
template <typename F>
requires std::is_invocable_r_v<Tensor, const F&, const Tensor&>
void register_lambda(const std::string& name, F function) {
  register_lambda(name, LambdaFunction([f = std::move(function)](const Tensors& in) {
                    return Tensors{f(in.at(0))};
                  }));
}

}  // namespace keras::layers
