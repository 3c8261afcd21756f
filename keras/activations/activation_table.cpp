#include "keras/activations/activation_table.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "keras/activations/activations.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::activations {
namespace {

/// What Keras 1 and 2 call hard_sigmoid. Models of theirs were trained with it.
Tensor hard_sigmoid_of_keras2(const Tensor& x) { return ops::clip(x * 0.2 + 0.5, 0, 1); }

struct Row {
  std::string_view name;
  Tensor (*function)(const Tensor&);
};

// A function's first row has the name under which it is saved; further ones are aliases.
constexpr Row kRows[] = {
    {"relu", relu},
    {"leaky_relu", leaky_relu},
    {"relu6", relu6},
    {"softmax", softmax},
    {"celu", celu},
    {"elu", elu},
    {"selu", selu},
    {"softplus", softplus},
    {"softsign", softsign},
    {"squareplus", squareplus},
    {"soft_shrink", soft_shrink},
    {"sparse_plus", sparse_plus},
    {"silu", silu},
    {"swish", silu},
    {"gelu", gelu},
    {"glu", glu},
    {"tanh", tanh},
    {"tanh_shrink", tanh_shrink},
    {"sigmoid", sigmoid},
    {"sparse_sigmoid", sparse_sigmoid},
    {"exponential", exponential},
    {"hard_sigmoid", hard_sigmoid},
    {"keras2>hard_sigmoid", hard_sigmoid_of_keras2},
    {"hard_silu", hard_silu},
    {"hard_swish", hard_silu},
    {"hard_tanh", hard_tanh},
    {"hard_shrink", hard_shrink},
    {"linear", linear},
    {"mish", mish},
    {"log_softmax", log_softmax},
    {"log_sigmoid", log_sigmoid},
    {"sparsemax", sparsemax},
};

struct Registered {
  std::mutex mutex;
  std::map<std::string, Activation::Function, std::less<>> functions;
};

Registered& registered() {
  static Registered functions;
  return functions;
}

const Row* find_row(std::string_view name) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& r) { return r.name == name; });
  return row == std::end(kRows) ? nullptr : row;
}

}  // namespace

std::string name_of_activation(Tensor (*function)(const Tensor&)) {
  for (const Row& row : kRows)
    if (row.function == function) return std::string(row.name);
  return {};
}

NamedActivation find_activation(std::string_view name) {
  if (const Row* row = find_row(name)) return {name_of_activation(row->function), row->function};
  Registered& known = registered();
  const std::lock_guard lock(known.mutex);
  const auto found = known.functions.find(name);
  if (found == known.functions.end()) return {};
  return {found->first, found->second};
}

void register_activation(const std::string& name, Activation::Function function) {
  if (find_row(name))
    throw ValueError(str("register_activation: '", name, "' is the name of one of Keras's own."),
                     "choose a name with your program in it, such as 'my_app>" + name + "'.");
  Registered& known = registered();
  const std::lock_guard lock(known.mutex);
  known.functions[name] = std::move(function);
}

std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  for (const Row& row : kRows) names.emplace_back(row.name);
  Registered& known = registered();
  const std::lock_guard lock(known.mutex);
  for (const auto& entry : known.functions) names.push_back(entry.first);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace keras::activations
