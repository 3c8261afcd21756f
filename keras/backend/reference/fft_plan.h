#pragma once

#include <cstddef>
#include <vector>

namespace keras::reference {

struct ComplexNumber {
  double real = 0;
  double imag = 0;
};

/// A discrete Fourier transform of one length, without a factor: in as many steps as the length has
/// prime factors (Cooley, Tukey 1965), and through a convolution where one of them is large
/// (Bluestein 1970).
class FftPlan {
 public:
  explicit FftPlan(std::size_t length);
  /// `values` are replaced by their transform; `scratch` has `scratch_size()` numbers.
  void run(ComplexNumber* values, ComplexNumber* scratch) const;
  std::size_t scratch_size() const { return scratch_size_; }

 private:
  void make_convolution();
  void run_factors(const ComplexNumber* in, std::size_t stride, ComplexNumber* out,
                   std::size_t length, std::size_t level) const;
  void combine(ComplexNumber* out, std::size_t length, std::size_t factor) const;
  void run_convolution(ComplexNumber* values, ComplexNumber* scratch) const;

  std::size_t length_;
  std::vector<std::size_t> factors_;
  std::vector<ComplexNumber> roots_;  ///< exp(-2 pi i k / length)
  std::size_t scratch_size_;
  std::vector<FftPlan> inner_;  ///< for the convolution: one of a power of two, or none
  std::vector<ComplexNumber> chirp_;
  std::vector<ComplexNumber> chirp_transform_;
};

}  // namespace keras::reference
