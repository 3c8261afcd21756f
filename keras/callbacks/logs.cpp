#include "keras/callbacks/logs.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {

Logs Logs::lazy(std::function<Items()> make) {
  Logs logs;
  logs.make_ = std::move(make);
  return logs;
}

const Logs::Items& Logs::items() const {
  if (make_) {
    items_ = make_();
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

void Logs::set(std::string_view name, double value) {
  items();
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
