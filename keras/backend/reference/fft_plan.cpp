#include "keras/backend/reference/fft_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace keras::reference {
namespace {

/// Above it a convolution is less work than the square of the factor.
constexpr std::size_t kLargestFactor = 61;

ComplexNumber operator+(const ComplexNumber& a, const ComplexNumber& b) {
  return {a.real + b.real, a.imag + b.imag};
}
ComplexNumber operator-(const ComplexNumber& a, const ComplexNumber& b) {
  return {a.real - b.real, a.imag - b.imag};
}
ComplexNumber operator*(const ComplexNumber& a, const ComplexNumber& b) {
  return {a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real};
}
ComplexNumber conjugate(const ComplexNumber& a) { return {a.real, -a.imag}; }

ComplexNumber unit(double turns) {
  const double angle = -2 * std::numbers::pi * turns;
  return {std::cos(angle), std::sin(angle)};
}

std::vector<std::size_t> factors_of(std::size_t length) {
  std::vector<std::size_t> factors;
  for (; length % 4 == 0; length /= 4) factors.push_back(4);
  for (std::size_t factor = 2; length > 1; ++factor) {
    if (factor * factor > length) factor = length;
    for (; length % factor == 0; length /= factor) factors.push_back(factor);
  }
  return factors;
}

}  // namespace

FftPlan::FftPlan(std::size_t length)
    : length_(length), factors_(factors_of(length)), scratch_size_(length) {
  if (!factors_.empty() && factors_.back() > kLargestFactor) {
    make_convolution();
    return;
  }
  for (std::size_t k = 0; k < length; ++k)
    roots_.push_back(unit(static_cast<double>(k) / static_cast<double>(length)));
}

/// A transform is a convolution with a chirp, done at a length that is a power of two.
void FftPlan::make_convolution() {
  const std::size_t padded = std::bit_ceil(2 * length_ - 1);
  inner_.emplace_back(padded);
  const auto twice = static_cast<double>(2 * length_);
  for (std::size_t k = 0; k < length_; ++k)
    // k * k modulo the period keeps the angle exact.
    chirp_.push_back(unit(static_cast<double>(k * k % (2 * length_)) / twice));
  chirp_transform_.resize(padded);
  for (std::size_t k = 0; k < length_; ++k) {
    chirp_transform_[k] = conjugate(chirp_[k]);
    if (k > 0) chirp_transform_[padded - k] = conjugate(chirp_[k]);
  }
  std::vector<ComplexNumber> scratch(inner_[0].scratch_size());
  inner_[0].run(chirp_transform_.data(), scratch.data());
  scratch_size_ = padded + inner_[0].scratch_size();
}

void FftPlan::run(ComplexNumber* values, ComplexNumber* scratch) const {
  if (!inner_.empty()) return run_convolution(values, scratch);
  std::copy_n(values, length_, scratch);
  run_factors(scratch, 1, values, length_, 0);
}

void FftPlan::run_factors(const ComplexNumber* in, std::size_t stride, ComplexNumber* out,
                          std::size_t length, std::size_t level) const {
  if (length == 1) {
    *out = *in;
    return;
  }
  const std::size_t factor = factors_[level], part = length / factor;
  for (std::size_t q = 0; q < factor; ++q)
    run_factors(in + q * stride, stride * factor, out + q * part, part, level + 1);
  combine(out, length, factor);
}

/// The transforms of every `factor`-th number each, one behind the other, become that of all.
void FftPlan::combine(ComplexNumber* out, std::size_t length, std::size_t factor) const {
  const std::size_t part = length / factor, step = length_ / length;
  ComplexNumber terms[kLargestFactor];
  for (std::size_t k = 0; k < part; ++k) {
    for (std::size_t q = 0; q < factor; ++q) terms[q] = out[q * part + k] * roots_[q * k * step];
    if (factor == 2) {
      out[k] = terms[0] + terms[1];
      out[part + k] = terms[0] - terms[1];
    } else if (factor == 4) {
      const ComplexNumber even = terms[0] + terms[2], odd = terms[1] + terms[3];
      const ComplexNumber other = terms[0] - terms[2], side = terms[1] - terms[3];
      const ComplexNumber turned = {side.imag, -side.real};
      out[k] = even + odd;
      out[part + k] = other + turned;
      out[2 * part + k] = even - odd;
      out[3 * part + k] = other - turned;
    } else {
      for (std::size_t r = 0; r < factor; ++r) {
        ComplexNumber sum = terms[0];
        for (std::size_t q = 1; q < factor; ++q)
          sum = sum + terms[q] * roots_[q * r % factor * (length_ / factor)];
        out[r * part + k] = sum;
      }
    }
  }
}

void FftPlan::run_convolution(ComplexNumber* values, ComplexNumber* scratch) const {
  const FftPlan& inner = inner_[0];
  const std::size_t padded = inner.length_;
  std::fill_n(scratch, padded, ComplexNumber{});
  for (std::size_t k = 0; k < length_; ++k) scratch[k] = values[k] * chirp_[k];
  inner.run(scratch, scratch + padded);
  // Conjugated before and after, the same transform leads back.
  for (std::size_t k = 0; k < padded; ++k) scratch[k] = conjugate(scratch[k] * chirp_transform_[k]);
  inner.run(scratch, scratch + padded);
  const double factor = 1 / static_cast<double>(padded);
  for (std::size_t k = 0; k < length_; ++k) {
    const ComplexNumber sum = conjugate(scratch[k]) * chirp_[k];
    values[k] = {sum.real * factor, sum.imag * factor};
  }
}

}  // namespace keras::reference
