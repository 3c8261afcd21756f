#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/graph/op.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/tensor/layout.h"

namespace keras::engine {

/// A value of a graph, by its place in `Graph::values`.
using ValueId = int;
inline constexpr ValueId kNoValue = -1;

/// One call of an operation.
struct GraphCall {
  const Op* op = nullptr;
  Attrs attrs;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
};

/// A variable that the function reads or assigns.
struct GraphVariable {
  Variable variable;
  ValueId initial = kNoValue;
  /// What it is assigned at the end; equal to `initial` when it is only read.
  ValueId final = kNoValue;
};

struct GraphConstant {
  ValueId value = kNoValue;
  Storage storage;
};

/// A traced function as a flat list of calls, each after what it needs. Every value is an argument,
/// a variable's initial value, a constant, or the output of exactly one call.
struct Graph {
  Specs values;
  std::vector<GraphCall> calls;
  std::vector<ValueId> arguments;
  std::vector<ValueId> results;
  std::vector<GraphVariable> variables;
  std::vector<GraphConstant> constants;
  /// By value, as far as it goes: where elements do not lie in row-major order.
  std::vector<LayoutPtr> layouts;
  /// The work that need not be done in each run: its results are the graph's last arguments. Null
  /// when there is none.
  std::shared_ptr<const Graph> prologue;
  /// How many threads its calls may be cut for; 0 for all there are.
  int threads = 0;

  ValueId add_value(TensorSpec spec) {
    values.push_back(std::move(spec));
    return static_cast<ValueId>(values.size()) - 1;
  }
  const TensorSpec& spec(ValueId value) const { return values[static_cast<std::size_t>(value)]; }
  Specs specs(const std::vector<ValueId>& ids) const;
  LayoutPtr layout(ValueId value) const;
  std::vector<LayoutPtr> layouts_of(const std::vector<ValueId>& ids) const;
  void set_layout(ValueId value, LayoutPtr layout);
  /// Puts `replacement[v]` in the place of v wherever it is used (not where it is made).
  void replace_uses(const std::vector<ValueId>& replacement);
  /// How often a value is used: by calls, as a result, as a variable's final value.
  std::vector<int> use_counts() const;
};

/// The graph of what was traced: from the placeholders `arguments` to `results` and to what the
/// scope's variables were assigned.
Graph build_graph(const Tensors& arguments, const Tensors& results, const Trace& trace);

/// One line a call, Graphviz, and a check that throws std::logic_error naming the pass that broke
/// a rule of the IR.
std::string print_graph(const Graph& graph);
std::string print_graphviz(const Graph& graph);
void verify_graph(const Graph& graph, std::string_view after_pass);

}  // namespace keras::engine
