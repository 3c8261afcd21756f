#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "keras/engine/tensor/layout.h"
#include "keras/engine/tensor/spec.h"
#include "keras/engine/tensor/storage.h"
#include "keras/engine/tensor/tensor.h"

namespace keras::engine {

/// The bytes of a variable, in one or several layouts at a time: what is read in a layout that is
/// not there yet is put in order once and kept until the variable is written. Readers may come from
/// several threads.
class VariableStorage {
 public:
  VariableStorage(TensorSpec spec, Storage row_major)
      : spec_(std::move(spec)), copies_{{nullptr, std::move(row_major)}} {}

  const TensorSpec& spec() const { return spec_; }
  /// A new value.
  void store(Storage row_major);
  /// The value to read; whoever keeps it must not see later writes, and does not.
  Storage share();
  /// The value's bytes to read in a run.
  std::byte* read(const LayoutPtr& layout);
  /// The bytes to write in a run, which hold the value until then; copied first when a tensor that
  /// was read from the variable still shares them.
  std::byte* write(const LayoutPtr& layout);
  /// A number that differs once the value has been written after this call, for those who keep
  /// something that they computed from the value.
  std::uint64_t watch();

 private:
  struct Copy {
    LayoutPtr layout;
    Storage storage;
  };
  Copy& in_layout(const LayoutPtr& layout);
  Storage reordered(const Copy& from, const LayoutPtr& layout) const;

  TensorSpec spec_;
  std::mutex mutex_;
  std::vector<Copy> copies_;
  std::uint64_t version_ = 0;
  bool watched_ = false;  ///< since the last write
};

/// Counts every event after which addresses of variables that were taken before may be out of date.
std::uint64_t variable_generation();

/// What the handles of one variable share.
struct VariableState {
  VariableState(TensorSpec spec, Storage value) : storage(std::move(spec), std::move(value)) {}

  VariableStorage storage;
  std::string name;
  std::string path;
  bool trainable = true;
  std::function<Tensor(const Tensor&)> constraint;
  std::function<Tensor(const Tensor&)> regularizer;
};

}  // namespace keras::engine
