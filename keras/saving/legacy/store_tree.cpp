#include "keras/saving/legacy/store_tree.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/core.h"
#include "keras/utils/naming.h"

namespace keras::saving::legacy {
namespace {

constexpr int kDeepest = 64;

/// A store's groups with plain names: "layers\\lstm\\cell" is three of them.
struct Node {
  std::map<std::string, Node> inner;
  std::optional<Hdf5Group> vars;

  bool has_weights() const {
    if (vars && !vars->names().empty()) return true;
    return std::any_of(inner.begin(), inner.end(),
                       [](const auto& entry) { return entry.second.has_weights(); });
  }
};

void add_groups(const Hdf5Group& group, Node& node, int depth) {
  if (depth > kDeepest)
    throw IoError(str("The groups of the weight file nest too deep at ", group.path(), "."));
  for (const auto& name : group.names()) {
    if (!group.is_group(name)) continue;
    Node* target = &node;
    std::string last;
    for (std::size_t begin = 0; begin <= name.size();) {
      const std::size_t end = std::min(name.find('\\', begin), name.size());
      last = name.substr(begin, end - begin);
      begin = end + 1;
      if (begin <= name.size() || last != "vars") target = &target->inner[last];
    }
    if (last == "vars") {
      target->vars = group.group(name);
    } else {
      add_groups(group.group(name), *target, depth + 1);
    }
  }
}

/// "conv2d" and 2 of "conv2d_2" for layers of that class.
std::optional<int> number_of(const std::string& name, const std::string& class_name) {
  if (name == class_name) return 0;
  if (!name.starts_with(class_name + "_")) return std::nullopt;
  const std::string digits = name.substr(class_name.size() + 1);
  if (digits.empty() || digits.size() > 9 ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return std::atoi(digits.c_str());
}

class Matcher {
 public:
  Assignments run(const Model& model, const Node& root) {
    match(model, root, "");
    return std::move(out_);
  }

 private:
  void match(const Layer& layer, const Node& node, const std::string& path) {
    match_own(layer, node, path);
    std::map<std::string, std::vector<Layer>> by_class;
    for (const auto& inner : layer.impl()->sublayers()) {
      if (legacy_order(inner).empty()) continue;
      const std::string attribute = layer.impl()->attribute_of(inner);
      if (attribute.empty()) {
        by_class[to_snake_case(inner.impl()->python_class_name())].push_back(inner);
      } else {
        match_attribute(inner, node, path, attribute);
      }
    }
    for (const auto& [class_name, layers] : by_class)
      match_list(layers, list_in(node, path), path, class_name);
  }

  void match_own(const Layer& layer, const Node& node, const std::string& path) {
    Variables own;
    for (const bool trainable : {true, false})
      for (const auto& variable : layer.impl()->own_variables())
        if (variable.trainable() == trainable) own.push_back(variable);
    if (own.empty()) return;
    const std::size_t count = node.vars ? node.vars->names().size() : 0;
    if (count != own.size())
      throw IoError(str("Layer '", layer.name(), "' expected ", own.size(),
                        " variables, but the file has ", count, " in ", path, "."));
    for (std::size_t i = 0; i < count; ++i) {
      const Hdf5Dataset dataset = node.vars->dataset(std::to_string(i));
      if (dataset.shape() != own[i].shape())
        throw ShapeError(str("The file's weight ", dataset.path(), " has shape ", dataset.shape(),
                             ", the model's ", own[i].path(), " has ", own[i].shape(), "."));
      const Tensor value = read_tensor(dataset, own[i].shape().size());
      out_.emplace_back(own[i], ops::cast(value, own[i].dtype()).eval());
    }
  }

  /// Keras 2 has an underscore in front of some attributes.
  void match_attribute(const Layer& inner, const Node& node, const std::string& path,
                       const std::string& attribute) {
    for (const std::string& name : {attribute, "_" + attribute})
      if (const auto found = node.inner.find(name); found != node.inner.end())
        return match(inner, found->second, path + "/" + name);
    throw IoError(
        str("The file has no weights for layer '", inner.name(), "' in ", path, "/", attribute));
  }

  static const Node& list_in(const Node& node, const std::string& path) {
    for (const char* name : {"layers", "_layer_checkpoint_dependencies"})
      if (const auto found = node.inner.find(name); found != node.inner.end()) return found->second;
    throw IoError(str("The file has no layers in ", path, "/."));
  }

  void match_list(const std::vector<Layer>& layers, const Node& list, const std::string& path,
                  const std::string& class_name) {
    std::map<int, std::pair<std::string, const Node*>> stored;
    for (const auto& [name, node] : list.inner)
      if (const auto number = number_of(name, class_name); number && node.has_weights())
        stored[*number] = {name, &node};
    if (stored.size() != layers.size())
      throw IoError(str("The model has ", layers.size(), " layers of the class ", class_name,
                        " with weights, but the file has ", stored.size(), " in ", path, "/."));
    auto next = stored.begin();
    for (const auto& layer : layers) {
      match(layer, *next->second.second, path + "/" + next->second.first);
      ++next;
    }
  }

  Assignments out_;
};

}  // namespace

Assignments read_store_tree(const Model& model, const Hdf5File& file) {
  Node root;
  add_groups(file.root(), root, 0);
  return Matcher().run(model, root);
}

}  // namespace keras::saving::legacy
