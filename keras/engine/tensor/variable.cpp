#include "keras/engine/tensor/variable.h"

#include <cstring>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/tensor/variable_state.h"
#include "keras/engine/text.h"

namespace keras {

Variable::Variable(const Tensor& initial, VariableOptions options)
    : state_(std::make_shared<engine::VariableState>(initial.spec(), initial.eval().storage())) {
  state_->path = options.name;
  state_->name = std::move(options.name);
  state_->trainable = options.trainable;
}

const TensorSpec& Variable::spec() const { return state_->storage.spec(); }
const std::string& Variable::name() const { return state_->name; }
const std::string& Variable::path() const { return state_->path; }
void Variable::set_path(std::string path) const { state_->path = std::move(path); }
bool Variable::trainable() const { return state_->trainable; }
void Variable::set_trainable(bool trainable) const { state_->trainable = trainable; }
const std::function<Tensor(const Tensor&)>& Variable::constraint() const {
  return state_->constraint;
}
void Variable::set_constraint(std::function<Tensor(const Tensor&)> constraint) const {
  state_->constraint = std::move(constraint);
}
const std::function<Tensor(const Tensor&)>& Variable::regularizer() const {
  return state_->regularizer;
}
void Variable::set_regularizer(std::function<Tensor(const Tensor&)> regularizer) const {
  state_->regularizer = std::move(regularizer);
}

Tensor Variable::value() const {
  if (engine::Trace* trace = engine::Trace::current()) return trace->read(*this);
  return engine::make_constant(spec(), state_->storage.share());
}

void Variable::assign(const Tensor& value) const {
  if (value.shape() != shape())
    throw ShapeError(
        str("The shape of the target variable and the shape of the target value in "
            "`variable.assign(value)` must match. variable.shape=",
            shape(), ", Received: value.shape=", value.shape(), ". Target variable: ", path()));
  if (value.dtype() != dtype())
    throw DtypeError(str("variable.assign(value): the variable ", path(), " has dtype ", dtype(),
                         ", the value has ", value.dtype(), "."),
                     "cast the value with keras::ops::cast first.");
  if (engine::Trace* trace = engine::Trace::current()) {
    trace->assign(*this, value);
    return;
  }
  state_->storage.store(value.eval().storage());
}

}  // namespace keras
