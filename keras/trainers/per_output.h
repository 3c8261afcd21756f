#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace keras::trainers {

/// An argument of `compile`: nothing, one value for all outputs, a list with one for each, or some
/// by the outputs' names: `"mse"`, `{"mse", "mae"}`, `{{"a", "mse"}, {"b", "mae"}}`. ListItem is
/// what a list may be written with.
template <typename T, typename ListItem = T>
class PerOutput {
 public:
  using Item = std::pair<std::string, T>;
  enum class Form { kNone, kOne, kList, kMap };

  PerOutput() = default;
  PerOutput(std::nullptr_t) {}
  template <typename U>
  requires(std::convertible_to<U, T> && !std::derived_from<std::remove_cvref_t<U>, PerOutput>)
      PerOutput(U&& one)
      : form_(Form::kOne) {
    items_.emplace_back(std::string(), T(std::forward<U>(one)));
  }
  PerOutput(std::initializer_list<ListItem> list) : form_(Form::kList) {
    for (const auto& value : list) items_.emplace_back(std::string(), T(value));
  }
  PerOutput(const std::vector<T>& list) : form_(Form::kList) {
    for (const auto& value : list) items_.emplace_back(std::string(), value);
  }
  PerOutput(std::initializer_list<Item> map) : form_(Form::kMap), items_(map) {}
  PerOutput(std::vector<Item> map) : form_(Form::kMap), items_(std::move(map)) {}
  PerOutput(const std::map<std::string, T>& map)
      : form_(Form::kMap), items_(map.begin(), map.end()) {}

  Form form() const { return form_; }
  bool defined() const { return form_ != Form::kNone; }
  std::size_t size() const { return items_.size(); }
  const T& operator[](std::size_t index) const { return items_[index].second; }
  /// Of a map, in the order in which they were given.
  const std::vector<Item>& items() const { return items_; }
  /// Of a map; nullptr where the name is not there.
  const T* find(const std::string& name) const {
    for (const auto& [key, value] : items_)
      if (key == name) return &value;
    return nullptr;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, value] : items_) out.push_back(name);
    return out;
  }

 private:
  Form form_ = Form::kNone;
  std::vector<Item> items_;
};

}  // namespace keras::trainers
