#include "keras/ops/operation_registry.h"

#include <map>
#include <string_view>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

const std::map<std::string, RegistryRow>& rows() {
  static const std::map<std::string, RegistryRow> table = [] {
    std::map<std::string, RegistryRow> out;
    for (const auto& family : {elementwise_rows(), reduction_rows(), array_rows(), creation_rows(),
                               linalg_rows(), signal_rows(), decomposition_rows(), selection_rows(),
                               block_rows(), image_rows(), nn_rows(), special_rows()})
      for (const auto& row : family) out.emplace(row.class_name, row);
    return out;
  }();
  return table;
}

const RegistryRow& row_of(const std::string& class_name) {
  const auto row = rows().find(class_name);
  if (row == rows().end())
    throw ValueError(str("The operation ", class_name, " cannot be saved or loaded."));
  return row->second;
}

}  // namespace

std::string operation_module(const std::string& class_name) { return row_of(class_name).module; }
bool is_known_operation(const std::string& class_name) { return rows().contains(class_name); }

std::vector<std::string> known_operations() {
  std::vector<std::string> names;
  for (const auto& [name, row] : rows()) names.push_back(name);
  return names;
}

std::function<Tensors(const Tensors&, const Config&)> operation_from_config(
    const std::string& class_name, const Config& config) {
  return [&row = row_of(class_name), config](const Tensors& tensors, const Config& arguments) {
    return row.apply(RecordedCall(tensors, arguments, config));
  };
}

}  // namespace keras::ops
