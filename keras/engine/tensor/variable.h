#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras {

namespace engine {
struct VariableState;
}

/// Further arguments of a Variable.
struct VariableOptions {
  bool trainable = true;
  std::string name = "variable";
};

/// A value that lives on between calls: a weight, an optimizer's slot, a metric's total. A handle;
/// copies share. Reading it gives a Tensor; inside a traced function that is the value at that
/// point of the function, and `assign` takes effect when the compiled function runs.
class Variable {
 public:
  Variable() = default;
  /// Starts with the given value, whose shape and dtype it keeps.
  explicit Variable(const Tensor& initial, VariableOptions options = {});

  bool defined() const { return state_ != nullptr; }
  const TensorSpec& spec() const;
  const Shape& shape() const { return spec().shape; }
  DType dtype() const { return spec().dtype; }
  const std::string& name() const;
  /// The names of the enclosing layers and its own, joined by '/': "sequential/dense/kernel".
  const std::string& path() const;
  void set_path(std::string path) const;
  bool trainable() const;
  void set_trainable(bool trainable) const;
  /// What an optimizer makes of the value after each update; empty for none.
  const std::function<Tensor(const Tensor&)>& constraint() const;
  void set_constraint(std::function<Tensor(const Tensor&)> constraint) const;
  /// What the value adds to the loss, a scalar; empty for none.
  const std::function<Tensor(const Tensor&)>& regularizer() const;
  void set_regularizer(std::function<Tensor(const Tensor&)> regularizer) const;

  Tensor value() const;
  operator Tensor() const { return value(); }
  /// Throws ShapeError unless the shapes are equal; values are cast to the variable's dtype only if
  /// they have it already (DtypeError otherwise).
  void assign(const Tensor& value) const;

  /// The same variable, not an equal one.
  friend bool operator==(const Variable& a, const Variable& b) { return a.state_ == b.state_; }
  const std::shared_ptr<engine::VariableState>& state() const { return state_; }

 private:
  std::shared_ptr<engine::VariableState> state_;
};

using Variables = std::vector<Variable>;

}  // namespace keras
