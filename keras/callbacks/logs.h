#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keras {

/// What a batch or an epoch gave: numbers by name ("loss", "accuracy", "val_loss"), in order. A
/// metric with several results, such as one score a class, is there as their mean and, in
/// `vector`, one by one.
class Logs {
 public:
  using Item = std::pair<std::string, double>;
  using Items = std::vector<Item>;

  Logs() = default;
  Logs(std::initializer_list<Item> items) : items_(items) {}
  Logs(Items items) : items_(std::move(items)) {}
  /// Values that are worked out when somebody first looks: what nobody reads costs nothing.
  static Logs lazy(std::function<Logs()> make);

  /// The value. Throws ValueError with near names where there is none.
  double at(std::string_view name) const;
  double operator[](std::string_view name) const { return at(name); }
  /// The value, or nullptr.
  const double* find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// All results of one name. Throws ValueError where there is none.
  std::vector<double> vector(std::string_view name) const;
  /// Whether the name has several results.
  bool is_vector(std::string_view name) const;
  /// Adds or replaces a value.
  void set(std::string_view name, double value);
  void set(std::string_view name, std::vector<double> values);

  const Items& items() const;
  std::vector<std::string> names() const;
  bool empty() const { return items().empty(); }
  std::size_t size() const { return items().size(); }
  auto begin() const { return items().begin(); }
  auto end() const { return items().end(); }

 private:
  using Vector = std::pair<std::string, std::vector<double>>;
  const std::vector<double>* find_vector(std::string_view name) const;

  mutable Items items_;
  mutable std::vector<Vector> vectors_;
  mutable std::function<Logs()> make_;
};

}  // namespace keras
