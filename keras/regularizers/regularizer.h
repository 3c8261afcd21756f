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

namespace keras::regularizers {

/// What a regularizer of one's own derives from.
class RegularizerImpl {
 public:
  virtual ~RegularizerImpl() = default;
  /// Keras's class name, or one such as "my_app>Mine" for a registered class.
  virtual std::string class_name() const = 0;
  virtual Config get_config() const { return Config::dict(); }
  virtual Tensor call(const Tensor& x) const = 0;
};

/// A `regularizer` argument: one of Keras's names ("l2"), an object, a function of a tensor, or
/// nothing (Keras's None). A handle; copies share. Keras: keras.regularizers.get.
class Regularizer {
 public:
  using Function = std::function<Tensor(const Tensor&)>;

  /// None; `defined()` is false.
  Regularizer() = default;
  Regularizer(std::nullptr_t) {}
  /// Throws ValueError for a name that is neither Keras's nor registered.
  Regularizer(std::string_view name);
  Regularizer(const char* name) : Regularizer(std::string_view(name)) {}
  Regularizer(const std::string& name) : Regularizer(std::string_view(name)) {}
  Regularizer(std::shared_ptr<const RegularizerImpl> impl) : impl_(std::move(impl)) {}
  template <typename F>
  requires(std::invocable<const F&, const Tensor&> && !std::derived_from<F, Regularizer>)
      Regularizer(F function)
      : Regularizer(from_function(std::move(function))) {}

  bool defined() const { return impl_ != nullptr; }
  /// The penalty, a scalar that is added to the loss.
  Tensor operator()(const Tensor& x) const;
  std::string class_name() const;
  Config get_config() const;
  /// {"module": "keras.regularizers", "class_name", "config", "registered_name"}; null for None.
  /// Throws ValueError for a function, which has no name.
  Config serialize() const;
  /// From what `serialize` or Python's Keras wrote, or from a name; null is None.
  static Regularizer deserialize(const Config& config);

 private:
  static Regularizer from_function(Function function);

  std::shared_ptr<const RegularizerImpl> impl_;
};

/// Makes a class known under a name such as "my_app>Mine", so that files that name it load.
void register_regularizer(const std::string& name,
                          std::function<Regularizer(const Config&)> from_config);

/// Keras's class names.
std::vector<std::string> regularizer_names();

}  // namespace keras::regularizers

namespace keras {
using regularizers::Regularizer;
using regularizers::RegularizerImpl;
}  // namespace keras
