#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/fused_elementwise.h"
#include "keras/backend/cpu/fusions/recompute.h"
#include "keras/backend/cpu/simd/program_builder.h"
#include "keras/engine/graph/graph_index.h"
#include "keras/ops/reduction/reduce.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::kNoValue;
using engine::ValueId;

/// Groups of calls that become one loop each. A group may take a call in, or two groups become one,
/// as long as nothing that leaves the group comes back into it: the groups' graph stays acyclic.
class Grouping {
 public:
  explicit Grouping(const Graph& graph)
      : graph_(graph), index_(graph), group_(graph.calls.size()), members_(graph.calls.size()) {
    std::iota(group_.begin(), group_.end(), 0);
    for (std::size_t i = 0; i < graph.calls.size(); ++i) members_[i] = {static_cast<int>(i)};
  }

  void run() {
    for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
      if (!fusible(static_cast<int>(i))) continue;
      for (const ValueId input : graph_.calls[i].inputs) {
        const int from = index_.maker(input);
        if (from >= 0 && fusible(from) && !reduces(from) && same_shape(from, static_cast<int>(i)))
          try_merge(group_of(from), group_of(static_cast<int>(i)));
      }
    }
    merge_siblings();
  }

  /// Calls of each group in their old order; groups in an order in which each follows what it
  /// needs.
  std::vector<std::vector<int>> ordered_groups() const {
    std::vector<std::vector<int>> order;
    std::vector<char> state(graph_.calls.size(), 0);
    for (int i = 0; i < static_cast<int>(graph_.calls.size()); ++i)
      visit(group_of(i), state, order);
    return order;
  }

 private:
  const GraphCall& call(int i) const { return graph_.calls[static_cast<std::size_t>(i)]; }
  int group_of(int i) const { return group_[static_cast<std::size_t>(i)]; }
  const std::vector<int>& members(int group) const {
    return members_[static_cast<std::size_t>(group)];
  }
  bool reduces(int i) const { return call(i).op == &ops::reduce_op; }
  bool fusible(int i) const {
    return (call(i).op->traits.elementwise || reduces(i)) &&
           ProgramBuilder::refusal(*call(i).op, graph_.specs(call(i).inputs)).empty();
  }
  /// The shape that the call's loop runs over.
  const Shape& shape(int i) const {
    return graph_.spec(reduces(i) ? call(i).inputs[0] : call(i).outputs[0]).shape;
  }
  bool same_shape(int a, int b) const { return shape(a) == shape(b); }

  /// Loops that read the same tensor, and have nothing to do with one another, read it once.
  void merge_siblings() {
    std::map<ValueId, std::vector<int>> readers;
    for (int i = 0; i < static_cast<int>(graph_.calls.size()); ++i)
      if (fusible(i))
        for (const ValueId input : call(i).inputs)
          if (graph_.spec(input).shape == shape(i)) readers[input].push_back(i);
    for (const auto& [value, calls] : readers)
      for (std::size_t i = 1; i < calls.size(); ++i)
        if (same_shape(calls[0], calls[i])) try_merge(group_of(calls[0]), group_of(calls[i]));
  }

  void try_merge(int a, int b) {
    if (a == b || members(a).size() + members(b).size() > kMostInstructions) return;
    if (!reductions_agree(a, b) || comes_back(a, b)) return;
    auto& into = members_[static_cast<std::size_t>(a)];
    auto& from = members_[static_cast<std::size_t>(b)];
    for (const int i : from) group_[static_cast<std::size_t>(i)] = a;
    into.insert(into.end(), from.begin(), from.end());
    std::sort(into.begin(), into.end());
    from.clear();
  }

  /// A loop reduces over one set of axes, and what it reduces is there only when it has ended.
  bool reductions_agree(int a, int b) const {
    std::vector<int> axes;
    bool found = false;
    for (const int group : {a, b})
      for (const int i : members(group)) {
        if (reduces(i)) {
          const auto own = reduced_axes_of(call(i).op, call(i).attrs);
          if (own.empty() || (found && own != axes)) return false;
          axes = own;
          found = true;
        }
        for (const ValueId input : call(i).inputs) {
          const int from = index_.maker(input);
          if (from >= 0 && reduces(from) && (group_of(from) == a || group_of(from) == b))
            return false;
        }
      }
    return true;
  }

  /// True when something outside of both groups needs one of them and is needed by one of them.
  bool comes_back(int a, int b) const {
    std::vector<bool> seen(graph_.calls.size(), false);
    std::vector<int> pending;
    const auto inside = [&](int group) { return group == a || group == b; };
    const auto push_needs = [&](int group) {
      for (const int i : members(group))
        for (const ValueId input : call(i).inputs) {
          const int from = index_.maker(input);
          if (from < 0) continue;
          const int needed = group_of(from);
          if (inside(group) && inside(needed)) continue;
          if (seen[static_cast<std::size_t>(needed)]) continue;
          seen[static_cast<std::size_t>(needed)] = true;
          pending.push_back(needed);
        }
    };
    push_needs(a);
    push_needs(b);
    while (!pending.empty()) {
      const int group = pending.back();
      pending.pop_back();
      if (inside(group)) return true;
      push_needs(group);
    }
    return false;
  }

  void visit(int start, std::vector<char>& state, std::vector<std::vector<int>>& order) const {
    std::vector<int> stack = {start};
    while (!stack.empty()) {
      const int group = stack.back();
      char& mark = state[static_cast<std::size_t>(group)];
      if (mark == 2) {
        stack.pop_back();
        continue;
      }
      if (mark == 1) {
        mark = 2;
        order.push_back(members(group));
        stack.pop_back();
        continue;
      }
      mark = 1;
      for (const int i : members(group))
        for (const ValueId input : call(i).inputs) {
          const int from = index_.maker(input);
          if (from >= 0 && state[static_cast<std::size_t>(group_of(from))] == 0)
            stack.push_back(group_of(from));
        }
    }
  }

  const Graph& graph_;
  engine::GraphIndex index_;
  std::vector<int> group_;  ///< of a call; named after one of its calls
  std::vector<std::vector<int>> members_;
};

/// A loop: the calls that it stands for, and calls of other loops that it does again for itself.
struct Loop {
  std::vector<int> own;
  std::vector<int> all;
};

std::vector<Loop> make_loops(const Graph& graph) {
  Grouping grouping(graph);
  grouping.run();
  auto groups = grouping.ordered_groups();
  auto repeated = find_recomputations(graph, groups);
  std::vector<Loop> loops;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::vector<int> all = std::move(repeated[g]);
    all.insert(all.end(), groups[g].begin(), groups[g].end());
    std::sort(all.begin(), all.end());
    loops.push_back({std::move(groups[g]), std::move(all)});
  }
  return loops;
}

/// How often values are used outside of the loop that makes them and of those that make them again.
std::vector<int> uses_outside(const Graph& graph, const std::vector<Loop>& loops) {
  std::vector<int> uses = graph.use_counts();
  for (const auto& loop : loops) {
    std::set<ValueId> made;
    for (const int i : loop.all) {
      const auto& outputs = graph.calls[static_cast<std::size_t>(i)].outputs;
      made.insert(outputs.begin(), outputs.end());
    }
    for (const int i : loop.all) {
      const bool own = std::binary_search(loop.own.begin(), loop.own.end(), i);
      for (const ValueId input : graph.calls[static_cast<std::size_t>(i)].inputs) {
        int& count = uses[static_cast<std::size_t>(input)];
        if (own && made.contains(input)) --count;
        if (!own && !made.contains(input)) ++count;
      }
    }
  }
  return uses;
}

/// Leaves out the calls that only loops need which make them again.
void drop_unneeded(const Graph& graph, Loop& loop, const std::vector<int>& uses) {
  std::set<ValueId> needed;
  for (const int i : loop.own)
    for (const ValueId made : graph.calls[static_cast<std::size_t>(i)].outputs)
      if (uses[static_cast<std::size_t>(made)] > 0) needed.insert(made);
  std::vector<int> kept;
  for (auto i = loop.all.rbegin(); i != loop.all.rend(); ++i) {
    const GraphCall& call = graph.calls[static_cast<std::size_t>(*i)];
    if (!needed.contains(call.outputs[0])) continue;
    needed.insert(call.inputs.begin(), call.inputs.end());
    kept.push_back(*i);
  }
  std::reverse(kept.begin(), kept.end());
  loop.all = std::move(kept);
  std::erase_if(loop.own, [&](int i) {
    return std::find(loop.all.begin(), loop.all.end(), i) == loop.all.end();
  });
}

GraphCall fused_call(const Graph& graph, const Loop& loop, const std::vector<int>& uses) {
  const std::vector<int>& group = loop.all;
  FusedElementwiseAttrs attrs;
  GraphCall fused;
  const auto call = [&](int i) -> const GraphCall& {
    return graph.calls[static_cast<std::size_t>(i)];
  };
  for (const int i : group) {
    const auto axes = reduced_axes_of(call(i).op, call(i).attrs);
    if (!axes.empty()) attrs.reduced_axes = axes;
    attrs.shape = graph.spec(axes.empty() ? call(i).outputs[0] : call(i).inputs[0]).shape;
  }
  std::map<ValueId, int> instruction_of;
  for (std::size_t k = 0; k < group.size(); ++k)
    instruction_of[call(group[k]).outputs[0]] = static_cast<int>(k);
  for (const int i : group)
    for (const ValueId input : call(i).inputs)
      if (!instruction_of.contains(input) &&
          std::find(fused.inputs.begin(), fused.inputs.end(), input) == fused.inputs.end())
        fused.inputs.push_back(input);
  const auto source = [&](ValueId value) {
    const auto made = instruction_of.find(value);
    if (made != instruction_of.end()) return static_cast<int>(fused.inputs.size()) + made->second;
    return static_cast<int>(std::find(fused.inputs.begin(), fused.inputs.end(), value) -
                            fused.inputs.begin());
  };
  for (const int i : group) {
    FusedInstruction instruction{
        call(i).op, call(i).attrs, {}, graph.spec(call(i).outputs[0]).dtype};
    for (const ValueId input : call(i).inputs) instruction.sources.push_back(source(input));
    attrs.instructions.push_back(std::move(instruction));
  }
  for (const int i : loop.own) {
    const ValueId made = call(i).outputs[0];
    if (uses[static_cast<std::size_t>(made)] == 0) continue;
    attrs.outputs.push_back(instruction_of.at(made));
    fused.outputs.push_back(made);
  }
  fused.op = &fused_elementwise_op;
  fused.attrs = std::move(attrs);
  return fused;
}

}  // namespace

Graph fuse_elementwise(Graph graph) {
  std::vector<Loop> loops = make_loops(graph);
  const std::vector<int> uses = uses_outside(graph, loops);
  std::vector<GraphCall> calls;
  for (auto& loop : loops) {
    if (loop.all.size() > 1) drop_unneeded(graph, loop, uses);
    if (loop.all.size() == 1) {
      calls.push_back(graph.calls[static_cast<std::size_t>(loop.all[0])]);
    } else if (loop.all.size() > 1) {
      calls.push_back(fused_call(graph, loop, uses));
    }
  }
  graph.calls = std::move(calls);
  return graph;
}

}  // namespace keras::backend::cpu
