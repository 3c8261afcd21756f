#include "keras/backend/cpu/simd/element_chains.h"

#include <algorithm>

namespace keras::backend::cpu::simd {
namespace {

using Kind = Instruction::Kind;

/// Compares a program with a chain, instruction by instruction.
class Matcher {
 public:
  Matcher(const ElementwiseProgram& program, std::size_t number)
      : program_(program),
        chain_(kElementChains[number]),
        numbers_(program.instructions().size(), kNone),
        match_{.chain = number, .sources = {}, .results = {}} {}

  std::optional<ChainMatch> match() {
    const auto& code = program_.instructions();
    for (std::size_t value = 0; value < code.size(); ++value)
      if (!takes(static_cast<Value>(value), code[value])) return std::nullopt;
    const bool whole = steps_ == chain_.steps && stored_ == chain_.results &&
                       static_cast<int>(match_.sources.size()) == chain_.sources;
    return whole ? std::optional(std::move(match_)) : std::nullopt;
  }

 private:
  static constexpr int kNone = -1;

  bool takes(Value value, const Instruction& instruction) {
    if (instruction.lane != Lane::kFloat32) return false;
    switch (instruction.kind) {
      case Kind::kLoad:
      case Kind::kConstant:
        return true;
      case Kind::kCast:
        return is_kept(instruction);
      case Kind::kElement:
        return takes_step(value, instruction);
      case Kind::kStore:
        return takes_store(instruction);
      case Kind::kReduce:
        break;
    }
    return false;
  }

  /// A cast of what is float32 in a register already, such as a bfloat16 that was loaded.
  bool is_kept(const Instruction& cast) const {
    return cast.dtype == DType::kFloat32 && program_.lane(cast.sources[0]) == Lane::kFloat32;
  }

  Value origin(Value value) const {
    const Instruction& instruction = program_.instructions()[static_cast<std::size_t>(value)];
    return instruction.kind == Kind::kCast ? origin(instruction.sources[0]) : value;
  }

  bool takes_step(Value value, const Instruction& instruction) {
    if (steps_ == chain_.steps) return false;
    const ChainStep& step = chain_.step[static_cast<std::size_t>(steps_)];
    if (instruction.opcode != step.opcode) return false;
    for (int i = 0; i < opcode_arity(step.opcode); ++i)
      if (number_of(origin(instruction.sources[i])) != step.sources[i]) return false;
    numbers_[static_cast<std::size_t>(value)] = chain_.sources + steps_++;
    return true;
  }

  /// The value's number in the chain; the next source's where it is used for the first time.
  int number_of(Value value) {
    int& number = numbers_[static_cast<std::size_t>(value)];
    if (number == kNone && static_cast<int>(match_.sources.size()) < chain_.sources &&
        is_single(value) == chain_.single[match_.sources.size()]) {
      number = static_cast<int>(match_.sources.size());
      match_.sources.push_back(value);
    }
    return number;
  }

  bool is_single(Value value) const {
    const Instruction& instruction = program_.instructions()[static_cast<std::size_t>(value)];
    if (instruction.kind == Kind::kConstant) return true;
    const auto& strides =
        program_.operands()[static_cast<std::size_t>(instruction.operand)].strides;
    return std::all_of(strides.begin(), strides.end(), [](auto stride) { return stride == 0; });
  }

  bool takes_store(const Instruction& store) {
    if (stored_ == chain_.results) return false;
    const int number = numbers_[static_cast<std::size_t>(store.sources[0])];
    if (number != chain_.result[static_cast<std::size_t>(stored_)]) return false;
    ++stored_;
    match_.results.push_back(store.sources[0]);
    return true;
  }

  const ElementwiseProgram& program_;
  const ElementChain& chain_;
  std::vector<int> numbers_;
  ChainMatch match_;
  int steps_ = 0;
  int stored_ = 0;
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
