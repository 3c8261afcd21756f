#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>

#include "keras/engine/tensor/tensor.h"

namespace keras::layers {

/// What `adapt` of a preprocessing layer looks at: one tensor, several batches, or anything, such
/// as a Dataset, for which there is a function `adapt_data` beside its class.
class AdaptData {
 public:
  /// Puts the next batch into its argument; false at the end.
  using Next = std::function<bool(Tensor& batch)>;

  AdaptData(const Tensor& all) : AdaptData(Tensors{all}) {}
  AdaptData(Tensors batches);
  AdaptData(std::initializer_list<Tensor> batches) : AdaptData(Tensors(batches)) {}
  explicit AdaptData(Next next) : next_(std::move(next)) {}
  template <typename Source>
  requires requires(const Source& source) {
    { adapt_data(source) } -> std::same_as<AdaptData>;
  }
  AdaptData(const Source& source) : AdaptData(adapt_data(source)) {}

  /// Calls `visit` with one batch after the other, at most `steps`. Throws ValueError when there is
  /// none.
  void for_each(const std::function<void(const Tensor& batch)>& visit,
                std::optional<std::int64_t> steps = {}) const;

 private:
  Next next_;
};

}  // namespace keras::layers
