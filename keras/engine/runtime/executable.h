#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "keras/engine/runtime/context_pool.h"
#include "keras/engine/runtime/program.h"

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

  const Graph& graph() const { return program_.graph(); }
  /// Working memory of one run, in bytes.
  std::size_t arena_bytes() const { return program_.working_bytes(); }
  /// The names of the kernels chosen for each run, in their order.
  const std::vector<std::string_view>& kernel_names() const { return program_.kernel_names(); }

 private:
  struct Context;
  struct PrologueRun {
    std::vector<std::uint64_t> versions;  ///< of the variables that it read
    Tensors results;
  };

  std::unique_ptr<Context> make_context() const;
  void bind_variables(Context& context) const;
  void bind_prologue(Context& context) const;

  Program program_;
  std::unique_ptr<const Executable> prologue_;
  /// What the prologue made of the variables' present values.
  mutable std::mutex prologue_mutex_;
  mutable std::shared_ptr<PrologueRun> prologue_run_;
  mutable ContextPool<Context> contexts_;
};

}  // namespace keras::engine
