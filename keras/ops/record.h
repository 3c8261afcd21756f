#pragma once

#include <utility>

#include "keras/ops/axes.h"
#include "keras/ops/operation.h"

namespace keras::ops {

/// Axes as Keras writes them: None, a number or a list.
inline Config axes_config(const Axes& axes) {
  if (axes.all()) return nullptr;
  if (axes.value()->size() == 1) return axes.value()->front();
  return Config::list_of(*axes.value());
}

/// Runs a keras.ops function, or on symbolic arguments notes the call under Keras's class name with
/// the operation's constructor arguments.
template <typename Function>
Tensor call_or_record(const char* class_name, Tensors inputs, Config config, Function function) {
  if (!any_symbolic(inputs)) return function(inputs);
  return record_op(class_name, std::move(inputs), std::move(config),
                   [function](const Tensors& in) { return Tensors{function(in)}; })[0];
}

}  // namespace keras::ops
