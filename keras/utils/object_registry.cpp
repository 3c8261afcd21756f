#include "keras/utils/object_registry.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {

ObjectDescription describe_object(std::string_view family, const Config& serialized) {
  if (serialized.is_string()) return {serialized.as_string(), Config::dict()};
  const Config* class_name = serialized.find("class_name");
  if (!class_name || !class_name->is_string())
    throw ValueError(
        str("Could not interpret ", family, " identifier: ", serialized),
        R"(give a name or {"class_name": ..., "config": {...}} as `serialize` writes it.)");
  const Config* registered = serialized.find("registered_name");
  const Config* config = serialized.find("config");
  if (class_name->as_string() == "function" && config && config->is_string())
    return {config->as_string(), Config::dict()};
  const bool is_registered = registered && registered->is_string() &&
                             registered->as_string().find('>') != std::string::npos;
  return {is_registered ? registered->as_string() : class_name->as_string(),
          config && config->is_dict() ? *config : Config::dict()};
}

Config serialize_object(std::string_view module, const std::string& name, Config config) {
  const std::size_t package_end = name.find('>');
  if (package_end == std::string::npos)
    return {{"module", module},
            {"class_name", name},
            {"config", std::move(config)},
            {"registered_name", nullptr}};
  return {{"module", nullptr},
          {"class_name", name.substr(package_end + 1)},
          {"config", std::move(config)},
          {"registered_name", name}};
}

void throw_unknown_name(std::string_view family, std::string_view name,
                        const std::vector<std::string>& known) {
  const auto near = near_matches(name, known);
  throw ValueError(str("Could not interpret ", family, " identifier: ", name),
                   near.empty()
                       ? str("give one of Keras's names, or register the class under its name.")
                       : str("did you mean ", join(near, ", "), "?"));
}

}  // namespace keras
