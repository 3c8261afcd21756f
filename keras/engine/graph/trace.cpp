#include "keras/engine/graph/trace.h"

#include <array>
#include <exception>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/tensor/variable_state.h"

namespace keras::engine {
namespace {

thread_local Trace* current_trace = nullptr;

// Primes, so that a stand-in rarely equals or divides a real dimension by accident.
using StandIns = std::array<std::int64_t, 2>;
constexpr StandIns kStandIns = {83, 89};
// For what needs more, such as long windows of sound.
constexpr StandIns kLargeStandIns = {4'093, 4'099};

Specs with_stand_in(const Specs& specs, std::int64_t stand_in) {
  Specs out = specs;
  for (auto& spec : out)
    for (auto& dim : spec.shape)
      if (dim == kUnknown) dim = stand_in;
  return out;
}

using Function = std::function<Tensors(const Tensors&)>;

Specs run_on_placeholders(const Function& function, const Specs& specs) {
  Trace scope(Trace::Mode::kCompile);
  Tensors inputs;
  for (const auto& spec : specs) inputs.push_back(make_placeholder(spec));
  Specs out;
  for (const auto& output : function(inputs)) out.push_back(output.spec());
  return out;
}

Specs eval_with(const StandIns& stand_ins, const Function& function, const Specs& inputs) {
  Specs out = run_on_placeholders(function, with_stand_in(inputs, stand_ins[0]));
  const Specs second = run_on_placeholders(function, with_stand_in(inputs, stand_ins[1]));
  for (std::size_t i = 0; i < out.size(); ++i)
    for (int axis = 0; axis < out[i].shape.rank(); ++axis)
      if (out[i].shape[axis] != second[i].shape[axis]) out[i].shape[axis] = kUnknown;
  return out;
}

}  // namespace

Trace::Trace(Mode mode) : mode_(mode), outer_(current_trace) { current_trace = this; }
Trace::~Trace() { current_trace = outer_; }
Trace* Trace::current() { return current_trace; }
bool Trace::compiling() { return current_trace && current_trace->mode_ == Mode::kCompile; }

OutsideOfTraces::OutsideOfTraces() : interrupted_(current_trace) { current_trace = nullptr; }
OutsideOfTraces::~OutsideOfTraces() { current_trace = interrupted_; }

Tensor Trace::read(const Variable& variable) { return find_or_add(variable).latest; }

void Trace::assign(const Variable& variable, const Tensor& value) {
  // Found first: an assignment alone is a touch, too.
  TracedVariable& traced = find_or_add(variable);
  traced.latest = value;
  if (mode_ == Mode::kEager) variable.state()->storage.store(value.eval().storage());
}

TracedVariable& Trace::find_or_add(const Variable& variable) {
  for (auto& traced : variables_)
    if (traced.variable == variable) return traced;
  Tensor initial;
  if (mode_ == Mode::kCompile) {
    initial = make_placeholder(variable.spec());
  } else if (outer_ && outer_->mode_ == Mode::kEager) {
    initial = outer_->read(variable);
  } else {
    initial = make_constant(variable.spec(), variable.state()->storage.share());
    initial.node()->tracked = true;
  }
  return variables_.emplace_back(TracedVariable{variable, initial, initial});
}

Specs abstract_eval(const std::function<Tensors(const Tensors&)>& function, const Specs& inputs) {
  bool unknown = false;
  for (const auto& spec : inputs) unknown = unknown || !spec.shape.is_static();
  if (!unknown) return run_on_placeholders(function, inputs);
  try {
    return eval_with(kStandIns, function, inputs);
  } catch (const ShapeError&) {
    const std::exception_ptr first = std::current_exception();
    try {
      return eval_with(kLargeStandIns, function, inputs);
    } catch (const Error&) {
      std::rethrow_exception(first);
    }
  }
}

}  // namespace keras::engine
