#pragma once

#include <algorithm>
#include <cmath>

#include "keras/layers/config_reader.h"

namespace keras::layers {

/// How far a random image layer goes, as users write it: one number, or a smallest and a largest.
class RandomRange {
 public:
  RandomRange(double number) : low_(number), high_(number) {}
  RandomRange(double low, double high) : low_(low), high_(high), pair_(true) {}

  bool is_pair() const { return pair_; }
  double first() const { return low_; }
  double second() const { return high_; }
  double lower() const { return pair_ ? std::min(low_, high_) : -std::abs(low_); }
  double upper() const { return pair_ ? std::max(low_, high_) : std::abs(low_); }

  /// A number, or a list of two. Throws ValueError naming `argument` for other values.
  static RandomRange from_config(const Config& config, const char* argument);
  Config to_config() const;
  /// "0.2" or "(-0.1, 0.2)".
  std::string to_string() const;

 private:
  double low_;
  double high_;
  bool pair_ = false;
};

}  // namespace keras::layers
