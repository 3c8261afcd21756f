#include "keras/engine/runtime/memory_plan.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace keras::engine {
namespace {

constexpr std::size_t kAlignment = 64;

/// Bytes of the arena that one or several values in turn live in.
struct Slot {
  int first = 0;
  int last = 0;
  std::size_t bytes = 0;
  std::size_t offset = 0;
};

class Planner {
 public:
  Planner(const Graph& graph, const std::vector<std::unique_ptr<PreparedKernel>>& kernels)
      : graph_(graph),
        kernels_(kernels),
        end_(static_cast<int>(graph.calls.size())),
        root_(graph.values.size()),
        made_(graph.values.size(), -1),
        last_use_(graph.values.size(), -1),
        slot_of_(graph.values.size(), -1) {
    plan_.locations.resize(graph.values.size());
  }

  MemoryPlan run() {
    find_roots_and_lifetimes();
    place_leaves();
    place_results();
    place_variables();
    place_in_arena();
    follow_views();
    return std::move(plan_);
  }

 private:
  static std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }
  Location& location(ValueId value) { return plan_.locations[at(value)]; }
  bool is_view(int call) const { return kernels_[static_cast<std::size_t>(call)] == nullptr; }
  ValueId root(ValueId value) const { return root_[at(value)]; }
  std::size_t bytes(ValueId value) const { return byte_size(graph_.spec(value)); }

  void use(ValueId value, int when) {
    int& last = last_use_[at(root(value))];
    last = std::max(last, when);
  }

  void find_roots_and_lifetimes() {
    std::iota(root_.begin(), root_.end(), 0);
    for (int i = 0; i < end_; ++i) {
      const GraphCall& call = graph_.calls[static_cast<std::size_t>(i)];
      for (std::size_t k = 0; k < call.outputs.size(); ++k) {
        made_[at(call.outputs[k])] = i;
        if (is_view(i)) root_[at(call.outputs[k])] = root(call.inputs[k]);
      }
      if (!is_view(i))
        for (const ValueId input : call.inputs) use(input, i);
      for (const ValueId output : call.outputs) use(output, i);
    }
    for (const ValueId result : graph_.results) use(result, end_);
    for (const auto& variable : graph_.variables)
      if (variable.final != variable.initial) use(variable.final, end_);
  }

  void place_leaves() {
    for (std::size_t i = 0; i < graph_.arguments.size(); ++i)
      location(graph_.arguments[i]) = {Location::Kind::kArgument, static_cast<int>(i), 0};
    for (std::size_t i = 0; i < graph_.variables.size(); ++i)
      location(graph_.variables[i].initial) = {Location::Kind::kVariable, static_cast<int>(i), 0};
    for (std::size_t i = 0; i < graph_.constants.size(); ++i)
      location(graph_.constants[i].value) = {Location::Kind::kConstant, static_cast<int>(i), 0};
  }

  bool is_free(ValueId value) {
    return made_[at(value)] >= 0 && location(value).kind == Location::Kind::kNowhere;
  }

  void place_results() {
    for (std::size_t i = 0; i < graph_.results.size(); ++i) {
      const ValueId result = graph_.results[i];
      const Location place{Location::Kind::kResult, static_cast<int>(i), 0};
      if (is_free(root(result))) {
        location(root(result)) = place;
      } else {
        plan_.copies.push_back({result, place, bytes(result)});
      }
    }
  }

  /// May the call that makes `value` write over the bytes of `victim`, whose readers are all known?
  bool may_replace(ValueId victim, ValueId value) const {
    const int maker = made_[at(value)];
    if (last_use_[at(victim)] > maker) return false;
    return overwrites_safely(maker, victim, value);
  }

  /// True when the call does not read `victim`, or its kernel allows to lose it meanwhile.
  bool overwrites_safely(int maker, ValueId victim, ValueId output) const {
    const GraphCall& call = graph_.calls[static_cast<std::size_t>(maker)];
    const auto place = std::find(call.outputs.begin(), call.outputs.end(), output);
    const int output_index = static_cast<int>(place - call.outputs.begin());
    for (std::size_t i = 0; i < call.inputs.size(); ++i)
      if (root(call.inputs[i]) == victim &&
          !kernels_[static_cast<std::size_t>(maker)]->may_overwrite(static_cast<int>(i),
                                                                    output_index))
        return false;
    return true;
  }

  void place_variables() {
    for (std::size_t i = 0; i < graph_.variables.size(); ++i) {
      const auto& variable = graph_.variables[i];
      if (variable.final == variable.initial) continue;
      const Location place{Location::Kind::kVariable, static_cast<int>(i), 0};
      const ValueId maker_value = root(variable.final);
      if (is_free(maker_value) && may_replace(variable.initial, maker_value)) {
        location(maker_value) = place;
      } else {
        plan_.copies.push_back({variable.final, place, bytes(variable.final)});
      }
    }
  }

  void place_in_arena() {
    for (int i = 0; i < end_; ++i) {
      if (is_view(i)) continue;
      for (const ValueId output : graph_.calls[static_cast<std::size_t>(i)].outputs)
        if (is_free(output)) slot_of_[at(output)] = choose_slot(i, output);
    }
    assign_offsets();
    for (std::size_t value = 0; value < slot_of_.size(); ++value)
      if (slot_of_[value] >= 0)
        plan_.locations[value] = {Location::Kind::kArena, 0,
                                  slots_[static_cast<std::size_t>(slot_of_[value])].offset};
  }

  /// The slot of an input that ends here, where the output fits and may overwrite it, else a new
  /// one.
  int choose_slot(int call_index, ValueId output) {
    const std::size_t needed = aligned(bytes(output));
    const int last = last_use_[at(output)];
    for (const ValueId input : graph_.calls[static_cast<std::size_t>(call_index)].inputs) {
      const ValueId victim = root(input);
      const int candidate = slot_of_[at(victim)];
      if (candidate < 0 || last_use_[at(victim)] != call_index) continue;
      Slot& slot = slots_[static_cast<std::size_t>(candidate)];
      if (slot.last != call_index || slot.bytes != needed) continue;
      if (!overwrites_safely(call_index, victim, output)) continue;
      slot.last = last;
      // A value that nobody uses must still not share the slot with the call's other outputs.
      if (last == call_index) slot.last = call_index + 1;
      return candidate;
    }
    slots_.push_back({call_index, last, needed, 0});
    return static_cast<int>(slots_.size()) - 1;
  }

  /// First fit, largest first, among the slots that are alive at the same time.
  void assign_offsets() {
    std::vector<std::size_t> order(slots_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return slots_[a].bytes > slots_[b].bytes;
    });
    std::vector<std::size_t> placed;
    for (const std::size_t index : order) {
      Slot& slot = slots_[index];
      std::vector<std::pair<std::size_t, std::size_t>> taken;
      for (const std::size_t other : placed) {
        const Slot& neighbour = slots_[other];
        if (neighbour.first <= slot.last && slot.first <= neighbour.last)
          taken.emplace_back(neighbour.offset, neighbour.offset + neighbour.bytes);
      }
      std::sort(taken.begin(), taken.end());
      for (const auto& [begin, end] : taken) {
        if (slot.offset + slot.bytes <= begin) break;
        slot.offset = std::max(slot.offset, end);
      }
      placed.push_back(index);
      plan_.arena_bytes = std::max(plan_.arena_bytes, slot.offset + slot.bytes);
    }
  }

  void follow_views() {
    for (std::size_t value = 0; value < root_.size(); ++value)
      plan_.locations[value] = plan_.locations[at(root_[value])];
  }

  const Graph& graph_;
  const std::vector<std::unique_ptr<PreparedKernel>>& kernels_;
  const int end_;
  std::vector<ValueId> root_;  ///< the value whose bytes a view shows
  std::vector<int> made_;      ///< the call that makes a value, -1 for leaves
  std::vector<int> last_use_;  ///< of a root and all of its views
  std::vector<int> slot_of_;
  std::vector<Slot> slots_;
  MemoryPlan plan_;
};

}  // namespace

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

std::size_t byte_size(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.size()) * dtype_size(spec.dtype);
}

MemoryPlan plan_memory(const Graph& graph,
                       const std::vector<std::unique_ptr<PreparedKernel>>& kernels) {
  return Planner(graph, kernels).run();
}

}  // namespace keras::engine
