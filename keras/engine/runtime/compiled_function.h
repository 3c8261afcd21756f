#pragma once

#include <functional>
#include <memory>
#include <span>

#include "keras/engine/tensor/tensor.h"

namespace keras {

namespace engine {
class Executable;
}

/// A function of tensors that is traced once for each signature of its arguments (shapes and
/// dtypes) and then runs as prepared kernels. Variables that it reads or assigns are bound in
/// place. The executables of the signatures used last are kept, up to a bound. A handle; copies
/// share.
class CompiledFunction {
 public:
  CompiledFunction() = default;
  explicit CompiledFunction(std::function<Tensors(const Tensors&)> function);

  bool defined() const { return state_ != nullptr; }
  /// Inside another traced function, or where gradients are being taken, runs the function itself.
  Tensors operator()(const Tensors& arguments) const;
  /// The same without an allocation once warm: results that nobody else holds are overwritten.
  /// Throws ValueError when `results` has another length than what the function returns.
  void call(std::span<const Tensor> arguments, std::span<Tensor> results) const;
  /// Traces again at the next call, for functions that depend on more than their arguments.
  void clear() const;
  /// The executable for a signature, compiled if need be: to look at its graph and kernels.
  std::shared_ptr<const engine::Executable> executable(const Specs& arguments) const;

  /// How many signatures are kept.
  static constexpr std::size_t kCacheSize = 16;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// `compile(f)(x)` is f(x), compiled.
CompiledFunction compile(std::function<Tensors(const Tensors&)> function);
/// The same for a function of one tensor with one result.
std::function<Tensor(const Tensor&)> compile(std::function<Tensor(const Tensor&)> function);

}  // namespace keras
