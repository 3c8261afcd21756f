#include "keras/models/model_ends.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

std::vector<std::string> sorted_keys(const Config& dict) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : dict.as_dict()) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

/// Keras has tuples where JSON has only lists: {"class_name": "__tuple__", "items": […]}.
bool is_tuple(const Config& config) {
  const Config* name = config.find("class_name");
  return name && name->is_string() && name->as_string() == "__tuple__";
}

class Flattener {
 public:
  Flattener(const std::function<bool(const Config&)>& is_leaf,
            const std::function<Tensor(const Config&)>& find, Tensors& tensors)
      : is_leaf_(is_leaf), find_(find), tensors_(tensors) {}

  Config flatten(const Config& written) {
    if (is_leaf_(written)) {
      tensors_.push_back(find_(written));
      return static_cast<std::int64_t>(tensors_.size()) - 1;
    }
    if (is_tuple(written)) return flatten(written.at("items"));
    if (written.is_dict()) return flatten_dict(written);
    Config list = Config::list();
    for (const auto& item : written.as_list()) list.as_list().push_back(flatten(item));
    return list;
  }

 private:
  Config flatten_dict(const Config& written) {
    Config dict = written;
    for (const auto& key : sorted_keys(written)) dict.set(key, flatten(written.at(key)));
    return dict;
  }

  const std::function<bool(const Config&)>& is_leaf_;
  const std::function<Tensor(const Config&)>& find_;
  Tensors& tensors_;
};

}  // namespace

ModelEnds::ModelEnds(const Data& data) {
  Config written = 0;
  if (data.is_named()) {
    written = Config::dict();
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (written.contains(data.names()[i]))
        throw ValueError(str("The key \"", data.names()[i], "\" is given twice."));
      written.set(data.names()[i], static_cast<std::int64_t>(i));
    }
  } else if (!data.is_single()) {
    written = Config::list();
    for (std::size_t i = 0; i < data.size(); ++i)
      written.as_list().push_back(static_cast<std::int64_t>(i));
  }
  *this = ModelEnds(
      written, [](const Config& item) { return item.is_int(); },
      [&](const Config& item) { return data[item.as_int()]; });
}

ModelEnds::ModelEnds(const Config& written, const std::function<bool(const Config&)>& is_leaf,
                     const std::function<Tensor(const Config&)>& find)
    : structure(Flattener(is_leaf, find, tensors).flatten(written)) {}

std::vector<std::string> ModelEnds::keys() const {
  if (!structure.is_dict()) return {};
  for (const auto& [key, value] : structure.as_dict())
    if (!value.is_int()) return {};
  return sorted_keys(structure);
}

Config map_structure(const Config& structure, const std::function<Config(std::int64_t)>& leaf) {
  if (structure.is_int()) return leaf(structure.as_int());
  if (structure.is_dict()) {
    Config dict = Config::dict();
    for (const auto& [key, value] : structure.as_dict()) dict.set(key, map_structure(value, leaf));
    return dict;
  }
  Config list = Config::list();
  for (const auto& item : structure.as_list()) list.as_list().push_back(map_structure(item, leaf));
  return list;
}

}  // namespace keras
