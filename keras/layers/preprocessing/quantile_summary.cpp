#include "keras/layers/preprocessing/quantile_summary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace keras::layers {
namespace {

/// As NumPy sorts: NaN last.
bool sorts_before(float a, float b) { return a < b || (std::isnan(b) && !std::isnan(a)); }

/// The piecewise linear function through (xs[i], ys[i]), constant beyond its ends.
double interpolate(double x, const std::vector<double>& xs, const std::vector<double>& ys) {
  const auto above = std::upper_bound(xs.begin(), xs.end(), x);
  if (above == xs.begin()) return ys.front();
  const auto i = static_cast<std::size_t>(above - xs.begin()) - 1;
  if (above == xs.end() || xs[i] == x) return ys[i];
  return (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]) * (x - xs[i]) + ys[i];
}

}  // namespace

void QuantileSummary::add(std::vector<float> batch) {
  std::sort(batch.begin(), batch.end(), sorts_before);
  const double step = std::max(static_cast<double>(batch.size()) / (1 / epsilon_), 1.0);
  std::vector<Entry> merged;
  for (auto i = static_cast<std::size_t>(step - 1); i < batch.size();
       i += static_cast<std::size_t>(step))
    merged.push_back({batch[i], static_cast<float>(step)});
  merged.insert(merged.end(), entries_.begin(), entries_.end());
  std::stable_sort(merged.begin(), merged.end(),
                   [](const Entry& a, const Entry& b) { return sorts_before(a.value, b.value); });
  entries_ = compress(merged, epsilon_);
}

std::vector<double> QuantileSummary::bin_boundaries(int num_bins) const {
  const std::vector<Entry> bins = compress(entries_, 1.0 / num_bins);
  std::vector<double> boundaries;
  for (std::size_t i = 0; i + 1 < bins.size(); ++i) boundaries.push_back(bins[i].value);
  return boundaries;
}

std::vector<QuantileSummary::Entry> QuantileSummary::compress(const std::vector<Entry>& entries,
                                                              double epsilon) {
  if (static_cast<double>(entries.size()) * epsilon < 1) return entries;
  std::vector<double> values;
  std::vector<double> weights;  // up to and with each entry
  float sum = 0;
  for (const auto& entry : entries) {
    values.push_back(entry.value);
    weights.push_back(sum += entry.weight);
  }
  // In float, as Keras has them, so that equal data give equal boundaries.
  std::vector<double> shares;
  for (const double weight : weights) shares.push_back(static_cast<float>(weight) / sum);

  std::vector<Entry> thinned;
  const auto count = static_cast<int>(std::ceil(1.0 / epsilon));
  double before = 0;
  for (int i = 0; i < count; ++i) {
    const double share = epsilon + i * epsilon;
    const double weight = interpolate(share, shares, weights);
    thinned.push_back({static_cast<float>(interpolate(share, shares, values)),
                       static_cast<float>(weight - before)});
    before = weight;
  }
  return thinned;
}

}  // namespace keras::layers
