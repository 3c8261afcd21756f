#include "keras/callbacks/logs.h"

#include <algorithm>
#include <numeric>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {

Logs Logs::lazy(std::function<Logs()> make) {
  Logs logs;
  logs.make_ = std::move(make);
  return logs;
}

const Logs::Items& Logs::items() const {
  if (make_) {
    const Logs made = make_();
    items_ = made.items();
    vectors_ = made.vectors_;
    make_ = nullptr;
  }
  return items_;
}

const double* Logs::find(std::string_view name) const {
  const Items& all = items();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Item& item) { return item.first == name; });
  return found == all.end() ? nullptr : &found->second;
}

double Logs::at(std::string_view name) const {
  if (const double* value = find(name)) return *value;
  throw ValueError(str("There is no value named \"", name, "\" in the logs."),
                   str("there are: ", join(names(), ", "), "."));
}

const std::vector<double>* Logs::find_vector(std::string_view name) const {
  items();
  for (const auto& [key, values] : vectors_)
    if (key == name) return &values;
  return nullptr;
}

std::vector<double> Logs::vector(std::string_view name) const {
  const std::vector<double>* values = find_vector(name);
  return values ? *values : std::vector<double>{at(name)};
}

bool Logs::is_vector(std::string_view name) const { return find_vector(name) != nullptr; }

void Logs::set(std::string_view name, std::vector<double> values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  set(name, values.empty() ? 0.0 : sum / static_cast<double>(values.size()));
  if (values.size() != 1) vectors_.emplace_back(name, std::move(values));
}

void Logs::set(std::string_view name, double value) {
  items();
  std::erase_if(vectors_, [&](const Vector& vector) { return vector.first == name; });
  for (auto& [key, old] : items_)
    if (key == name) {
      old = value;
      return;
    }
  items_.emplace_back(name, value);
}

std::vector<std::string> Logs::names() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : items()) out.push_back(name);
  return out;
}

}  // namespace keras
