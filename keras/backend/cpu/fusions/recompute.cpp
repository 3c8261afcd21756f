#include "keras/backend/cpu/fusions/recompute.h"

#include <algorithm>
#include <set>
#include <utility>

#include "keras/backend/cpu/simd/program_builder.h"
#include "keras/engine/graph/graph_index.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

/// What it costs to move a byte of each of 1,024 elements to memory or from it, in nanoseconds:
/// both of two threads at it, 13 GB/s each.
constexpr double kNanosecondsPerByte = 75;
/// Smaller tensors stay in the caches, where moving them costs little.
constexpr std::int64_t kSmallestElements = 1 << 18;

class Recomputations {
 public:
  Recomputations(const Graph& graph, const std::vector<std::vector<int>>& groups)
      : graph_(graph), groups_(groups), index_(graph), group_of_(graph.calls.size(), -1) {
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (const int i : groups[g]) group_of_[static_cast<std::size_t>(i)] = static_cast<int>(g);
  }

  std::vector<std::vector<int>> run() const {
    std::vector<std::vector<int>> repeated(groups_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (!is_loop(groups_[g])) continue;
      std::set<int> sources;
      for (const ValueId input : inputs_of(groups_[g]))
        if (index_.maker(input) >= 0) sources.insert(home(input));
      for (const int source : sources) {
        const auto calls = worth_repeating(static_cast<int>(g), source);
        if (repeated[g].size() + calls.size() + groups_[g].size() <= kMostInstructions)
          repeated[g].insert(repeated[g].end(), calls.begin(), calls.end());
      }
    }
    return repeated;
  }

 private:
  const GraphCall& call(int i) const { return graph_.calls[static_cast<std::size_t>(i)]; }
  int home(ValueId value) const { return group_of_[static_cast<std::size_t>(index_.maker(value))]; }
  const Shape& shape(ValueId value) const { return graph_.spec(value).shape; }
  double bytes(ValueId value) const {
    return static_cast<double>(dtype_size(graph_.spec(value).dtype));
  }
  bool elementwise(int i) const {
    return call(i).op->traits.elementwise &&
           ProgramBuilder::refusal(*call(i).op, graph_.specs(call(i).inputs)).empty();
  }
  /// Calls that take part in a reduction have inputs of the loop's shape.
  bool is_loop(const std::vector<int>& group) const { return elementwise(group[0]); }

  /// Values that calls use and do not make.
  std::set<ValueId> inputs_of(const std::vector<int>& calls) const {
    std::set<ValueId> inputs;
    for (const int i : calls) inputs.insert(call(i).inputs.begin(), call(i).inputs.end());
    for (const int i : calls)
      for (const ValueId output : call(i).outputs) inputs.erase(output);
    return inputs;
  }

  /// The calls of `source` that give group `g` what it takes from there, if to do them again is
  /// cheaper.
  std::vector<int> worth_repeating(int g, int source) const {
    const auto& group = groups_[static_cast<std::size_t>(g)];
    const Shape& loop = shape(call(group[0]).outputs[0]);
    if (loop.size() < kSmallestElements) return {};
    std::set<int> needed;
    double saved = 0;
    const std::set<ValueId> present = inputs_of(group);
    for (const ValueId value : present) {
      if (index_.maker(value) < 0 || home(value) != source) continue;
      if (shape(value) != loop || !collect(value, source, needed)) return {};
      // Where nobody else wants it, it need not be written either.
      const int inside = uses_within(groups_[static_cast<std::size_t>(source)], value);
      const bool only_here = inside + uses_within(group, value) == index_.uses(value);
      saved += kNanosecondsPerByte * bytes(value) * (only_here ? 2 : 1);
    }
    const std::vector<int> calls(needed.begin(), needed.end());
    for (const ValueId input : inputs_of(calls))
      if (shape(input).size() == loop.size() && !present.contains(input))
        saved -= kNanosecondsPerByte * bytes(input);
    for (const int i : calls)
      saved -= ProgramBuilder::cost(*call(i).op, graph_.specs(call(i).inputs));
    return saved > 0 ? calls : std::vector<int>{};
  }

  int uses_within(const std::vector<int>& group, ValueId value) const {
    std::ptrdiff_t uses = 0;
    for (const int i : group)
      uses += std::count(call(i).inputs.begin(), call(i).inputs.end(), value);
    return static_cast<int>(uses);
  }

  /// The calls of `source` behind a value; false when one of them cannot be repeated.
  bool collect(ValueId value, int source, std::set<int>& needed) const {
    const int maker = index_.maker(value);
    if (maker < 0 || home(value) != source || needed.contains(maker)) return true;
    if (!elementwise(maker) || needed.size() > kMostInstructions) return false;
    needed.insert(maker);
    const auto& inputs = call(maker).inputs;
    return std::all_of(inputs.begin(), inputs.end(),
                       [&](ValueId input) { return collect(input, source, needed); });
  }

  const Graph& graph_;
  const std::vector<std::vector<int>>& groups_;
  engine::GraphIndex index_;
  std::vector<int> group_of_;
};

}  // namespace

std::vector<std::vector<int>> find_recomputations(const Graph& graph,
                                                  const std::vector<std::vector<int>>& groups) {
  return Recomputations(graph, groups).run();
}

}  // namespace keras::backend::cpu
