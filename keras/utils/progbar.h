#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keras::utils {

/// Further arguments of a Progbar.
struct ProgbarOptions {
  int width = 20;          ///< of the bar, in characters
  int verbose = 1;         ///< 1: a bar that moves, 2: one line at the end, 0: nothing
  double interval = 0.05;  ///< seconds between two drawings
  /// Values shown as they come; all others are averaged over the steps.
  std::vector<std::string> stateful_metrics = {};
  /// Where given instead, the only values that are averaged.
  std::optional<std::vector<std::string>> stateless_metrics = {};
  std::string unit_name = "step";
  /// Whether the bar is drawn over and over on one line. Unset means: if standard output is a
  /// terminal; elsewhere only the last state is printed, in plain characters.
  std::optional<bool> dynamic_display = {};
  /// Seconds since any fixed moment, and where the text goes: for tests and other displays.
  std::function<double()> clock = {};
  std::function<void(std::string_view)> print = {};
};

/// A progress bar with the time left and running values, looking as Keras's. Keras:
/// keras.utils.Progbar.
class Progbar {
 public:
  using Values = std::vector<std::pair<std::string, double>>;

  /// `target` is the number of steps, nothing where it is not known. Throws ValueError when both
  /// stateful and stateless metrics are named.
  explicit Progbar(std::optional<std::int64_t> target, ProgbarOptions options = {});

  /// Shows step `current`, counted from 1. `finalize` ends the line; unset means: at the target.
  void update(std::int64_t current, const Values& values = {}, std::optional<bool> finalize = {});
  void add(std::int64_t count, const Values& values = {});
  /// Whether an update now would be shown: else the values need not be worked out.
  bool is_due() const;
  void set_target(std::int64_t target) { target_ = target; }

 private:
  struct Average {
    std::string name;
    double sum = 0;
    double count = 0;
  };

  void record(const std::string& name, double value, std::int64_t current, bool finalize);
  bool is_averaged(const std::string& name) const;
  double seconds_per_step(std::int64_t current, double now);
  void draw(std::int64_t current, double now, double per_step, bool finalize);
  void print_line(std::int64_t current, double now, double per_step) const;
  std::string bar_text(std::int64_t current) const;
  std::string time_text(std::int64_t current, double now, double per_step, bool finalize) const;
  std::string values_text() const;
  std::string styled(const char* code, const std::string& text) const;

  std::optional<std::int64_t> target_;
  ProgbarOptions options_;
  bool dynamic_;
  std::vector<Average> values_;
  std::int64_t seen_so_far_ = 0;
  double start_;
  double last_update_ = 0;
  bool drawn_ = false;
  std::optional<double> time_after_first_step_;
  std::size_t previous_width_ = 0;
};

}  // namespace keras::utils
