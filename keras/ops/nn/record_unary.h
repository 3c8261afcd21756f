#pragma once

#include <utility>

#include "keras/ops/record.h"

namespace keras::ops {

/// `call_or_record` for a function of one tensor.
template <typename Function>
Tensor record_unary(const char* class_name, const Tensor& x, Config config, Function function) {
  return call_or_record(class_name, {x}, std::move(config),
                        [function](const Tensors& in) { return function(in[0]); });
}

}  // namespace keras::ops
