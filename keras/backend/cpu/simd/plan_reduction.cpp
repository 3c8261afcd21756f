#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "keras/backend/cpu/simd/plan_run.h"

// The half of a plan's run that keeps and brings together what its reductions gather.
namespace keras::backend::cpu::simd {
namespace {

template <typename A>
A identity(ReduceOp op) {
  using Limits = std::numeric_limits<A>;
  switch (op) {
    case ReduceOp::kProd:
    case ReduceOp::kAll:
      return 1;
    case ReduceOp::kMax:
    case ReduceOp::kArgmax:
      return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    case ReduceOp::kMin:
    case ReduceOp::kArgmin:
      return Limits::has_infinity ? Limits::infinity() : Limits::max();
    case ReduceOp::kSum:
    case ReduceOp::kAny:
      break;
  }
  return 0;
}

template <typename A>
bool is_nan(A x) {
  return x != x;
}

std::int64_t wrap(std::uint64_t x) { return static_cast<std::int64_t>(x); }
double add(double x, double y) { return x + y; }
double multiply(double x, double y) { return x * y; }
std::int64_t add(std::int64_t x, std::int64_t y) {
  return wrap(static_cast<std::uint64_t>(x) + static_cast<std::uint64_t>(y));
}
std::int64_t multiply(std::int64_t x, std::int64_t y) {
  return wrap(static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(y));
}

template <ReduceOp op, typename A>
A combine(A x, A y) {
  if constexpr (op == ReduceOp::kSum) return add(x, y);
  if constexpr (op == ReduceOp::kProd) return multiply(x, y);
  if constexpr (op == ReduceOp::kMax) return x > y || is_nan(x) ? x : y;
  if constexpr (op == ReduceOp::kMin) return x < y || is_nan(x) ? x : y;
  if constexpr (op == ReduceOp::kAny) return x != A{0} || y != A{0} ? A{1} : A{0};
  return x != A{0} && y != A{0} ? A{1} : A{0};
}

template <ReduceOp op, typename A>
void merge_by(A* into, const A* from, std::int64_t entries) {
  for (std::int64_t i = 0; i < entries; ++i) into[i] = combine<op>(into[i], from[i]);
}

template <typename A>
void merge_values(ReduceOp op, A* into, const A* from, std::int64_t entries) {
  switch (op) {
    case ReduceOp::kSum:
      return merge_by<ReduceOp::kSum>(into, from, entries);
    case ReduceOp::kProd:
      return merge_by<ReduceOp::kProd>(into, from, entries);
    case ReduceOp::kMax:
      return merge_by<ReduceOp::kMax>(into, from, entries);
    case ReduceOp::kMin:
      return merge_by<ReduceOp::kMin>(into, from, entries);
    case ReduceOp::kAny:
      return merge_by<ReduceOp::kAny>(into, from, entries);
    default:
      return merge_by<ReduceOp::kAll>(into, from, entries);
  }
}

template <typename A>
void merge_positions(ReduceOp op, A* into, const A* from, std::int64_t entries) {
  auto* position = reinterpret_cast<std::int64_t*>(into + entries);
  const auto* other = reinterpret_cast<const std::int64_t*>(from + entries);
  for (std::int64_t i = 0; i < entries; ++i) {
    if (other[i] < 0) continue;
    const bool further = op == ReduceOp::kArgmax ? from[i] > into[i] : from[i] < into[i];
    if (position[i] >= 0 && !further && !(is_nan(from[i]) && !is_nan(into[i]))) continue;
    into[i] = from[i];
    position[i] = other[i];
  }
}

template <typename A>
void start(ReduceOp op, char* entries, std::int64_t count) {
  std::fill_n(reinterpret_cast<A*>(entries), count, identity<A>(op));
  if (op >= ReduceOp::kArgmax)
    std::fill_n(reinterpret_cast<std::int64_t*>(entries) + count, count, std::int64_t{-1});
}

/// In place: a result is never wider than its accumulator.
template <typename R, typename A>
void scale_to(char* entries, std::int64_t count, double scale) {
  for (std::int64_t i = 0; i < count; ++i) {
    A value;
    std::memcpy(&value, entries + i * 8, sizeof value);
    const R result =
        scale == 1.0 ? static_cast<R>(value) : static_cast<R>(static_cast<double>(value) * scale);
    std::memcpy(entries + i * static_cast<std::int64_t>(sizeof result), &result, sizeof result);
  }
}

template <typename A>
void to_lane(Lane lane, char* entries, std::int64_t count, double scale) {
  if (lane == Lane::kFloat32) scale_to<float, A>(entries, count, scale);
  if (lane == Lane::kFloat64) scale_to<double, A>(entries, count, scale);
  if (lane == Lane::kInt64) scale_to<std::int64_t, A>(entries, count, scale);
}

}  // namespace

std::size_t PlanRun::accumulator_bytes(const ElementwisePlan& plan) {
  const std::size_t bytes = static_cast<std::size_t>(plan.unit_entries_) * 16;
  return plan.reductions_.size() * ((bytes + 63) / 64 * 64);
}

char* PlanRun::entries_of(char* accumulators, std::size_t reduction) const {
  return accumulators + reduction * (accumulator_bytes(plan_) / plan_.reductions_.size());
}

void PlanRun::start_accumulators(char* accumulators) const {
  for (std::size_t i = 0; i < plan_.reductions_.size(); ++i) {
    const Reduction& reduction = plan_.reductions_[i];
    char* entries = entries_of(accumulators, i);
    if (reduction.lane == Lane::kInt64) {
      start<std::int64_t>(reduction.op, entries, plan_.unit_entries_);
    } else {
      start<double>(reduction.op, entries, plan_.unit_entries_);
    }
  }
}

void PlanRun::reduce(const Tile& tile, int number, Value value) {
  const Reduction& reduction = plan_.reductions_[static_cast<std::size_t>(number)];
  const IterationSpace& space = plan_.space_;
  char* entries = entries_of(accumulators_, static_cast<std::size_t>(number));
  auto* positions = reinterpret_cast<std::int64_t*>(entries) + plan_.unit_entries_;
  const void* lanes = at_[value];
  const std::int64_t row = space.group_rows > 0 ? tile.row % space.group_rows : 0;
  if (!space.inner_reduced) {
    if (reduction.columns) return reduction.columns(entries, lanes, tile.rows, tile.columns);
    return reduction.arg_columns(entries, positions, lanes, tile.rows, tile.columns, row);
  }
  const bool row_is_group = space.group_rows == 1;
  const std::int64_t rows = row_is_group ? tile.rows : 1;
  const std::int64_t columns = row_is_group ? tile.columns : tile.count();
  if (reduction.rows) return reduction.rows(entries, lanes, rows, columns);
  reduction.arg_rows(entries, positions, lanes, rows, columns, row * space.inner + tile.column);
}

void PlanRun::merge(const Reduction& reduction, char* into, const char* from) const {
  const std::int64_t entries = plan_.unit_entries_;
  const auto with = [&]<typename A>(A*) {
    auto* target = reinterpret_cast<A*>(into);
    const auto* source = reinterpret_cast<const A*>(from);
    if (reduction.op >= ReduceOp::kArgmax)
      return merge_positions(reduction.op, target, source, entries);
    merge_values(reduction.op, target, source, entries);
  };
  if (reduction.lane == Lane::kInt64) return with(static_cast<std::int64_t*>(nullptr));
  with(static_cast<double*>(nullptr));
}

void PlanRun::finish_unit(std::int64_t unit, char* first_share) const {
  const std::size_t share_bytes = accumulator_bytes(plan_);
  for (std::size_t i = 0; i < plan_.reductions_.size(); ++i) {
    const Reduction& reduction = plan_.reductions_[i];
    char* entries = entries_of(first_share, i);
    for (std::int64_t split = 1; split < plan_.splits_; ++split)
      merge(reduction, entries, entries + static_cast<std::size_t>(split) * share_bytes);
    if (reduction.op >= ReduceOp::kArgmax) {
      entries += plan_.unit_entries_ * 8;
      to_lane<std::int64_t>(reduction.result_lane, entries, plan_.unit_entries_, 1.0);
    } else if (reduction.lane == Lane::kInt64) {
      to_lane<std::int64_t>(reduction.result_lane, entries, plan_.unit_entries_, reduction.scale);
    } else {
      to_lane<double>(reduction.result_lane, entries, plan_.unit_entries_, reduction.scale);
    }
    store_results(unit, reduction, entries);
  }
}

void PlanRun::store_results(std::int64_t unit, const Reduction& reduction, char* entries) const {
  const IterationSpace& space = plan_.space_;
  const OperandLayout& layout = plan_.layouts_[static_cast<std::size_t>(reduction.operand)];
  Tile tile{.rows = 1, .columns = 1};
  if (!space.inner_reduced) {
    tile.index = index_of(unit / space.chunks, space.kept_count);
    tile.column = unit % space.chunks * space.tile_columns;
    tile.columns = std::min(space.tile_columns, space.inner - tile.column);
    reduction.store(memory_at(reduction.operand, tile), entries, tile.columns, layout.inner);
    return;
  }
  const std::int64_t first = unit * plan_.unit_entries_;
  tile.rows = std::min(plan_.unit_entries_, space.groups - first);
  tile.index = index_of(first, space.kept_count);
  if (space.kept_count <= 1) {
    reduction.store(memory_at(reduction.operand, tile), entries, tile.rows, layout.outer[0]);
    return;
  }
  const std::int64_t bytes = reduction.result_lane == Lane::kFloat32 ? 4 : 8;
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    tile.index = index_of(first + r, space.kept_count);
    reduction.store(memory_at(reduction.operand, tile), entries + r * bytes, 1, 1);
  }
}

}  // namespace keras::backend::cpu::simd
