#include "keras/backend/cpu/simd/plan_run.h"

#include <algorithm>
#include <cstring>

namespace keras::backend::cpu::simd {
namespace {

std::int64_t pad(std::int64_t count) { return (count + kPadding - 1) & ~(kPadding - 1); }

template <typename T>
void splat(void* slot, std::int64_t count) {
  T* lanes = static_cast<T*>(slot);
  std::fill(lanes, lanes + count, lanes[0]);
}

void fill(void* slot, Lane lane, double real, std::int64_t integer) {
  if (lane == Lane::kFloat32)
    std::fill_n(static_cast<float*>(slot), kPadding, static_cast<float>(real));
  if (lane == Lane::kFloat64) std::fill_n(static_cast<double*>(slot), kPadding, real);
  if (lane == Lane::kInt64) std::fill_n(static_cast<std::int64_t*>(slot), kPadding, integer);
}

}  // namespace

PlanRun::PlanRun(const ElementwisePlan& plan, void* const* operands, char* scratch)
    : plan_(plan), operands_(operands), scratch_(scratch), at_(reinterpret_cast<void**>(scratch)) {}

char* PlanRun::slot(Value value) const {
  return scratch_ + plan_.slots_[static_cast<std::size_t>(value)];
}

void PlanRun::prepare() {
  for (std::size_t value = 0; value < plan_.slots_.size(); ++value)
    at_[value] = scratch_ + plan_.slots_[value];
  for (const auto& constant : plan_.constants_)
    fill(at_[constant.value], constant.lane, constant.real, constant.integer);
  const IterationSpace& space = plan_.space_;
  Tile point{.columns = 1};
  for (const Step& step : plan_.uniform_steps_) {
    if (step.kind == Step::Kind::kLoad) {
      // Stride 0 fills the padding with the one value there is.
      step.memory(at_[step.value], operands_[step.operand], kPadding, 0);
    } else {
      run_element(step, point, kPadding);
    }
  }
  Tile tile{.rows = std::min(space.tile_rows, space.rows()),
            .columns = std::min(space.tile_columns, space.inner)};
  const std::int64_t padded = pad(tile.count());
  for (const auto& [value, lane] : plan_.splats_) {
    if (lane == Lane::kFloat32) splat<float>(at_[value], padded);
    if (lane == Lane::kFloat64) splat<double>(at_[value], padded);
    if (lane == Lane::kInt64) splat<std::int64_t>(at_[value], padded);
  }
  for (const Step& step : plan_.tile_invariant_steps_) {
    if (step.kind == Step::Kind::kLoad) {
      load(step, tile);
    } else {
      run_element(step, tile, padded);
    }
  }
}

PlanRun::Index PlanRun::index_of(std::int64_t row, int dims) const {
  Index index = {};
  for (int d = dims - 1; d > 0; --d) {
    const std::int64_t extent = plan_.space_.outer[static_cast<std::size_t>(d)];
    index[static_cast<std::size_t>(d)] = row % extent;
    row /= extent;
  }
  if (dims > 0) index[0] = row;
  return index;
}

std::int64_t PlanRun::offset_of(const OperandLayout& layout, const Index& index) const {
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < static_cast<std::size_t>(plan_.space_.outer_count); ++d)
    offset += index[d] * layout.outer[d];
  return offset;
}

PlanRun::Tile PlanRun::tile_at(std::int64_t row, std::int64_t row_limit, std::int64_t chunk) const {
  const IterationSpace& space = plan_.space_;
  Tile tile{.row = row, .rows = std::min(space.tile_rows, row_limit - row)};
  tile.column = chunk * space.tile_columns;
  tile.columns = std::min(space.tile_columns, space.inner - tile.column);
  tile.index = index_of(row, space.outer_count);
  return tile;
}

PlanRun::Tile PlanRun::unit_tile(std::int64_t unit, std::int64_t number) const {
  const IterationSpace& space = plan_.space_;
  const auto within_group = [&](std::int64_t group, std::int64_t block, std::int64_t chunk) {
    const std::int64_t first = group * space.group_rows;
    return tile_at(first + block * space.tile_rows, first + space.group_rows, chunk);
  };
  if (plan_.reductions_.empty())
    return tile_at(unit / space.chunks * space.tile_rows, space.rows(), unit % space.chunks);
  if (!space.inner_reduced) return within_group(unit / space.chunks, number, unit % space.chunks);
  if (space.group_rows == 1 && space.chunks == 1)
    return tile_at(unit * space.tile_rows, space.rows(), 0);
  return within_group(unit, number / space.chunks, number % space.chunks);
}

bool PlanRun::contiguous(const OperandLayout& layout, const Tile& tile) const {
  return tile.rows == 1 || layout.dense;
}

char* PlanRun::memory_at(int operand, const Tile& tile) const {
  const auto number = static_cast<std::size_t>(operand);
  const OperandLayout& layout = plan_.layouts_[number];
  const std::int64_t offset = offset_of(layout, tile.index) + tile.column * layout.inner;
  return static_cast<char*>(operands_[number]) +
         offset * static_cast<std::int64_t>(plan_.element_bytes_[number]);
}

template <typename Row>
void PlanRun::for_each_row(int operand, const Tile& tile, const Row& row) const {
  const OperandLayout& layout = plan_.layouts_[static_cast<std::size_t>(operand)];
  const IterationSpace& space = plan_.space_;
  Tile at = tile;
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    row(r, memory_at(operand, at), layout.inner);
    for (auto d = static_cast<std::size_t>(space.outer_count); d-- > 0;) {
      if (++at.index[d] < space.outer[d] || d == 0) break;
      at.index[d] = 0;
    }
  }
}

void PlanRun::load(const Step& step, const Tile& tile) {
  const OperandLayout& layout = plan_.layouts_[static_cast<std::size_t>(step.operand)];
  const std::int64_t count = tile.count();
  if (contiguous(layout, tile)) {
    char* memory = memory_at(step.operand, tile);
    if (step.direct && layout.inner == 1 && count % kPadding == 0) {
      at_[step.value] = memory;
      return;
    }
    at_[step.value] = slot(step.value);
    step.memory(at_[step.value], memory, count, layout.inner);
    return;
  }
  char* lanes = slot(step.value);
  at_[step.value] = lanes;
  const Lane lane = plan_.lanes_[static_cast<std::size_t>(step.value)];
  const std::int64_t row_bytes = tile.columns * (lane == Lane::kFloat32 ? 4 : 8);
  if (layout.same_rows) {
    step.memory(lanes, memory_at(step.operand, tile), tile.columns, layout.inner);
    const std::int64_t all = tile.rows * row_bytes;
    for (std::int64_t done = row_bytes; done < all; done *= 2)
      std::memcpy(lanes + done, lanes, static_cast<std::size_t>(std::min(done, all - done)));
    return;
  }
  for_each_row(step.operand, tile, [&](std::int64_t r, char* memory, std::int64_t stride) {
    step.memory(lanes + r * row_bytes, memory, tile.columns, stride);
  });
}

void PlanRun::store(const Step& step, const Tile& tile) {
  const OperandLayout& layout = plan_.layouts_[static_cast<std::size_t>(step.operand)];
  const char* lanes = static_cast<const char*>(at_[step.value]);
  if (contiguous(layout, tile)) {
    char* memory = memory_at(step.operand, tile);
    if (memory != lanes) step.memory(memory, lanes, tile.count(), layout.inner);
    return;
  }
  const Lane lane = plan_.lanes_[static_cast<std::size_t>(step.value)];
  const std::int64_t row_bytes = tile.columns * (lane == Lane::kFloat32 ? 4 : 8);
  for_each_row(step.operand, tile, [&](std::int64_t r, char* memory, std::int64_t stride) {
    step.memory(memory, lanes + r * row_bytes, tile.columns, stride);
  });
}

void PlanRun::place(Value value, int operand, const Tile& tile, std::int64_t padded) {
  const OperandLayout& layout = plan_.layouts_[static_cast<std::size_t>(operand)];
  const bool direct = layout.inner == 1 && padded == tile.count() && contiguous(layout, tile);
  at_[value] = direct ? memory_at(operand, tile) : slot(value);
}

void PlanRun::run_chain(const Tile& tile, std::int64_t padded) {
  const ElementwisePlan::Chain& chain = *plan_.chain_;
  const float* sources[ElementChain::kMostSources] = {};
  float* results[ElementChain::kMostResults] = {};
  for (std::size_t i = 0; i < chain.sources.size(); ++i)
    sources[i] = static_cast<const float*>(at_[chain.sources[i]]);
  for (std::size_t i = 0; i < chain.results.size(); ++i) {
    const Value result = chain.results[i];
    if (chain.operands[i] >= 0) place(result, chain.operands[i], tile, padded);
    results[i] = static_cast<float*>(at_[result]);
  }
  chain.loop(results, sources, padded);
}

void PlanRun::run_element(const Step& step, const Tile& tile, std::int64_t padded) {
  const auto source = [&](int i) -> const void* {
    return step.sources[i] < 0 ? nullptr : at_[step.sources[i]];
  };
  if (step.operand >= 0) place(step.value, step.operand, tile, padded);
  step.element(at_[step.value], source(0), source(1), source(2), padded);
}

void PlanRun::run_tile(const Tile& tile) {
  const std::int64_t padded = pad(tile.count());
  for (const Step& step : plan_.steps_) {
    switch (step.kind) {
      case Step::Kind::kLoad:
        load(step, tile);
        break;
      case Step::Kind::kElement:
        run_element(step, tile, padded);
        break;
      case Step::Kind::kChain:
        run_chain(tile, padded);
        break;
      case Step::Kind::kStore:
        store(step, tile);
        break;
      case Step::Kind::kReduce:
        reduce(tile, step.reduction, step.value);
        break;
    }
  }
}

void PlanRun::run_tasks(std::int64_t first, std::int64_t last, char* accumulators) {
  if (plan_.reductions_.empty()) {
    for (std::int64_t task = first; task < last; ++task) run_tile(unit_tile(task, 0));
    return;
  }
  const std::int64_t splits = plan_.splits_;
  for (std::int64_t task = first; task < last; ++task) {
    const std::int64_t unit = task / splits;
    const std::int64_t split = task % splits;
    accumulators_ = accumulators;
    if (splits > 1) accumulators_ += static_cast<std::size_t>(task) * accumulator_bytes(plan_);
    start_accumulators(accumulators_);
    const std::int64_t end = (split + 1) * plan_.unit_tiles_ / splits;
    for (std::int64_t number = split * plan_.unit_tiles_ / splits; number < end; ++number)
      run_tile(unit_tile(unit, number));
    if (splits == 1) finish_unit(unit, accumulators_);
  }
}

}  // namespace keras::backend::cpu::simd
