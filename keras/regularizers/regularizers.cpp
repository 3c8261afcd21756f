#include "keras/regularizers/regularizers.h"

#include <cmath>
#include <memory>
#include <string_view>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::regularizers {
namespace {

double checked_factor(double value, std::string_view name) {
  if (!std::isfinite(value) || value < 0)
    throw ValueError(str("Invalid value for argument ", name,
                         ": expected a non-negative float. Received: ", name, "=", value));
  return value;
}

Tensor absolute_sum(const Tensor& x) { return ops::sum(ops::absolute(x)); }
Tensor square_sum(const Tensor& x) { return ops::sum(ops::square(x)); }

/// Python's Keras keeps some factors as float32 tensors, and writes them so.
double as_float32(double value) { return static_cast<double>(static_cast<float>(value)); }

class L1Impl final : public RegularizerImpl {
 public:
  explicit L1Impl(double l1) : l1_(checked_factor(l1, "l1")) {}
  std::string class_name() const override { return "L1"; }
  Config get_config() const override { return {{"l1", as_float32(l1_)}}; }
  Tensor call(const Tensor& x) const override { return absolute_sum(x) * l1_; }

 private:
  double l1_;
};

class L2Impl final : public RegularizerImpl {
 public:
  explicit L2Impl(double l2) : l2_(checked_factor(l2, "l2")) {}
  std::string class_name() const override { return "L2"; }
  Config get_config() const override { return {{"l2", l2_}}; }
  Tensor call(const Tensor& x) const override { return square_sum(x) * l2_; }

 private:
  double l2_;
};

class L1L2Impl final : public RegularizerImpl {
 public:
  explicit L1L2Impl(L1L2Options options)
      : l1_(checked_factor(options.l1, "l1")), l2_(checked_factor(options.l2, "l2")) {}
  std::string class_name() const override { return "L1L2"; }
  Config get_config() const override { return {{"l1", l1_}, {"l2", l2_}}; }
  Tensor call(const Tensor& x) const override {
    if (l1_ != 0 && l2_ != 0) return absolute_sum(x) * l1_ + square_sum(x) * l2_;
    if (l1_ != 0) return absolute_sum(x) * l1_;
    if (l2_ != 0) return square_sum(x) * l2_;
    return ops::zeros({}, x.dtype());
  }

 private:
  double l1_;
  double l2_;
};

class OrthogonalImpl final : public RegularizerImpl {
 public:
  explicit OrthogonalImpl(OrthogonalRegularizerOptions options)
      : factor_(checked_factor(options.factor, "factor")), mode_(std::move(options.mode)) {
    if (mode_ != "rows" && mode_ != "columns")
      throw ValueError(
          str("Invalid value for argument `mode`. Expected one of {\"rows\", \"columns\"}. "
              "Received: mode=",
              mode_));
  }
  std::string class_name() const override { return "OrthogonalRegularizer"; }
  Config get_config() const override { return {{"factor", as_float32(factor_)}, {"mode", mode_}}; }
  Tensor call(const Tensor& x) const override {
    if (x.rank() != 2)
      throw ValueError(str(
          "Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape=", x.shape()));
    const int axis = mode_ == "rows" ? 1 : 0;
    const Tensor unit = ops::normalize(x, {.axis = axis});
    const Tensor turned = ops::transpose(unit);
    const Tensor product = axis == 1 ? ops::matmul(unit, turned) : ops::matmul(turned, unit);
    const std::int64_t size = x.shape()[1 - axis];
    const Tensor off_diagonal =
        ops::not_equal(ops::iota({size, size}, 0), ops::iota({size, size}, 1));
    const double pairs = static_cast<double>(size) * static_cast<double>(size - 1) / 2;
    return absolute_sum(product * ops::cast(off_diagonal, x.dtype())) * (factor_ * 0.5) / pairs;
  }

 private:
  double factor_;
  std::string mode_;
};

}  // namespace

L1::L1(double l1) : Regularizer(std::make_shared<const L1Impl>(l1)) {}
L2::L2(double l2) : Regularizer(std::make_shared<const L2Impl>(l2)) {}
L1L2::L1L2(L1L2Options options) : Regularizer(std::make_shared<const L1L2Impl>(options)) {}
OrthogonalRegularizer::OrthogonalRegularizer(OrthogonalRegularizerOptions options)
    : Regularizer(std::make_shared<const OrthogonalImpl>(std::move(options))) {}

}  // namespace keras::regularizers
