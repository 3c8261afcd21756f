#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "keras/backend/cpu/simd/elementwise_plan.h"

namespace keras::backend::cpu::simd {

/// One thread's run of a plan.
class PlanRun {
 public:
  PlanRun(const ElementwisePlan& plan, void* const* operands, char* scratch);

  /// What of a plan does not change from tile to tile.
  void prepare();
  /// Runs tasks [first, last); with one split, reductions are finished in `accumulators`, else each
  /// task leaves its own there.
  void run_tasks(std::int64_t first, std::int64_t last, char* accumulators);
  /// Brings the shares of a unit together, in order, and stores the results.
  void finish_unit(std::int64_t unit, char* first_share) const;

  static std::size_t accumulator_bytes(const ElementwisePlan& plan);

 private:
  using Step = ElementwisePlan::Step;
  using Reduction = ElementwisePlan::Reduction;
  using Index = std::array<std::int64_t, kMaxOuterDims>;

  struct Tile {
    std::int64_t row = 0;
    std::int64_t rows = 1;
    std::int64_t column = 0;
    std::int64_t columns = 0;
    Index index = {};
    std::int64_t count() const { return rows * columns; }
  };

  Tile tile_at(std::int64_t row, std::int64_t row_limit, std::int64_t chunk) const;
  Tile unit_tile(std::int64_t unit, std::int64_t number) const;
  void run_tile(const Tile& tile);
  void load(const Step& step, const Tile& tile);
  void store(const Step& step, const Tile& tile);
  /// Points a value at its operand's memory where `padded` lanes may be written there.
  void place(Value value, int operand, const Tile& tile, std::int64_t padded);
  void run_element(const Step& step, const Tile& tile, std::int64_t padded);
  void run_chain(const Tile& tile, std::int64_t padded);
  void reduce(const Tile& tile, int number, Value value);

  /// Where in the first `dims` outer dimensions row (or group) number `row` lies.
  Index index_of(std::int64_t row, int dims) const;
  std::int64_t offset_of(const OperandLayout& layout, const Index& index) const;
  bool contiguous(const OperandLayout& layout, const Tile& tile) const;
  char* memory_at(int operand, const Tile& tile) const;
  char* slot(Value value) const;
  template <typename Row>
  void for_each_row(int operand, const Tile& tile, const Row& row) const;

  void start_accumulators(char* accumulators) const;
  void merge(const Reduction& reduction, char* into, const char* from) const;
  void store_results(std::int64_t unit, const Reduction& reduction, char* entries) const;
  char* entries_of(char* accumulators, std::size_t reduction) const;

  const ElementwisePlan& plan_;
  void* const* operands_;
  char* scratch_;
  void** at_;
  char* accumulators_ = nullptr;
};

}  // namespace keras::backend::cpu::simd
