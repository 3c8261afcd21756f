#include "keras/trainers/step_function.h"

namespace keras::trainers {

Tensors StepFunction::run_step(const Batch& batch, std::vector<std::string>& names) const {
  Tensors values;
  names.clear();
  for (auto& [name, value] : step_(batch)) {
    names.push_back(name);
    values.push_back(value);
  }
  return values;
}

StepFunction::Compiled& StepFunction::find(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (auto& compiled : compiled_)
    if (compiled.structure.has_structure_of(batch)) return compiled;
  Compiled& compiled = compiled_.emplace_back();
  Tensors flat;
  batch.flatten(flat);
  compiled.structure = batch.with(Tensors(flat.size()));
  compiled.function = compile([this, &compiled](const Tensors& arguments) {
    return run_step(compiled.structure.with(arguments), compiled.names);
  });
  return compiled;
}

void StepFunction::run(const Batch& batch) {
  if (eager_) {
    results_ = run_step(batch, names_);
    for (const auto& result : results_) result.eval();
    return;
  }
  Compiled& compiled = find(batch);
  batch.flatten(arguments_);
  if (compiled.warm && results_.size() == compiled.names.size()) {
    compiled.function.call(arguments_, results_);
  } else {
    results_ = compiled.function(arguments_);
    names_ = compiled.names;
    compiled.warm = true;
  }
  // Handles that stay here would keep the next batch from being written in place.
  arguments_.clear();
}

StepFunction::Result StepFunction::last_result() const {
  Result result;
  for (std::size_t i = 0; i < results_.size(); ++i) result.emplace_back(names_[i], results_[i]);
  return result;
}

Tensors StepFunction::call(const Batch& batch) {
  std::vector<std::string> names;
  if (eager_) {
    Tensors values = run_step(batch, names);
    for (const auto& value : values) value.eval();
    return values;
  }
  Tensors arguments;
  batch.flatten(arguments);
  return find(batch).function(arguments);
}

}  // namespace keras::trainers
