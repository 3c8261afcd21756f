#include "keras/ops/nn/ctc_beam_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "keras/ops/core.h"
#include "keras/ops/host/host_map.h"
#include "keras/ops/numpy.h"

namespace keras::ops {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

float log_add(float a, float b) {
  const float most = std::max(a, b);
  return most == kNever ? kNever : most + std::log1p(std::exp(std::min(a, b) - most));
}

using Path = std::vector<int>;

/// The log-probabilities of all ways to a path, by whether they end in its last label or in a
/// blank.
struct Scores {
  float emitted = kNever;
  float blank = kNever;
  float total() const { return log_add(emitted, blank); }
};

using Paths = std::map<Path, Scores>;

/// By size, with what is no number before all others, so that there is an order whatever comes in.
bool is_less(float a, float b) { return std::isnan(b) ? false : std::isnan(a) || a < b; }

void add(float& to, float score) { to = log_add(to, score); }

/// The `count` likeliest, the likeliest last. Of equals the greater path counts more.
std::vector<std::pair<Path, Scores>> best_of(const Paths& paths, std::size_t count) {
  std::vector<std::pair<Path, Scores>> all(paths.begin(), paths.end());
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return is_less(a.second.total(), b.second.total());
  });
  if (all.size() > count) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(count));
  return all;
}

struct Search {
  int classes;
  int blank;
  std::size_t beam_width;

  Paths start(const float* scores) const {
    std::vector<int> order(static_cast<std::size_t>(classes));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return is_less(scores[a], scores[b]); });
    if (order.size() > beam_width)
      order.erase(order.begin(), order.end() - static_cast<std::ptrdiff_t>(beam_width));
    Paths paths;
    for (const int c : order) {
      Scores& to = paths[c == blank ? Path() : Path{c}];
      (c == blank ? to.blank : to.emitted) = scores[c];
    }
    return paths;
  }

  Paths step(const Paths& before, const float* scores) const {
    Paths next;
    for (const auto& [path, score] : before) {
      for (int c = 0; c < classes; ++c) {
        if (c == blank) {
          add(next[path].blank, score.total() + scores[c]);
          continue;
        }
        Path longer = path;
        longer.push_back(c);
        if (path.empty() || path.back() != c) {
          add(next[longer].emitted, score.total() + scores[c]);
          continue;
        }
        // The same label again is a new one only after a blank.
        add(next[path].emitted, score.emitted + scores[c]);
        add(next[longer].emitted, score.blank + scores[c]);
      }
    }
    const auto kept = best_of(next, beam_width);
    return Paths(kept.begin(), kept.end());
  }
};

/// Of (batch, steps, 1 + classes), lengths and log-probabilities: (paths, batch, 1 + steps), scores
/// and labels. Classes are counted from the last one on, which decides between equals as Keras
/// does.
class BeamSearch final : public HostFunction {
 public:
  explicit BeamSearch(const CtcDecodeOptions& options) : options_(options) {}

  TensorSpec infer(const TensorSpec& input) const override {
    return {{options_.top_paths, input.shape[0], input.shape[1] + 1}, DType::kFloat32};
  }

  void run(const TensorSpec& input, const void* from, const TensorSpec& output,
           void* to) const override {
    const std::int64_t batch = input.shape[0], steps = input.shape[1], width = input.shape[2];
    float* out = static_cast<float*>(to);
    std::fill_n(out, output.shape.size(), -1.0f);
    for (std::int64_t i = 0; i < batch; ++i) {
      const auto found = search(static_cast<const float*>(from) + i * steps * width, steps, width);
      for (std::int64_t k = 0; k < options_.top_paths; ++k)
        write(found, k, static_cast<int>(width - 1), out + (k * batch + i) * (steps + 1));
    }
  }

 private:
  using Found = std::vector<std::pair<Path, Scores>>;

  Found search(const float* rows, std::int64_t steps, std::int64_t width) const {
    const auto classes = static_cast<int>(width - 1);
    const Search search{classes, classes - 1 - static_cast<int>(options_.mask_index),
                        static_cast<std::size_t>(options_.beam_width)};
    const auto length = static_cast<std::int64_t>(rows[0]);
    Paths paths;
    std::vector<float> scores(static_cast<std::size_t>(classes));
    for (std::int64_t step = 0; step < std::max<std::int64_t>(1, std::min(length, steps)); ++step) {
      const float* row = rows + step * width + 1;
      std::reverse_copy(row, row + classes, scores.begin());
      paths = step == 0 ? search.start(scores.data()) : search.step(paths, scores.data());
    }
    return best_of(paths, static_cast<std::size_t>(options_.top_paths));
  }

  static void write(const Found& found, std::int64_t rank, int classes, float* to) {
    const auto place = static_cast<std::int64_t>(found.size()) - 1 - rank;
    if (place < 0) {
      to[0] = kNever;
      return;
    }
    const auto& [path, scores] = found[static_cast<std::size_t>(place)];
    to[0] = scores.total();
    for (std::size_t i = 0; i < path.size(); ++i)
      to[i + 1] = static_cast<float>(classes - 1 - path[i]);
  }

  CtcDecodeOptions options_;
};

}  // namespace

Tensors ctc_beam_search(const Tensor& log_probabilities, const Tensor& lengths,
                        const CtcDecodeOptions& options) {
  const Shape& shape = log_probabilities.shape();
  const Tensor column = broadcast_to(reshape(cast(lengths, DType::kFloat32), {shape[0], 1, 1}),
                                     {shape[0], shape[1], 1});
  const Tensor rows = concatenate({column, cast(log_probabilities, DType::kFloat32)}, {.axis = -1});
  const Tensor found = host_map(rows, std::make_shared<BeamSearch>(options));
  const Tensor labels = cast(slice_axis(found, 2, 1, shape[1] + 1), DType::kInt32);
  const Tensor scores = squeeze(slice_axis(found, 2, 0, 1), {.axis = -1});
  return {labels, cast(transpose(scores), log_probabilities.dtype())};
}

}  // namespace keras::ops
