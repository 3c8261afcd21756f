#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "keras/engine/graph/graph.h"
#include "keras/engine/runtime/context_pool.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/engine/runtime/memory_plan.h"
#include "keras/engine/runtime/profiler.h"

namespace keras::engine {

/// An optimized graph made ready to run: a flat list of prepared kernels over addresses that are
/// known beforehand. Several threads may run one executable at once.
class Executable {
 public:
  explicit Executable(Graph graph);
  ~Executable();

  /// Results that come in as tensors of the right spec which nobody else holds are overwritten, so
  /// that a caller in a loop causes no allocation. Variables are read and written in place.
  void run(std::span<const Tensor> arguments, std::span<Tensor> results) const;

  const Graph& graph() const { return graph_; }
  /// Working memory of one run, in bytes.
  std::size_t arena_bytes() const { return plan_.arena_bytes + scratch_bytes_; }
  /// The names of the kernels chosen for each run, in their order.
  const std::vector<std::string_view>& kernel_names() const { return kernel_names_; }

 private:
  struct Step {
    const PreparedKernel* kernel;
    std::size_t inputs;  ///< where the step's addresses start in the table
    std::size_t outputs;
  };
  /// An entry of the table that only a run knows.
  struct Patch {
    std::size_t entry;
    Location location;
  };
  struct Context;
  struct PrologueRun {
    std::vector<std::uint64_t> versions;  ///< of the variables that it read
    Tensors results;
  };

  void prepare_kernels();
  void lay_out_steps();
  std::unique_ptr<Context> make_context() const;
  void* resolve(const Location& location, const Context& context) const;
  void bind_variables(Context& context) const;
  void bind_prologue(Context& context) const;
  void run_steps(const Context& context) const;

  Graph graph_;
  std::vector<std::unique_ptr<PreparedKernel>> kernels_;
  std::vector<std::string_view> kernel_names_;
  MemoryPlan plan_;
  std::size_t scratch_bytes_ = 0;
  std::vector<Step> steps_;
  std::vector<Location> table_;
  std::vector<Patch> patches_;
  std::unique_ptr<Profiler> profiler_;
  std::unique_ptr<const Executable> prologue_;
  /// What the prologue made of the variables' present values.
  mutable std::mutex prologue_mutex_;
  mutable std::shared_ptr<const PrologueRun> prologue_run_;
  mutable ContextPool<Context> contexts_;
};

}  // namespace keras::engine
