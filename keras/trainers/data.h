#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras {

/// What goes into a model or what it is to give: nothing, one tensor, several, or several by the
/// names of the model's inputs or outputs.
class Data {
 public:
  using Item = std::pair<std::string, Tensor>;

  /// Nothing; `defined()` is false.
  Data() = default;
  Data(Tensor one);
  Data(Tensors several) : tensors_(std::move(several)), nested_(true) {}
  Data(std::initializer_list<Tensor> several) : Data(Tensors(several)) {}
  Data(const std::vector<Item>& named);
  Data(std::initializer_list<Item> named) : Data(std::vector<Item>(named)) {}
  Data(const std::map<std::string, Tensor>& named);

  bool defined() const { return !tensors_.empty(); }
  /// One tensor that was not given as a list.
  bool is_single() const { return defined() && !nested_; }
  bool is_named() const { return !names_.empty(); }
  std::size_t size() const { return tensors_.size(); }
  const Tensors& tensors() const { return tensors_; }
  const std::vector<std::string>& names() const { return names_; }
  const Tensor& operator[](std::integral auto index) const {
    return tensors_[static_cast<std::size_t>(index)];
  }
  /// Throws ValueError for an unknown name.
  const Tensor& operator[](std::string_view name) const;
  /// The place of a name. Throws ValueError for an unknown one.
  std::size_t index_of(std::string_view name) const;
  /// The only tensor. Throws ValueError where there is none or there are several.
  const Tensor& single() const;
  operator const Tensor&() const { return single(); }

  /// The same structure around other tensors.
  Data with(std::span<const Tensor> tensors) const;
  bool has_structure_of(const Data& other) const;
  /// Named tensors in the order of these names; what has no names stays as it is. Throws ValueError
  /// naming `argument` unless the names are the same.
  Data in_order_of(const std::vector<std::string>& names, std::string_view argument) const;
  /// For those who put the next batch in place of the last.
  Tensors& mutable_tensors() { return tensors_; }

 private:
  Tensors tensors_;
  std::vector<std::string> names_;
  bool nested_ = false;
};

/// What a model is shown in one step.
struct Batch {
  Data x = {};
  Data y = {};
  Data sample_weight = {};

  bool has_structure_of(const Batch& other) const;
  /// How many examples: the first axis of the first tensor of x.
  std::int64_t size() const;
  /// All tensors in the order x, y, sample_weight, appended to `out`.
  void flatten(Tensors& out) const;
  /// The same structure around other tensors.
  Batch with(std::span<const Tensor> tensors) const;
};

}  // namespace keras
