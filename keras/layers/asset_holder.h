#pragma once

#include <map>
#include <string>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras {

/// A layer whose state is not only variables: files of its own in a `.keras` archive, and arrays
/// under names beside its weights.
class AssetHolder {
 public:
  virtual ~AssetHolder() = default;
  /// The contents of its files, by name.
  virtual std::map<std::string, std::string> assets() const = 0;
  /// Takes one of its files in; the arrays are there by then. Throws ValueError for what it cannot
  /// be.
  virtual void load_asset(const std::string& name, const std::string& text) = 0;
  /// The arrays by name.
  virtual std::map<std::string, Tensor> own_arrays() const = 0;
  virtual void load_own_array(const std::string& name, const Tensor& value) = 0;
  /// The same state as arguments of its config, for formats that have configs and weights alone;
  /// empty where the config has it already.
  virtual Config state_as_arguments() const = 0;
};

}  // namespace keras
