#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/axes.h"
#include "keras/utils/config.h"

namespace keras::ops {

/// A call of a keras.ops function as files hold it: its tensors, its arguments, in which
/// {"tensor": i} stands for tensor i, and the config of the operation's constructor.
class RecordedCall {
 public:
  RecordedCall(const Tensors& tensors, const Config& arguments, const Config& config)
      : tensors_(tensors), arguments_(arguments), config_(config) {}

  const Config& config() const { return config_; }
  /// All arguments of the call: {"args": [...], "kwargs": {...}}.
  const Config& arguments() const { return arguments_; }
  /// An argument by its place or its name; nullptr where it is missing or None.
  const Config* argument(std::size_t place, std::string_view name) const;
  /// The same as a tensor: numbers and lists become constants. Throws ValueError where it is
  /// missing.
  Tensor tensor(std::size_t place, std::string_view name = "x") const;
  std::optional<Tensor> optional_tensor(std::size_t place, std::string_view name) const;
  /// A list of tensors; `count` = 0 tensors where it is missing is an error, too.
  Tensors tensor_list(std::size_t place, std::string_view name) const;

  /// All positional arguments, of a function that takes any number of tensors.
  Tensors positional() const;

  // Entries of the config.
  Axes axes(const char* key = "axis") const;
  std::optional<int> axis(const char* key = "axis") const;
  std::optional<DType> dtype(const char* key = "dtype") const;
  std::optional<double> number(const char* key) const;
  std::optional<std::int64_t> integer(const char* key) const;
  /// One integer or several.
  std::vector<std::int64_t> integers(const char* key) const;
  Shape shape(const char* key) const { return Shape(integers(key)); }
  bool flag(const char* key, bool fallback = false) const { return config_.get(key, fallback); }

 private:
  Tensor value_of(const Config& value) const;

  const Tensors& tensors_;
  const Config& arguments_;
  const Config& config_;
};

/// A function in files: its class, Keras's module of it, and how the call is made.
struct RegistryRow {
  const char* class_name;
  const char* module;
  std::function<Tensors(const RecordedCall& call)> apply;
};

/// The functions by family.
std::vector<RegistryRow> elementwise_rows();
std::vector<RegistryRow> reduction_rows();
std::vector<RegistryRow> array_rows();
std::vector<RegistryRow> creation_rows();
std::vector<RegistryRow> linalg_rows();
std::vector<RegistryRow> signal_rows();
std::vector<RegistryRow> decomposition_rows();
std::vector<RegistryRow> selection_rows();
std::vector<RegistryRow> block_rows();
std::vector<RegistryRow> nn_rows();
std::vector<RegistryRow> image_rows();
std::vector<RegistryRow> special_rows();

}  // namespace keras::ops
