#include "keras/backend/cpu/simd/elementwise_plan.h"

#include <algorithm>
#include <utility>

#include "keras/backend/cpu/simd/plan_run.h"
#include "keras/engine/runtime/thread_pool.h"

namespace keras::backend::cpu::simd {
namespace {

using Kind = Instruction::Kind;

/// With 1,024 float32 lanes a register is 4 KiB: a dozen fit in L1, and the cost of choosing the
/// next loop is small beside its work.
constexpr std::int64_t kTileElements = 1024;
constexpr std::int64_t kTileElementsWide = 512;
/// Nothing is kept in registers where a reduction reads its input's memory.
constexpr std::int64_t kTileElementsInPlace = 8192;
/// A chain keeps nothing in them but what must be converted.
constexpr std::int64_t kTileElementsOfChain = 4096;
/// A part shorter than this costs more to hand over than it saves.
constexpr double kPartNanoseconds = 5000;
/// Shares of a reduction with few results: fixed by the shape, so that results do not depend on the
/// number of threads.
constexpr std::int64_t kMostSplits = 32;
constexpr std::int64_t kTilesPerSplit = 8;

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// True where a register and memory hold the same bytes.
bool same_bytes(DType dtype, Lane lane) {
  return lane == lane_of(dtype) &&
         (dtype == DType::kFloat32 || dtype == DType::kFloat64 || dtype == DType::kInt64);
}

std::int64_t tile_elements(const ElementwiseProgram& program, bool is_chain) {
  if (is_chain) return kTileElementsOfChain;
  bool reads_in_place = true;
  bool wide = false;
  for (const Instruction& instruction : program.instructions()) {
    reads_in_place =
        reads_in_place &&
        (instruction.kind == Kind::kReduce ||
         (instruction.kind == Kind::kLoad && same_bytes(instruction.dtype, instruction.lane)));
    wide = wide || instruction.lane != Lane::kFloat32;
  }
  if (reads_in_place) return kTileElementsInPlace;
  return wide ? kTileElementsWide : kTileElements;
}

template <typename E>
std::size_t at(E e) {
  return static_cast<std::size_t>(e);
}

}  // namespace

/// Makes a plan out of a program, stage by stage.
class PlanBuilder {
 public:
  PlanBuilder(ElementwisePlan& plan, const ElementwiseProgram& program,
              std::optional<ChainMatch> chain)
      : plan_(plan), program_(program), code_(program.instructions()), chain_(std::move(chain)) {}

  void build(int threads) {
    classify();
    for (Value value = 0; value < count(); ++value) add_computation(value);
    if (chain_) add_chain();
    for (const Kind last : {Kind::kReduce, Kind::kStore})
      for (Value value = 0; value < count(); ++value)
        if (code_[at(value)].kind == last) add_ending(value);
    keep_copied_loads();
    write_outputs_directly();
    mark_full_uniforms();
    assign_slots();
    cut_work(threads);
  }

 private:
  using Step = ElementwisePlan::Step;
  /// How often a value changes: never, with its place in a tile only, or anyhow.
  enum class Rate { kUniform, kPerTile, kVarying };

  Value count() const { return static_cast<Value>(code_.size()); }

  void classify() {
    for (const Instruction& instruction : code_) {
      Rate rate = Rate::kUniform;
      if (instruction.kind == Kind::kLoad) {
        const OperandLayout& layout = plan_.layouts_[at(instruction.operand)];
        if (!layout.same_rows || (plan_.space_.chunks > 1 && layout.inner != 0)) {
          rate = Rate::kVarying;
        } else if (layout.inner != 0) {
          rate = Rate::kPerTile;
        }
      }
      for (const Value source : instruction.sources)
        if (source >= 0) rate = std::max(rate, rates_[at(source)]);
      // The one step of a chain belongs to the tiles.
      if (chain_ && rate == Rate::kPerTile) rate = Rate::kVarying;
      rates_.push_back(rate);
    }
  }

  void add_computation(Value value) {
    const Instruction& instruction = code_[at(value)];
    if (chain_ && (instruction.kind == Kind::kElement || instruction.kind == Kind::kCast)) return;
    const KernelTable& kernels = plan_.kernels_;
    if (instruction.kind == Kind::kConstant) {
      plan_.constants_.push_back({value, instruction.lane, instruction.real, instruction.integer});
      return;
    }
    Step step{.value = value};
    std::copy(std::begin(instruction.sources), std::end(instruction.sources), step.sources);
    if (instruction.kind == Kind::kLoad) {
      step.kind = Step::Kind::kLoad;
      step.operand = instruction.operand;
      step.direct = same_bytes(instruction.dtype, instruction.lane);
      const auto& table = instruction.lane == lane_of(instruction.dtype)
                              ? kernels.memory->load
                              : kernels.memory->load_float32;
      step.memory = table[at(instruction.dtype)];
    } else if (instruction.kind == Kind::kElement) {
      step.element = kernels.elements->loop[at(instruction.opcode)][at(instruction.lane)];
    } else if (instruction.kind == Kind::kCast) {
      const Lane from = code_[at(instruction.sources[0])].lane;
      step.element = kernels.memory->cast[at(from)][at(instruction.dtype)];
    } else {
      return;
    }
    steps_at(rates_[at(value)]).push_back(step);
  }

  std::vector<Step>& steps_at(Rate rate) {
    if (rate == Rate::kUniform) return plan_.uniform_steps_;
    return rate == Rate::kPerTile ? plan_.tile_invariant_steps_ : plan_.steps_;
  }

  void add_chain() {
    plan_.chain_ = {.loop = plan_.kernels_.chains->loop[chain_->chain],
                    .sources = chain_->sources,
                    .results = chain_->results,
                    .operands = std::vector<int>(chain_->results.size(), -1)};
    plan_.steps_.push_back({.kind = Step::Kind::kChain, .value = chain_->results[0]});
  }

  void add_ending(Value value) {
    const Instruction& instruction = code_[at(value)];
    Step step{.value = instruction.sources[0], .operand = instruction.operand};
    if (instruction.kind == Kind::kReduce) {
      step.kind = Step::Kind::kReduce;
      step.reduction = static_cast<int>(plan_.reductions_.size());
      add_reduction(instruction);
    } else {
      step.kind = Step::Kind::kStore;
      const auto& table = instruction.lane == lane_of(instruction.dtype)
                              ? plan_.kernels_.memory->store
                              : plan_.kernels_.memory->store_float32;
      step.memory = table[at(instruction.dtype)];
      ++stores_;
    }
    plan_.steps_.push_back(step);
  }

  void add_reduction(const Instruction& instruction) {
    const ReduceTable& table = *plan_.kernels_.reduce;
    ElementwisePlan::Reduction reduction{.op = instruction.reduce,
                                         .lane = instruction.lane,
                                         .result_lane = lane_of(instruction.dtype),
                                         .operand = instruction.operand,
                                         .scale = instruction.real};
    if (instruction.reduce >= ReduceOp::kArgmax) {
      const std::size_t row = at(instruction.reduce) - at(ReduceOp::kArgmax);
      reduction.arg_rows = table.arg_rows[row][at(instruction.lane)];
      reduction.arg_columns = table.arg_columns[row][at(instruction.lane)];
    } else {
      reduction.rows = table.rows[at(instruction.reduce)][at(instruction.lane)];
      reduction.columns = table.columns[at(instruction.reduce)][at(instruction.lane)];
    }
    reduction.store = plan_.kernels_.memory->store[at(instruction.dtype)];
    plan_.reductions_.push_back(reduction);
  }

  /// A load that is stored as it is must be a copy where another store may come first.
  void keep_copied_loads() {
    for (const Step& ending : plan_.steps_)
      if (ending.kind == Step::Kind::kStore && stores_ > 1)
        for (Step& step : plan_.steps_)
          if (step.kind == Step::Kind::kLoad && step.value == ending.value) step.direct = false;
  }

  /// The last step that reads a value; endings come after all else.
  std::size_t last_use(Value value) const {
    std::size_t last = 0;
    for (std::size_t i = 0; i < plan_.steps_.size(); ++i) {
      const Step& step = plan_.steps_[i];
      const bool ending = step.kind == Step::Kind::kStore || step.kind == Step::Kind::kReduce;
      if (std::find(std::begin(step.sources), std::end(step.sources), value) !=
              std::end(step.sources) ||
          (ending && step.value == value))
        last = i;
    }
    return last;
  }

  /// A step may write to its output's memory at once, instead of a register that is copied there,
  /// if no input that could share this memory is read later.
  void write_outputs_directly() {
    for (const Step& store : plan_.steps_) {
      if (store.kind != Step::Kind::kStore || rates_[at(store.value)] != Rate::kVarying) continue;
      const Instruction& maker = code_[at(store.value)];
      const Operand& output = program_.operands()[at(store.operand)];
      if (maker.kind != Kind::kElement || !same_bytes(output.dtype, maker.lane)) continue;
      if (chain_) {  // reads all of a place before it writes there
        plan_.chain_
            ->operands[at(std::find(chain_->results.begin(), chain_->results.end(), store.value) -
                          chain_->results.begin())] = store.operand;
        continue;
      }
      const auto step =
          std::find_if(plan_.steps_.begin(), plan_.steps_.end(), [&](const Step& candidate) {
            return candidate.kind == Step::Kind::kElement && candidate.value == store.value;
          });
      const auto position = static_cast<std::size_t>(step - plan_.steps_.begin());
      if (step->operand < 0 && !read_after(output, position)) step->operand = store.operand;
    }
  }

  bool read_after(const Operand& output, std::size_t position) const {
    for (Value value = 0; value < count(); ++value) {
      if (code_[at(value)].kind != Kind::kLoad) continue;
      const Operand& input = program_.operands()[at(code_[at(value)].operand)];
      if (input.dtype == output.dtype && same_places(input, output) && last_use(value) > position)
        return true;
    }
    return false;
  }

  /// Along an axis of one element strides say nothing: of inputs they are 0 there.
  bool same_places(const Operand& a, const Operand& b) const {
    const auto& dims = program_.dims();
    for (std::size_t d = 0; d < dims.size(); ++d)
      if (dims[d] != 1 && a.strides[d] != b.strides[d]) return false;
    return true;
  }

  void mark_full_uniforms() {
    std::vector<bool> wanted(code_.size(), false);
    for (const auto* steps : {&plan_.tile_invariant_steps_, &plan_.steps_}) {
      for (const Step& step : *steps) {
        for (const Value source : step.sources)
          if (source >= 0) wanted[at(source)] = true;
        if (step.value >= 0) wanted[at(step.value)] = true;
      }
    }
    for (Value value = 0; value < count(); ++value)
      if (wanted[at(value)] && rates_[at(value)] == Rate::kUniform &&
          code_[at(value)].kind != Kind::kStore && code_[at(value)].kind != Kind::kReduce)
        plan_.splats_.push_back({value, code_[at(value)].lane});
  }

  /// Registers: one of its own for what is computed before the tiles, else shared by values that do
  /// not live at the same time.
  void assign_slots() {
    const IterationSpace& space = plan_.space_;
    const std::int64_t lanes = divide_up(space.tile_rows * space.tile_columns, kPadding) * kPadding;
    // The odd line keeps registers from falling on the same sets of the cache.
    const std::size_t slot_bytes =
        (at(std::max(lanes, std::int64_t{kPadding})) * 8 + 127) / 64 * 64;
    const std::size_t table_bytes = (code_.size() * sizeof(void*) + 63) / 64 * 64;
    std::size_t slots = 0;
    plan_.slots_.assign(code_.size(), 0);  // nothing reads those that get none
    const auto place = [&](std::size_t slot) { return table_bytes + slot * slot_bytes; };
    for (Value value = 0; value < count(); ++value)
      if (rates_[at(value)] != Rate::kVarying) plan_.slots_[at(value)] = place(slots++);
    std::vector<std::size_t> free;
    for (std::size_t i = 0; i < plan_.steps_.size(); ++i) {
      const Step& step = plan_.steps_[i];
      if (step.kind == Step::Kind::kStore || step.kind == Step::Kind::kReduce) break;
      // A cast changes the width of its lanes, so it cannot work in place.
      if (step.kind == Step::Kind::kChain) {
        for (const Value result : chain_->results) take(result, free, slots, place);
        continue;
      }
      const bool in_place = code_[at(step.value)].kind == Kind::kElement;
      if (!in_place) take(step.value, free, slots, place);
      release(step, i, free);
      if (in_place) take(step.value, free, slots, place);
    }
    plan_.thread_bytes_ = place(slots);
  }

  template <typename Place>
  void take(Value value, std::vector<std::size_t>& free, std::size_t& slots, const Place& place) {
    if (free.empty()) free.push_back(place(slots++));
    plan_.slots_[at(value)] = free.back();
    free.pop_back();
  }

  void release(const Step& step, std::size_t position, std::vector<std::size_t>& free) {
    for (int i = 0; i < 3; ++i) {
      const Value source = step.sources[i];
      if (source < 0 || rates_[at(source)] != Rate::kVarying) continue;
      const bool repeated = std::find(step.sources, step.sources + i, source) != step.sources + i;
      if (!repeated && last_use(source) == position) free.push_back(plan_.slots_[at(source)]);
    }
  }

  void cut_work(int threads) {
    const IterationSpace& space = plan_.space_;
    const std::int64_t row_blocks = divide_up(space.group_rows, space.tile_rows);
    if (plan_.reductions_.empty()) {
      plan_.units_ = divide_up(space.rows(), space.tile_rows) * space.chunks;
    } else if (!space.inner_reduced) {
      plan_.units_ = space.groups * space.chunks;
      plan_.unit_tiles_ = row_blocks;
      plan_.unit_entries_ = space.tile_columns;
    } else if (space.group_rows == 1 && space.chunks <= 1) {
      plan_.units_ = divide_up(space.groups, space.tile_rows);
      plan_.unit_tiles_ = space.chunks;
      plan_.unit_entries_ = space.tile_rows;
    } else {
      plan_.units_ = space.groups;
      plan_.unit_tiles_ = row_blocks * space.chunks;
    }
    if (!plan_.reductions_.empty() && plan_.units_ > 0)
      plan_.splits_ = std::max<std::int64_t>(
          1, std::min(kMostSplits / plan_.units_, plan_.unit_tiles_ / kTilesPerSplit));
    const double parts = cost() / kPartNanoseconds;
    const auto tasks = static_cast<double>(plan_.units_ * plan_.splits_);
    plan_.parts_ = std::max(1, static_cast<int>(std::min({parts, tasks, 1.0 * threads})));
  }

  /// Nanoseconds for the whole on one thread, roughly.
  double cost() const {
    constexpr double kMemory = 0.05;
    double per_element = 0;
    for (const Step& step : plan_.steps_) {
      const Instruction& instruction = code_[at(step.value)];
      if (step.kind == Step::Kind::kChain) {
        per_element += chain_cost(kElementChains[chain_->chain]) / 1024;
      } else if (step.kind == Step::Kind::kElement && instruction.kind == Kind::kElement) {
        per_element += opcode_cost(instruction.opcode, instruction.lane) / 1024;
      } else if (step.kind == Step::Kind::kLoad || step.kind == Step::Kind::kStore) {
        per_element += kMemory * static_cast<double>(plan_.element_bytes_[at(step.operand)]);
      } else {
        per_element += kMemory;
      }
    }
    return per_element * static_cast<double>(plan_.space_.rows()) *
           static_cast<double>(plan_.space_.inner);
  }

  ElementwisePlan& plan_;
  const ElementwiseProgram& program_;
  const std::vector<Instruction>& code_;
  const std::optional<ChainMatch> chain_;
  std::vector<Rate> rates_;
  int stores_ = 0;
};

ElementwisePlan::ElementwisePlan(const ElementwiseProgram& program, PlanOptions options)
    : kernels_(options.kernels ? *options.kernels : kernels()) {
  std::optional<ChainMatch> chain = match_chain(program);
  CollapsedProgram collapsed = collapse(program, tile_elements(program, chain.has_value()));
  space_ = collapsed.space;
  layouts_ = std::move(collapsed.layouts);
  for (const Operand& operand : program.operands())
    element_bytes_.push_back(dtype_size(operand.dtype));
  for (const Instruction& instruction : program.instructions()) lanes_.push_back(instruction.lane);
  PlanBuilder(*this, program, std::move(chain)).build(options.threads);
}

std::size_t ElementwisePlan::scratch_bytes() const {
  const auto blocks = static_cast<std::size_t>(splits_ > 1 ? units_ * splits_ : parts_);
  const std::size_t accumulators = reductions_.empty() ? 0 : PlanRun::accumulator_bytes(*this);
  return static_cast<std::size_t>(parts_) * thread_bytes_ + blocks * accumulators;
}

void ElementwisePlan::run(void* const* operands, void* scratch) const {
  char* const registers = static_cast<char*>(scratch);
  char* const accumulators = registers + static_cast<std::size_t>(parts_) * thread_bytes_;
  const std::size_t block = reductions_.empty() ? 0 : PlanRun::accumulator_bytes(*this);
  const std::int64_t tasks = units_ * splits_;
  const auto part = [&](int number) {
    const std::int64_t first = tasks * number / parts_;
    const std::int64_t last = tasks * (number + 1) / parts_;
    if (first == last) return;
    const auto which = static_cast<std::size_t>(number);
    PlanRun run(*this, operands, registers + which * thread_bytes_);
    run.prepare();
    run.run_tasks(first, last, splits_ > 1 ? accumulators : accumulators + which * block);
  };
  if (parts_ == 1) {
    part(0);
  } else {
    engine::parallel_for(parts_, part);
  }
  if (splits_ == 1) return;
  const PlanRun run(*this, operands, registers);
  for (std::int64_t unit = 0; unit < units_; ++unit)
    run.finish_unit(unit, accumulators + static_cast<std::size_t>(unit * splits_) * block);
}

}  // namespace keras::backend::cpu::simd
