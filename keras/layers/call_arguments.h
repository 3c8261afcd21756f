#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras {

/// The arguments of one call of a layer by the names that Keras's `call` gives them.
class CallArguments {
 public:
  /// `parameters` are the names in the order of Keras's signature; `arguments` is how the call was
  /// written, as OperationNode has it, with {"tensor": i} for tensors[i]. Throws ValueError for an
  /// argument that is not among the parameters.
  CallArguments(const std::string& layer, std::vector<std::string> parameters,
                const Config& arguments, Tensors tensors);

  /// All tensors, in the order in which they stand in the call.
  const Tensors& tensors() const { return tensors_; }
  /// The same call with other tensors.
  CallArguments with_tensors(Tensors tensors) const;

  /// A tensor argument; undefined when it is not given or null.
  Tensor tensor(const std::string& name) const;
  /// An argument that is a list of tensors, with undefined ones for null; a single tensor is a list
  /// of one.
  Tensors list(const std::string& name) const;
  /// The tensors of the argument that comes first: the inputs.
  Tensors inputs() const { return list(parameters_.front()); }
  /// The same call with the argument `mask`, where it is one tensor, as the mask of the first
  /// input.
  CallArguments with_mask_on_input() const;
  /// An argument that is no tensor; `fallback` when it is not given or null.
  bool flag(const std::string& name, bool fallback) const;
  std::optional<bool> training() const;

 private:
  void bind(const std::string& name, const Config& value);
  const Config& get(const std::string& name) const;
  void collect(const Config& value, Tensors& into) const;

  std::string layer_;
  std::vector<std::string> parameters_;
  std::vector<std::pair<std::string, Config>> values_;
  Tensors tensors_;
};

}  // namespace keras
