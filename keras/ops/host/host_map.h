#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "keras/engine/graph/attrs.h"
#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// A computation on values in the processor's memory that is not made of other operations, such as
/// the lookup of words. `run` may be entered by several threads at once.
class HostFunction {
 public:
  virtual ~HostFunction() = default;
  /// Of the result; throws ShapeError or DtypeError for inputs that it does not take.
  virtual TensorSpec infer(const TensorSpec& input) const = 0;
  virtual void run(const TensorSpec& input, const void* from, const TensorSpec& output,
                   void* to) const = 0;
};

struct HostMapAttrs {
  std::shared_ptr<const HostFunction> function;
  bool operator==(const HostMapAttrs&) const = default;
  void visit(auto&& field) const {
    field("function", static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(function.get())));
  }
};

/// The function's result; there is no gradient through it.
Tensor host_map(const Tensor& x, std::shared_ptr<const HostFunction> function);

}  // namespace keras::ops
