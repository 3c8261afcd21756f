#pragma once

#include <vector>

namespace keras::layers {

/// Quantiles of a stream of numbers in bounded memory: sorted values, each standing for as many
/// elements as its weight says, thinned out by interpolation to about 1 / epsilon of them.
class QuantileSummary {
 public:
  explicit QuantileSummary(double epsilon) : epsilon_(epsilon) {}

  void add(std::vector<float> batch);
  /// The inner borders of `num_bins` bins of about equal weight; fewer where there are few values.
  std::vector<double> bin_boundaries(int num_bins) const;

 private:
  struct Entry {
    float value;
    float weight;
  };
  static std::vector<Entry> compress(const std::vector<Entry>& entries, double epsilon);

  double epsilon_;
  std::vector<Entry> entries_;
};

}  // namespace keras::layers
