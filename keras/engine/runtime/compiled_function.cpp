#include "keras/engine/runtime/compiled_function.h"

#include <algorithm>
#include <cstdint>
#include <list>
#include <mutex>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

std::shared_ptr<const engine::Executable> build(
    const std::function<Tensors(const Tensors&)>& function, const Specs& specs) {
  engine::Graph graph;
  {
    engine::Trace scope(engine::Trace::Mode::kCompile);
    Tensors arguments;
    for (const auto& spec : specs) arguments.push_back(engine::make_placeholder(spec));
    const Tensors results = function(arguments);
    graph = engine::build_graph(arguments, results, scope);
  }
  return std::make_shared<const engine::Executable>(engine::optimize(std::move(graph)));
}

bool matches(const Specs& specs, std::span<const Tensor> arguments) {
  return std::equal(
      specs.begin(), specs.end(), arguments.begin(), arguments.end(),
      [](const TensorSpec& spec, const Tensor& argument) { return spec == argument.spec(); });
}

}  // namespace

struct CompiledFunction::State {
  struct Entry {
    Specs specs;
    std::shared_ptr<const engine::Executable> executable;
  };

  explicit State(std::function<Tensors(const Tensors&)> f) : function(std::move(f)) {}

  /// Executables are made for a number of threads and under settings; both may change.
  void drop_outdated() {
    const int threads = engine::num_threads();
    const int generation = engine::compile_settings_generation();
    if (threads != made_for_threads || generation != made_for_generation) entries.clear();
    made_for_threads = threads;
    made_for_generation = generation;
  }

  std::shared_ptr<const engine::Executable> find(std::span<const Tensor> arguments) {
    const std::lock_guard lock(mutex);
    drop_outdated();
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
      return matches(entry.specs, arguments);
    });
    if (found != entries.end()) {
      entries.splice(entries.begin(), entries, found);
      return found->executable;
    }
    Specs specs;
    for (const auto& argument : arguments) specs.push_back(argument.spec());
    auto executable = build(function, specs);
    entries.push_front({std::move(specs), executable});
    if (entries.size() > kCacheSize) entries.pop_back();
    return executable;
  }

  const std::function<Tensors(const Tensors&)> function;
  std::mutex mutex;
  std::list<Entry> entries;  ///< used last first
  int made_for_threads = 0;
  int made_for_generation = 0;
};

CompiledFunction::CompiledFunction(std::function<Tensors(const Tensors&)> function)
    : state_(std::make_shared<State>(std::move(function))) {}

Tensors CompiledFunction::operator()(const Tensors& arguments) const {
  if (engine::Trace::current()) return state_->function(arguments);
  const auto executable = state_->find(arguments);
  Tensors results(executable->graph().results.size());
  executable->run(arguments, results);
  return results;
}

void CompiledFunction::call(std::span<const Tensor> arguments, std::span<Tensor> results) const {
  const auto executable = state_->find(arguments);
  if (results.size() != executable->graph().results.size())
    throw ValueError(str("CompiledFunction::call: the function returns ",
                         executable->graph().results.size(), " tensors, the caller expects ",
                         results.size(), "."));
  executable->run(arguments, results);
}

void CompiledFunction::clear() const {
  const std::lock_guard lock(state_->mutex);
  state_->entries.clear();
}

std::shared_ptr<const engine::Executable> CompiledFunction::executable(
    const Specs& arguments) const {
  Tensors stand_ins;
  for (const auto& spec : arguments) stand_ins.push_back(engine::make_placeholder(spec));
  return state_->find(stand_ins);
}

CompiledFunction compile(std::function<Tensors(const Tensors&)> function) {
  return CompiledFunction(std::move(function));
}

std::function<Tensor(const Tensor&)> compile(std::function<Tensor(const Tensor&)> function) {
  return [compiled = CompiledFunction([f = std::move(function)](const Tensors& in) {
            return Tensors{f(in[0])};
          })](const Tensor& x) { return compiled({x})[0]; };
}

}  // namespace keras
