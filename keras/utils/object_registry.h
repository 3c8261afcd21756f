#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/utils/config.h"
#include "keras/utils/naming.h"

namespace keras {

/// What a serialized object says: its class (or the name it was registered under) and its config.
struct ObjectDescription {
  std::string name;
  Config config;
};
/// Reads {"module", "class_name", "config", "registered_name"}, Keras 2's shorter
/// {"class_name", "config"}, a function's name, or a plain name. Throws ValueError naming `family`
/// for anything else.
ObjectDescription describe_object(std::string_view family, const Config& serialized);

/// {"module": module, "class_name": …, "config": …, "registered_name": null} as Keras 3 writes it;
/// a name such as "my_app>Mine" is a registered one and has no module.
Config serialize_object(std::string_view module, const std::string& name, Config config);

/// A ValueError with the nearest of the known names.
[[noreturn]] void throw_unknown_name(std::string_view family, std::string_view name,
                                     const std::vector<std::string>& known);

/// The names of one family of objects (losses, initializers …): Keras's classes, each also in snake
/// case and under its aliases, and what the program registers itself.
template <typename Handle>
class ObjectRegistry {
 public:
  using Factory = std::function<Handle(const Config&)>;
  struct Row {
    Row(std::string class_name_, Factory from_config_, std::vector<std::string> aliases_ = {})
        : class_name(std::move(class_name_)),
          from_config(std::move(from_config_)),
          aliases(std::move(aliases_)) {}
    std::string class_name;
    Factory from_config;
    std::vector<std::string> aliases;
  };

  ObjectRegistry(std::string family, std::vector<Row> rows);

  /// An object of the class with this name and this config. Throws ValueError for unknown names.
  Handle make(std::string_view name, const Config& config = Config::dict()) const;
  /// From what `serialize_object` or Python's Keras wrote.
  Handle deserialize(const Config& serialized) const {
    const ObjectDescription object = describe_object(family_, serialized);
    return make(object.name, object.config);
  }
  /// Makes a class of the program known under a name such as "my_app>Mine".
  void add(const std::string& name, Factory from_config);
  /// The class names, without aliases.
  std::vector<std::string> class_names() const;

 private:
  std::string family_;
  std::vector<std::string> class_names_;
  mutable std::mutex mutex_;
  std::map<std::string, Factory, std::less<>> factories_;
};

template <typename Handle>
ObjectRegistry<Handle>::ObjectRegistry(std::string family, std::vector<Row> rows)
    : family_(std::move(family)) {
  for (auto& row : rows) {
    for (const auto& alias : row.aliases) factories_.emplace(alias, row.from_config);
    factories_.emplace(to_snake_case(row.class_name), row.from_config);
    factories_.emplace(row.class_name, std::move(row.from_config));
    class_names_.push_back(std::move(row.class_name));
  }
}

template <typename Handle>
Handle ObjectRegistry<Handle>::make(std::string_view name, const Config& config) const {
  Factory factory;
  std::vector<std::string> known;
  {
    const std::lock_guard lock(mutex_);
    const auto found = factories_.find(name);
    if (found != factories_.end()) {
      factory = found->second;
    } else {
      for (const auto& [key, value] : factories_) known.push_back(key);
    }
  }
  if (!factory) throw_unknown_name(family_, name, known);
  return factory(config);
}

template <typename Handle>
void ObjectRegistry<Handle>::add(const std::string& name, Factory from_config) {
  const std::lock_guard lock(mutex_);
  factories_[name] = std::move(from_config);
}

template <typename Handle>
std::vector<std::string> ObjectRegistry<Handle>::class_names() const {
  return class_names_;
}

}  // namespace keras
