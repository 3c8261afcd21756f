#include "keras/utils/progbar.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdarg>
#include <cstdio>

#include "keras/engine/error.h"
#include "keras/utils/io_utils.h"

namespace keras::utils {
namespace {

constexpr const char* kBold = "\x1b[1m";
constexpr const char* kGreen = "\33[32m";
constexpr const char* kWhite = "\33[37m";

double steady_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
  std::va_list arguments;
  va_start(arguments, pattern);
  char buffer[128];
  std::vsnprintf(buffer, sizeof buffer, pattern, arguments);
  va_end(arguments);
  return buffer;
}

std::string repeat(std::string_view text, std::int64_t times) {
  std::string out;
  for (std::int64_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string count_text(std::int64_t current, std::int64_t target) {
  const int digits = static_cast<int>(std::to_string(target).size());
  return format("%*lld/%lld", digits, static_cast<long long>(current),
                static_cast<long long>(target));
}

std::string remaining_text(double seconds) {
  const auto whole = static_cast<long long>(seconds);
  if (seconds > 3600)
    return format("%lld:%02lld:%02lld", whole / 3600, whole % 3600 / 60, whole % 60);
  if (seconds > 60) return format("%lld:%02lld", whole / 60, whole % 60);
  return format("%llds", whole);
}

std::string per_unit_text(double seconds, const std::string& unit) {
  if (seconds >= 1 || seconds == 0) return format(" %.0fs/", seconds) + unit;
  if (seconds >= 1e-3) return format(" %.0fms/", seconds * 1e3) + unit;
  return format(" %.0fus/", seconds * 1e6) + unit;
}

/// How many columns the text takes: no escape sequences, and a multi-byte character is one.
std::size_t visible_width(const std::string& text) {
  std::size_t width = 0;
  bool escaped = false;
  for (const char c : text) {
    if (c == '\x1b') escaped = true;
    if (!escaped && (static_cast<unsigned char>(c) & 0xC0) != 0x80) ++width;
    if (c == 'm') escaped = false;
  }
  return width;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Progbar::Progbar(std::optional<std::int64_t> target, ProgbarOptions options)
    : target_(target), options_(std::move(options)) {
  if (!options_.stateful_metrics.empty() && options_.stateless_metrics)
    throw ValueError("Only one of `stateful_metrics` or `stateless_metrics` can be provided.");
  dynamic_ = options_.dynamic_display.value_or(isatty(STDOUT_FILENO) != 0);
  if (!options_.clock) options_.clock = steady_seconds;
  if (!options_.print) options_.print = print_text;
  start_ = options_.clock();
}

bool Progbar::is_averaged(const std::string& name) const {
  if (options_.stateless_metrics) return contains(*options_.stateless_metrics, name);
  return !contains(options_.stateful_metrics, name);
}

void Progbar::record(const std::string& name, double value, std::int64_t current, bool finalize) {
  auto found = std::find_if(values_.begin(), values_.end(),
                            [&](const Average& average) { return average.name == name; });
  if (found == values_.end()) found = values_.insert(values_.end(), {name, 0, 0});
  if (!is_averaged(name) || finalize) {
    found->sum = value;
    found->count = 1;
    return;
  }
  // At least one: without a target the last step is reported twice.
  const auto steps = static_cast<double>(std::max<std::int64_t>(current - seen_so_far_, 1));
  found->sum += value * steps;
  found->count += steps;
}

double Progbar::seconds_per_step(std::int64_t current, double now) {
  if (current == 0) return 0;
  // The first step, which compiles, says nothing about the others.
  const double per_step = time_after_first_step_ && current > 1
                              ? (now - *time_after_first_step_) / static_cast<double>(current - 1)
                              : (now - start_) / static_cast<double>(current);
  if (current == 1) time_after_first_step_ = now;
  return per_step;
}

bool Progbar::is_due() const {
  if (options_.verbose != 1 || !dynamic_) return false;
  return !drawn_ || options_.clock() - last_update_ >= options_.interval;
}

void Progbar::update(std::int64_t current, const Values& values, std::optional<bool> finalize) {
  const bool last = finalize.value_or(target_ && current >= *target_);
  for (const auto& [name, value] : values) record(name, value, current, last);
  seen_so_far_ = current;
  const double now = options_.clock();
  const double per_step = seconds_per_step(current, now);
  if (options_.verbose == 1) {
    const bool due = dynamic_ && (!drawn_ || now - last_update_ >= options_.interval);
    if (!due && !last) return;
    draw(current, now, per_step, last);
  }
  if (options_.verbose == 2 && last && target_.value_or(0) > 0) print_line(current, now, per_step);
  last_update_ = now;
}

void Progbar::add(std::int64_t count, const Values& values) {
  update(seen_so_far_ + count, values);
}

std::string Progbar::styled(const char* code, const std::string& text) const {
  return dynamic_ ? code + text + "\x1b[0m" : text;
}

std::string Progbar::bar_text(std::int64_t current) const {
  if (target_.value_or(0) <= 0) return format("%7lld/Unknown", static_cast<long long>(current));
  const double progress = static_cast<double>(current) / static_cast<double>(*target_);
  const auto done = static_cast<std::int64_t>(options_.width * progress);
  std::string text = styled(kBold, count_text(current, *target_)) + " ";
  if (done > 0) text += styled(kGreen, repeat("━", done));
  return text + styled(kWhite, repeat("━", options_.width - done));
}

std::string Progbar::time_text(std::int64_t current, double now, double per_step,
                               bool finalize) const {
  const bool estimate = target_.value_or(0) > 0 && !finalize;
  const std::string time = estimate
                               ? remaining_text(per_step * static_cast<double>(*target_ - current))
                               : format("%.0fs", now - start_);
  return " " + styled(kBold, time);
}

std::string Progbar::values_text() const {
  std::string text;
  for (const auto& [name, sum, count] : values_) {
    const double average = sum / std::max(1.0, count);
    text += " - " + name + ":" + format(std::abs(average) > 1e-3 ? " %.4f" : " %.4e", average);
  }
  return text;
}

void Progbar::draw(std::int64_t current, double now, double per_step, bool finalize) {
  std::string text = bar_text(current) + time_text(current, now, per_step, finalize) +
                     per_unit_text(per_step, options_.unit_name) + values_text();
  const std::size_t width = visible_width(text);
  if (dynamic_) {
    text.insert(0, repeat("\b", static_cast<std::int64_t>(previous_width_)) + "\r");
    if (previous_width_ > width) text.append(previous_width_ - width, ' ');
  }
  if (finalize) text += '\n';
  options_.print(text);
  previous_width_ = width;
  drawn_ = true;
}

void Progbar::print_line(std::int64_t current, double now, double per_step) const {
  options_.print(count_text(current, *target_) + format(" - %.0fs -", now - start_) +
                 per_unit_text(per_step, options_.unit_name) + values_text() + "\n");
}

}  // namespace keras::utils
