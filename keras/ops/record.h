#pragma once

#include <utility>

#include "keras/ops/operation.h"

namespace keras::ops {

/// Runs a keras.ops function, or on symbolic arguments notes the call under Keras's class name with
/// the operation's constructor arguments.
template <typename Function>
Tensor call_or_record(const char* class_name, Tensors inputs, Config config, Function function) {
  if (!any_symbolic(inputs)) return function(inputs);
  return record_op(class_name, std::move(inputs), std::move(config),
                   [function](const Tensors& in) { return Tensors{function(in)}; })[0];
}

}  // namespace keras::ops
