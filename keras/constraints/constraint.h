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

namespace keras::constraints {

/// What a constraint of one's own derives from.
class ConstraintImpl {
 public:
  virtual ~ConstraintImpl() = default;
  /// Keras's class name, or one such as "my_app>Mine" for a registered class.
  virtual std::string class_name() const = 0;
  virtual Config get_config() const { return Config::dict(); }
  virtual Tensor call(const Tensor& w) const = 0;
};

/// A `constraint` argument: one of Keras's names ("non_neg"), an object, a function of a tensor, or
/// nothing (Keras's None). A handle; copies share. Keras: keras.constraints.get.
class Constraint {
 public:
  using Function = std::function<Tensor(const Tensor&)>;

  /// None; `defined()` is false.
  Constraint() = default;
  Constraint(std::nullptr_t) {}
  /// Throws ValueError for a name that is neither Keras's nor registered.
  Constraint(std::string_view name);
  Constraint(const char* name) : Constraint(std::string_view(name)) {}
  Constraint(const std::string& name) : Constraint(std::string_view(name)) {}
  Constraint(std::shared_ptr<const ConstraintImpl> impl) : impl_(std::move(impl)) {}
  template <typename F>
  requires(std::invocable<const F&, const Tensor&> && !std::derived_from<F, Constraint>)
      Constraint(F function)
      : Constraint(from_function(std::move(function))) {}

  bool defined() const { return impl_ != nullptr; }
  /// The nearest allowed values: applied to a weight after each of the optimizer's updates.
  Tensor operator()(const Tensor& w) const;
  std::string class_name() const;
  Config get_config() const;
  /// {"module": "keras.constraints", "class_name", "config", "registered_name"}; null for None.
  /// Throws ValueError for a function, which has no name.
  Config serialize() const;
  /// From what `serialize` or Python's Keras wrote, or from a name; null is None.
  static Constraint deserialize(const Config& config);

 private:
  static Constraint from_function(Function function);

  std::shared_ptr<const ConstraintImpl> impl_;
};

/// Makes a class known under a name such as "my_app>Mine", so that files that name it load.
void register_constraint(const std::string& name,
                         std::function<Constraint(const Config&)> from_config);

/// Keras's class names.
std::vector<std::string> constraint_names();

}  // namespace keras::constraints

namespace keras {
using constraints::Constraint;
using constraints::ConstraintImpl;
}  // namespace keras
