#pragma once

#include <functional>
#include <string>

#include "keras/engine/tensor/spec.h"
#include "keras/engine/tensor/storage.h"
#include "keras/engine/tensor/tensor.h"

namespace keras::engine {

/// What the handles of one variable share.
struct VariableState {
  TensorSpec spec;
  Storage storage;
  std::string name;
  std::string path;
  bool trainable = true;
  std::function<Tensor(const Tensor&)> constraint;
  std::function<Tensor(const Tensor&)> regularizer;
};

/// The variable's bytes, ready to be written in place: copied first when a tensor that was read
/// from it still shares them.
Storage& writable_storage(VariableState& state);

}  // namespace keras::engine
