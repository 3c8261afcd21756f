#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// Sums over the steps of a loop, of tensors that stand in its body, by work on all steps at once
/// after the loop: the gradient of a weight is one product instead of a product and a sum a step.
class SumsOverSteps {
 public:
  /// Makes the sum from what `stacked()` became, (steps, …) each.
  using Sum = std::function<Tensor(const Tensors& stacks)>;

  /// `parameters` are what changes from step to step.
  explicit SumsOverSteps(Tensors parameters) : parameters_(std::move(parameters)) {}

  /// How to make the sum of `x`; nothing where adding it up step by step is as good.
  std::optional<Sum> plan(const Tensor& x);
  /// What is needed of each step.
  const Tensors& stacked() const { return stacked_; }

 private:
  std::optional<Sum> plan_product(const Tensor& x);
  std::optional<Sum> plan_sum(const Tensor& x);
  std::optional<Sum> plan_structure(const Tensor& x);
  std::optional<Sum> plan_reduction(const Tensor& x) const;
  std::size_t stack(const Tensor& x);
  bool changes(const Tensor& x) const;

  Tensors parameters_;
  Tensors stacked_;
};

}  // namespace keras::ops
