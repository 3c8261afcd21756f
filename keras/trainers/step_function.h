#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/trainers/data.h"

namespace keras::trainers {

/// A step on a batch, compiled for each kind of batch that comes, or run as it is.
class StepFunction {
 public:
  using Result = std::vector<std::pair<std::string, Tensor>>;
  using Step = std::function<Result(const Batch&)>;

  StepFunction(Step step, bool run_eagerly) : step_(std::move(step)), eager_(run_eagerly) {}

  /// Once warm, allocates nothing: the results of the last run are overwritten.
  void run(const Batch& batch);
  /// What the step returned in the last run.
  Result last_result() const;
  bool has_result() const { return !results_.empty(); }

  /// The step's values, which stay as they are. Several threads may call.
  Tensors call(const Batch& batch);

 private:
  /// A step for batches of one structure; shapes and dtypes are the CompiledFunction's affair.
  struct Compiled {
    Batch structure;
    CompiledFunction function;
    std::vector<std::string> names;
    bool warm = false;
  };
  Compiled& find(const Batch& batch);
  Tensors run_step(const Batch& batch, std::vector<std::string>& names) const;

  Step step_;
  bool eager_;
  std::mutex mutex_;
  std::list<Compiled> compiled_;
  std::vector<std::string> names_;
  Tensors arguments_;
  Tensors results_;
};

}  // namespace keras::trainers
