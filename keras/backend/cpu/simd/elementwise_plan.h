#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "keras/backend/cpu/simd/dispatch.h"
#include "keras/backend/cpu/simd/element_chains.h"
#include "keras/backend/cpu/simd/elementwise_program.h"
#include "keras/backend/cpu/simd/iteration_space.h"

namespace keras::backend::cpu::simd {

struct PlanOptions {
  /// How many threads the work may be cut for.
  int threads = 1;
  const KernelTable* kernels = nullptr;
};

/// A program made ready to run: dimensions collapsed, loops chosen, registers assigned. May be run
/// by several threads at once, each with its own scratch.
class ElementwisePlan {
 public:
  explicit ElementwisePlan(const ElementwiseProgram& program, PlanOptions options = {});

  /// What `run` needs in all, 64-byte aligned.
  std::size_t scratch_bytes() const;
  /// Computes all; cuts the work for the pool's threads where that pays. Allocates nothing. The
  /// results do not depend on the number of threads.
  void run(void* const* operands, void* scratch) const;

  /// How many threads a run is cut for.
  int parts() const { return parts_; }
  /// Whether its element steps are one of element_chains.h.
  bool is_chain() const { return chain_.has_value(); }

 private:
  friend class PlanRun;
  friend class PlanBuilder;

  struct Step {
    enum class Kind : std::uint8_t { kLoad, kElement, kChain, kStore, kReduce };
    Kind kind = Kind::kElement;
    Value value = -1;
    Value sources[3] = {-1, -1, -1};
    ElementLoop element = nullptr;
    MemoryLoop memory = nullptr;
    int operand = -1;
    /// A load that may leave the data where it is; an element step that may write its output's
    /// memory.
    bool direct = false;
    int reduction = -1;
  };
  struct Reduction {
    ReduceOp op;
    Lane lane;
    ReduceLoop rows = nullptr;
    ReduceLoop columns = nullptr;
    ArgReduceLoop arg_rows = nullptr;
    ArgReduceLoop arg_columns = nullptr;
    MemoryLoop store = nullptr;
    Lane result_lane;
    int operand;
    double scale;
  };
  /// All element steps in one. A result is written to its operand's memory where that is not -1.
  struct Chain {
    ChainLoop loop = nullptr;
    std::vector<Value> sources;
    std::vector<Value> results;
    std::vector<int> operands;
  };
  struct Constant {
    Value value;
    Lane lane;
    double real;
    std::int64_t integer;
  };
  struct Splat {
    Value value;
    Lane lane;
  };
  const KernelTable& kernels_;
  IterationSpace space_;
  std::vector<OperandLayout> layouts_;
  std::vector<std::size_t> element_bytes_;

  /// Done once by each thread before its first tile: on `kPadding` lanes, then on a whole tile.
  std::vector<Constant> constants_;
  std::vector<Step> uniform_steps_;
  std::vector<Splat> splats_;
  std::vector<Step> tile_invariant_steps_;
  /// Done for each tile.
  std::vector<Step> steps_;
  std::vector<Reduction> reductions_;
  std::optional<Chain> chain_;

  /// Offsets of the values' registers in a thread's scratch.
  std::vector<std::size_t> slots_;
  std::vector<Lane> lanes_;
  std::size_t thread_bytes_ = 0;
  /// Accumulators of one unit: each reduction's values, then its positions.
  std::int64_t unit_entries_ = 1;
  /// A task is a tile, or with reductions a share (one of `splits_`) of a unit: of the tiles that
  /// have the same results.
  std::int64_t units_ = 0;
  std::int64_t unit_tiles_ = 1;
  std::int64_t splits_ = 1;
  int parts_ = 1;
};

}  // namespace keras::backend::cpu::simd
