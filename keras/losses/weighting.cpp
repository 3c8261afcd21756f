#include "keras/losses/weighting.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::losses {

Tensor divide_no_nan(const Tensor& x, const Tensor& y) {
  const Tensor is_zero = ops::equal(y, 0);
  // The divisor is replaced, too: a division by 0 would make its gradient NaN.
  return ops::where(is_zero, 0, x / ops::where(is_zero, 1, y));
}

std::pair<Tensor, Tensor> squeeze_or_expand_to_same_rank(const Tensor& x1, const Tensor& x2) {
  const auto fit = [](const Tensor& longer, const Tensor& shorter) -> std::pair<Tensor, Tensor> {
    if (longer.rank() != shorter.rank() + 1 || longer.shape()[-1] != 1) return {longer, shorter};
    if (shorter.rank() == 1) return {longer, ops::expand_dims(shorter, {.axis = -1})};
    return {ops::squeeze(longer, {.axis = -1}), shorter};
  };
  if (x1.rank() > x2.rank()) return fit(x1, x2);
  auto [second, first] = fit(x2, x1);
  return {first, second};
}

Tensor apply_mask(const Tensor& sample_weight, const Tensor* mask, DType dtype,
                  std::string_view reduction) {
  if (!mask) return sample_weight;
  Tensor weight = ops::cast(*mask, dtype);
  if (reduction == "mean" || reduction == "sum_over_batch_size") {
    const Tensor share = divide_no_nan(static_cast<double>(mask->size()), ops::sum(weight));
    weight = ops::where(ops::cast(*mask, DType::kBool), ops::cast(share, dtype), 0);
  }
  if (!sample_weight.defined()) return weight;
  const auto [mask_weight, given] =
      squeeze_or_expand_to_same_rank(weight, ops::cast(sample_weight, dtype));
  return given * mask_weight;
}

Tensor reduce_weighted_values(const Tensor& values, const Tensor& sample_weight, const Tensor* mask,
                              std::string_view reduction) {
  Tensor weighted = values;
  Tensor weight = apply_mask(sample_weight, mask, values.dtype(), reduction);
  if (weight.defined()) {
    std::tie(weighted, weight) =
        squeeze_or_expand_to_same_rank(values, ops::cast(weight, values.dtype()));
    weighted = weighted * weight;
  }
  if (reduction == "none" || weighted.rank() == 0 || weighted.shape() == Shape{0}) return weighted;
  const Tensor total = ops::sum(weighted);
  if (reduction == "sum") return total;
  if (reduction == "mean_with_sample_weight" && weight.defined())
    return divide_no_nan(total, ops::sum(weight));
  if (weighted.size() == 0) return total;
  return total / static_cast<double>(weighted.size());
}

std::string standardize_reduction(std::string reduction) {
  for (const char* known :
       {"sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"})
    if (reduction == known) return reduction;
  throw ValueError(
      str("Invalid value for argument `reduction`. Expected one of {'sum_over_batch_size', 'sum', "
          "'mean', 'mean_with_sample_weight', 'none'}. Received: reduction=",
          reduction));
}

}  // namespace keras::losses
