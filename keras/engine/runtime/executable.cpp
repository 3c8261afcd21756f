#include "keras/engine/runtime/executable.h"

#include <atomic>
#include <utility>

#include "keras/engine/graph/node.h"
#include "keras/engine/tensor/variable_state.h"

namespace keras::engine {
namespace {

bool reusable(const Tensor& tensor, const TensorSpec& spec) {
  return tensor.defined() && tensor.node().use_count() == 1 &&
         tensor.node()->kind == NodeKind::kConstant && tensor.spec() == spec &&
         tensor.storage().unique() && tensor.storage().writable();
}

}  // namespace

/// What one run works on; kept for the next.
struct Executable::Context {
  Storage memory;
  std::vector<void*> table;
  std::vector<void*> arguments;
  std::vector<void*> variables;
  std::uint64_t generation = 0;  ///< of the variables' addresses
  std::shared_ptr<const PrologueRun> prologue_run;
  std::vector<void*> results;

  void* resolve(const Location& location) const {
    const auto index = static_cast<std::size_t>(location.index);
    switch (location.kind) {
      case Location::Kind::kArgument:
        return arguments[index];
      case Location::Kind::kVariable:
        return variables[index];
      case Location::Kind::kResult:
        return results[index];
      default:
        return nullptr;
    }
  }
};

Executable::Executable(Graph given) : program_(std::move(given)) {
  if (graph().prologue) prologue_ = std::make_unique<const Executable>(*graph().prologue);
}
Executable::~Executable() = default;

std::unique_ptr<Executable::Context> Executable::make_context() const {
  auto context = std::make_unique<Context>();
  context->memory = Storage::allocate(program_.working_bytes());
  context->arguments.resize(graph().arguments.size());
  context->variables.resize(graph().variables.size());
  context->results.resize(graph().results.size());
  context->table.resize(program_.table_size());
  program_.fill(context->table.data(), context->memory.data());
  return context;
}

void Executable::run(std::span<const Tensor> arguments, std::span<Tensor> results) const {
  auto context = contexts_.acquire([this] { return make_context(); });
  for (std::size_t i = 0; i < arguments.size(); ++i)
    context->arguments[i] = arguments[i].storage().data();
  if (context->generation != variable_generation()) {
    bind_variables(*context);
    if (prologue_) bind_prologue(*context);
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const TensorSpec& spec = graph().spec(graph().results[i]);
    if (!reusable(results[i], spec))
      results[i] = make_constant(spec, Storage::allocate(byte_size(spec)));
    context->results[i] = results[i].storage().data();
  }
  for (const auto& patch : program_.patches())
    context->table[patch.entry] = context->resolve(patch.location);
  program_.run(context->table.data(), context->memory.data());
  contexts_.release(std::move(context));
}

void Executable::bind_variables(Context& context) const {
  context.generation = variable_generation();
  for (std::size_t i = 0; i < graph().variables.size(); ++i) {
    const GraphVariable& variable = graph().variables[i];
    const LayoutPtr layout = graph().layout(variable.initial);
    VariableStorage& storage = variable.variable.state()->storage;
    context.variables[i] =
        variable.final != variable.initial ? storage.write(layout) : storage.read(layout);
  }
}

void Executable::bind_prologue(Context& context) const {
  const std::lock_guard lock(prologue_mutex_);
  std::vector<std::uint64_t> versions;
  for (const auto& variable : graph().prologue->variables)
    versions.push_back(variable.variable.state()->storage.watch());
  if (!prologue_run_ || prologue_run_->versions != versions) {
    context.prologue_run = nullptr;
    auto next = std::make_shared<PrologueRun>();
    // Memory that no other run reads is written again: new one would cost as much as the work.
    if (prologue_run_ && prologue_run_.use_count() == 1) {
      // Whoever let go of it last has read it before this.
      std::atomic_thread_fence(std::memory_order_acquire);
      next->results = std::move(std::exchange(prologue_run_, nullptr)->results);
    }
    next->results.resize(graph().prologue->results.size());
    prologue_->run({}, next->results);
    next->versions = std::move(versions);
    prologue_run_ = std::move(next);
  }
  context.prologue_run = prologue_run_;
  const Tensors& results = prologue_run_->results;
  const std::size_t first = context.arguments.size() - results.size();
  for (std::size_t i = 0; i < results.size(); ++i)
    context.arguments[first + i] = results[i].storage().data();
}

}  // namespace keras::engine
