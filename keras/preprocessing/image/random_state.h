#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace keras::preprocessing::image {

/// The draws of numpy.random.RandomState: the same seed gives the same numbers as in Python, so
/// that augmentation can be repeated there and here.
class RandomState {
 public:
  explicit RandomState(std::uint32_t seed) : engine_(seed) {}
  void seed(std::uint32_t seed) { engine_.seed(seed); }

  /// In [0, 1), with 53 random bits.
  double random_sample();
  double uniform(double low, double high) { return low + (high - low) * random_sample(); }
  /// In [0, most].
  std::uint32_t interval(std::uint32_t most);
  /// 0 … count - 1 in random order.
  std::vector<std::int64_t> permutation(std::int64_t count);

 private:
  std::mt19937 engine_;
};

}  // namespace keras::preprocessing::image
