#include "keras/callbacks/history.h"

#include <algorithm>

#include "keras/callbacks/history_impl.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::callbacks {

const EpochLogs::Values& EpochLogs::at(std::string_view name) const {
  for (const auto& [key, values] : *items_)
    if (key == name) return values;
  throw ValueError(str("The history has no values named \"", name, "\"."),
                   str("there are: ", join(names(), ", "), "."));
}

std::vector<EpochLogs::Values> EpochLogs::vectors(std::string_view name) const {
  for (const auto& [key, values] : *vectors_)
    if (key == name) return values;
  std::vector<Values> singles;
  for (const double value : at(name)) singles.push_back({value});
  return singles;
}

bool EpochLogs::contains(std::string_view name) const {
  return std::any_of(begin(), end(), [&](const Item& item) { return item.first == name; });
}

std::vector<std::string> EpochLogs::names() const {
  std::vector<std::string> out;
  for (const auto& [name, values] : *items_) out.push_back(name);
  return out;
}

void EpochLogs::append(const Logs& logs) const {
  for (const auto& [name, value] : logs) {
    auto found = std::find_if(items_->begin(), items_->end(),
                              [&name = name](const Item& item) { return item.first == name; });
    if (found == items_->end()) found = items_->insert(found, Item{name, {}});
    found->second.push_back(value);
    if (!logs.is_vector(name)) continue;
    auto vectors = std::find_if(vectors_->begin(), vectors_->end(),
                                [&name = name](const auto& item) { return item.first == name; });
    if (vectors == vectors_->end()) vectors = vectors_->insert(vectors, NamedVectors{name, {}});
    vectors->second.push_back(logs.vector(name));
  }
}

History::History() : History(std::make_shared<Impl>()) {}
History::History(std::shared_ptr<Impl> impl)
    : Callback(impl), history(impl->history), epochs_(impl->epochs) {}

}  // namespace keras::callbacks
