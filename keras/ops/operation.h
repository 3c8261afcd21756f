#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keras/engine/graph/node.h"
#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras {

/// What a call of a layer or model is told besides its inputs.
struct CallContext {
  /// Whether layers such as Dropout behave as in training. Unset in a layer's own call means: as
  /// the enclosing call says, else inference.
  std::optional<bool> training = {};

  bool is_training() const { return training.value_or(false); }
};

/// Something that can stand in a functional model: a layer, a model, or a keras.ops function with
/// its arguments.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual const std::string& name() const = 0;
  /// For what is read from a file, where it has a name already.
  virtual void rename(const std::string& name) = 0;
  /// Keras's class name, such as "Dense" or "Add".
  virtual std::string class_name() const = 0;
  /// Computes the outputs anew from other inputs, in the order and number of the recorded call.
  virtual Tensors replay(const Tensors& inputs, const Config& arguments,
                         const CallContext& context) = 0;
  /// A keras.ops function's arguments besides tensors, as Keras serializes them; a layer has its
  /// own `get_config`.
  virtual Config op_config() const { return Config::dict(); }
  /// Counts the calls on symbolic tensors.
  int next_call_index() { return call_count_++; }

 private:
  int call_count_ = 0;
};

/// One call of an operation on symbolic tensors (Keras's Node).
struct OperationNode {
  std::shared_ptr<Operation> operation;
  /// All tensors among the arguments, in the order in which they stand there.
  Tensors inputs;
  /// How the call was written: {"args": [...], "kwargs": {...}} in which {"tensor": i} stands for
  /// inputs[i].
  Config arguments;
  Specs output_specs;
  /// Which call of the operation this is, counted from 0.
  int call_index = 0;
};

/// Where a symbolic tensor came from (Keras's KerasHistory). A tensor from `Input` has an operation
/// node without inputs, whose operation is the InputLayer.
struct OperationHistory final : engine::History {
  std::shared_ptr<OperationNode> node;
  int output_index = 0;
};

/// The history of a symbolic tensor; a ValueError for any other.
const OperationHistory& history_of(const Tensor& tensor);

/// Symbolic outputs of a call: works out their specs by replaying the operation on stand-ins.
Tensors record_call(std::shared_ptr<Operation> operation, Tensors inputs, Config arguments,
                    const CallContext& context = {});
/// The same for a node whose specs are known already.
Tensors record_outputs(std::shared_ptr<OperationNode> node);

/// The plain form of arguments: one tensor (`layer(x)`), or one list of tensors (`layer([a, b])`).
Config single_argument();
Config list_argument(std::size_t count);

bool any_symbolic(const Tensors& tensors);

namespace ops {

/// A primitive's call: `make_call` on values, and on symbolic tensors a recorded operation of the
/// primitive's own name.
Tensors emit_all(const engine::Op& op, Tensors inputs, engine::Attrs attrs);
Tensor emit(const engine::Op& op, Tensors inputs, engine::Attrs attrs = engine::NoAttrs{});

/// What a keras.ops function does first: when an argument is symbolic, notes the call under Keras's
/// class name with its arguments as Keras serializes them; `function` computes it from other
/// tensors.
///   if (any_symbolic({x})) return record_op("Softmax", {x}, {{"axis", axis}},
///                                           [=](const Tensors& in) { return Tensors{...}; });
/// `config` are the operation's constructor arguments; the tensors are its call arguments, as a
/// flat list of positional ones unless `arguments` says otherwise, in which {"tensor": i} stands
/// for inputs[i].
Tensors record_op(const char* class_name, Tensors inputs, Config config,
                  std::function<Tensors(const Tensors&)> function, Config arguments = {});

}  // namespace ops
}  // namespace keras
