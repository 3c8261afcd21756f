#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "keras/engine/graph/graph.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/engine/runtime/memory_plan.h"
#include "keras/engine/runtime/profiler.h"

namespace keras::engine {

/// How many threads a graph's calls may be cut for.
int threads_of(const Graph& graph);

/// An optimized graph as a flat list of prepared kernels over a table of addresses, which whoever
/// runs it provides: an executable, or the kernel of a loop. Several threads may run one program at
/// once, each with a table and working memory of its own.
class Program {
 public:
  /// An entry of the table that only a run knows.
  struct Patch {
    std::size_t entry;
    Location location;  ///< an argument, a variable or a result
  };

  explicit Program(Graph graph);

  const Graph& graph() const { return graph_; }
  /// The names of the kernels chosen, in the order of the run.
  const std::vector<std::string_view>& kernel_names() const { return kernel_names_; }
  /// Memory that a run works in, 64-byte aligned.
  std::size_t working_bytes() const { return plan_.arena_bytes + scratch_bytes_; }

  std::size_t table_size() const { return table_.size(); }
  /// What is to be entered into the table before a run.
  const std::vector<Patch>& patches() const { return patches_; }
  /// Enters all other addresses.
  void fill(void** table, std::byte* working_memory) const;
  void run(void* const* table, std::byte* working_memory) const;

 private:
  struct Step {
    const PreparedKernel* kernel;
    std::size_t inputs;  ///< where the step's addresses start in the table
    std::size_t outputs;
  };
  struct Copy {
    std::size_t from;
    std::size_t to;
    std::size_t bytes;
  };

  void prepare_kernels();
  void lay_out_table();
  std::size_t add_entry(const Location& location);
  void run_profiled(void* const* table, void* scratch) const;

  Graph graph_;
  std::vector<std::unique_ptr<PreparedKernel>> kernels_;
  std::vector<std::string_view> kernel_names_;
  MemoryPlan plan_;
  std::size_t scratch_bytes_ = 0;
  std::vector<Step> steps_;
  std::vector<Copy> copies_;
  std::vector<Location> table_;
  std::vector<Patch> patches_;
  std::unique_ptr<Profiler> profiler_;
};

}  // namespace keras::engine
