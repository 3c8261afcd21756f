#pragma once

#include <functional>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/engine/tensor/variable.h"

namespace keras::engine {

/// What a variable is while a function is traced.
struct TracedVariable {
  Variable variable;
  Tensor initial;  ///< its value when the function starts
  Tensor latest;   ///< its value at this point; `initial` until it is assigned
};

/// A scope, one a thread at a time and nested, in which reads of a variable give one and the same
/// tensor until it is assigned.
class Trace {
 public:
  enum class Mode {
    kCompile,  ///< variables are placeholders, assignments are noted, nothing can be evaluated
    kEager,    ///< variables have values and assignments happen; for gradients outside `compile`
  };
  explicit Trace(Mode mode);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  /// The innermost scope of this thread, or nullptr.
  static Trace* current();
  /// True inside a scope of Mode::kCompile.
  static bool compiling();

  Mode mode() const { return mode_; }
  Tensor read(const Variable& variable);
  void assign(const Variable& variable, const Tensor& value);
  /// In order of the first touch.
  const std::vector<TracedVariable>& variables() const { return variables_; }

 private:
  TracedVariable& find_or_add(const Variable& variable);

  Mode mode_;
  Trace* outer_;
  std::vector<TracedVariable> variables_;
};

/// While it lives, this thread works outside of all scopes: for what is made once and stays, such
/// as the first values of a layer's weights when it is built by its first call.
class OutsideOfTraces {
 public:
  OutsideOfTraces();
  ~OutsideOfTraces();
  OutsideOfTraces(const OutsideOfTraces&) = delete;
  OutsideOfTraces& operator=(const OutsideOfTraces&) = delete;

 private:
  Trace* interrupted_;
};

/// Runs a function on placeholders and gives the specs of its results, with no value computed and
/// no variable changed. Unknown dimensions are tried with two stand-in sizes each, and a result's
/// dimension that differs between the two is unknown: so shape rules never meet an unknown one.
Specs abstract_eval(const std::function<Tensors(const Tensors&)>& function, const Specs& inputs);

}  // namespace keras::engine
