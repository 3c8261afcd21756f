#include "keras/backend/cpu/simd/element_chains.h"

#include <algorithm>
#include <set>

namespace keras::backend::cpu::simd {
namespace {

using Kind = Instruction::Kind;

/// Finds a chain's values among a program's, from the results back, in whatever order it has them.
class Matcher {
 public:
  Matcher(const ElementwiseProgram& program, std::size_t number)
      : program_(program),
        chain_(kElementChains[number]),
        number_(number),
        found_(static_cast<std::size_t>(chain_.sources + chain_.steps), kNone) {}

  std::optional<ChainMatch> match() {
    if (!holds_nothing_else()) return std::nullopt;
    ChainMatch match{.chain = number_, .sources = {}, .results = {}};
    for (int i = 0; i < chain_.results; ++i) {
      const int result = chain_.result[static_cast<std::size_t>(i)];
      if (!find_among_ends(result)) return std::nullopt;
      match.results.push_back(found(result));
    }
    for (int i = 0; i < chain_.sources; ++i) match.sources.push_back(found(i));
    return std::find(found_.begin(), found_.end(), kNone) == found_.end() ? std::optional(match)
                                                                          : std::nullopt;
  }

 private:
  static constexpr Value kNone = -1;

  const Instruction& at(Value value) const {
    return program_.instructions()[static_cast<std::size_t>(value)];
  }
  Value& found(int number) { return found_[static_cast<std::size_t>(number)]; }

  /// As many operations and values that are stored or reduced as the chain, all of float32.
  bool holds_nothing_else() {
    int steps = 0;
    for (const Instruction& instruction : program_.instructions()) {
      if (instruction.lane != Lane::kFloat32) return false;
      if (instruction.kind == Kind::kCast && !is_kept(instruction)) return false;
      if (instruction.kind == Kind::kElement) ++steps;
      if (instruction.kind == Kind::kStore || instruction.kind == Kind::kReduce)
        ends_.insert(instruction.sources[0]);
    }
    return steps == chain_.steps && static_cast<int>(ends_.size()) == chain_.results;
  }

  /// A cast of what is float32 in a register already, such as a bfloat16 that was loaded.
  bool is_kept(const Instruction& cast) const {
    return cast.dtype == DType::kFloat32 && program_.lane(cast.sources[0]) == Lane::kFloat32;
  }
  Value origin(Value value) const {
    return at(value).kind == Kind::kCast ? origin(at(value).sources[0]) : value;
  }

  bool find_among_ends(int result) {
    for (const Value value : ends_) {
      const auto before = found_;
      if (is(result, value)) return true;
      found_ = before;
    }
    return false;
  }

  /// Whether the program's value is the chain's, and notes it and all that it is made of.
  bool is(int number, Value value) {
    if (found(number) != kNone) return found(number) == value;
    if (std::find(found_.begin(), found_.end(), value) != found_.end()) return false;
    const bool is_source = number < chain_.sources;
    if (is_source ? !is_leaf(number, value) : !is_step(number - chain_.sources, value))
      return false;
    found(number) = value;
    return true;
  }

  bool is_leaf(int source, Value value) const {
    const Instruction& leaf = at(value);
    const bool single = chain_.single[static_cast<std::size_t>(source)];
    if (leaf.kind == Kind::kConstant) return single;
    if (leaf.kind != Kind::kLoad) return false;
    const auto& strides = program_.operands()[static_cast<std::size_t>(leaf.operand)].strides;
    return single ==
           std::all_of(strides.begin(), strides.end(), [](auto stride) { return stride == 0; });
  }

  bool is_step(int number, Value value) {
    const ChainStep& step = chain_.step[static_cast<std::size_t>(number)];
    if (at(value).kind != Kind::kElement || at(value).opcode != step.opcode) return false;
    for (int i = 0; i < opcode_arity(step.opcode); ++i)
      if (!is(step.sources[i], origin(at(value).sources[i]))) return false;
    return true;
  }

  const ElementwiseProgram& program_;
  const ElementChain& chain_;
  std::size_t number_;
  /// The program's value for each of the chain's, and those that are stored or reduced.
  std::vector<Value> found_;
  std::set<Value> ends_;
};

}  // namespace

std::optional<ChainMatch> match_chain(const ElementwiseProgram& program) {
  for (std::size_t number = 0; number < kElementChainCount; ++number)
    if (auto match = Matcher(program, number).match()) return match;
  return std::nullopt;
}

double chain_cost(const ElementChain& chain) {
  // What loops of one operation each spend on loads and stores falls away.
  constexpr double kShare = 0.5;
  double cost = 0;
  for (int i = 0; i < chain.steps; ++i)
    cost += opcode_cost(chain.step[static_cast<std::size_t>(i)].opcode, Lane::kFloat32);
  return kShare * cost;
}

}  // namespace keras::backend::cpu::simd
