#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras::initializers {

/// What an initializer of one's own derives from.
class InitializerImpl {
 public:
  virtual ~InitializerImpl() = default;
  /// Keras's class name, or one such as "my_app>Mine" for a registered class.
  virtual std::string class_name() const = 0;
  virtual Config get_config() const { return Config::dict(); }
  virtual Tensor call(const Shape& shape, DType dtype) const = 0;
};

/// An `initializer` argument: one of Keras's names ("he_normal", "GlorotUniform"), an object, a
/// function of shape and dtype, a tensor that has the values, or nothing (Keras's None). A handle;
/// copies share. Keras: keras.initializers.get.
class Initializer {
 public:
  using Function = std::function<Tensor(const Shape&, DType)>;

  /// None; `defined()` is false.
  Initializer() = default;
  Initializer(std::nullptr_t) {}
  /// Throws ValueError for a name that is neither Keras's nor registered.
  Initializer(std::string_view name);
  Initializer(const char* name) : Initializer(std::string_view(name)) {}
  Initializer(const std::string& name) : Initializer(std::string_view(name)) {}
  /// The tensor's values, for a variable of exactly its shape.
  Initializer(const Tensor& values);
  Initializer(std::shared_ptr<const InitializerImpl> impl) : impl_(std::move(impl)) {}
  template <typename F>
  requires(std::invocable<const F&, const Shape&, DType> && !std::derived_from<F, Initializer>)
      Initializer(F function)
      : Initializer(from_function(std::move(function))) {}

  bool defined() const { return impl_ != nullptr; }
  /// The values of a new variable. Throws ValueError for a shape that the initializer cannot fill.
  Tensor operator()(const Shape& shape, DType dtype = DType::kFloat32) const;
  std::string class_name() const;
  Config get_config() const;
  /// {"module": "keras.initializers", "class_name", "config", "registered_name"}; null for None.
  /// Throws ValueError for a function or a tensor, which have no name.
  Config serialize() const;
  /// From what `serialize` or Python's Keras wrote, or from a name; null is None.
  static Initializer deserialize(const Config& config);

 private:
  static Initializer from_function(Function function);

  std::shared_ptr<const InitializerImpl> impl_;
};

/// Makes a class known under a name such as "my_app>Mine", so that files that name it load.
void register_initializer(const std::string& name,
                          std::function<Initializer(const Config&)> from_config);

/// Keras's class names.
std::vector<std::string> initializer_names();

}  // namespace keras::initializers

namespace keras {
using initializers::Initializer;
using initializers::InitializerImpl;
}  // namespace keras
