#include "keras/backend/cpu/fusions/lay_out_weights.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/batch_loop.h"
#include "keras/backend/cpu/fusions/fused_elementwise.h"
#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/fusions/lay_out.h"
#include "keras/backend/cpu/onednn/convolution.h"
#include "keras/backend/cpu/onednn/recurrence.h"
#include "keras/engine/graph/graph_index.h"
#include "keras/engine/passes/fixed_values.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/program.h"
#include "keras/ops/nn/recurrence.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::LayoutPtr;
using engine::ValueId;

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

bool is_convolution(const GraphCall& call) {
  return call.op == &ops::conv_op || call.op == &fused_convolution_op;
}
bool is_matmul(const GraphCall& call) {
  return call.op == &ops::matmul_op || call.op == &fused_matmul_op;
}
bool is_elementwise(const GraphCall& call) {
  return call.op == &fused_elementwise_op || call.op->traits.elementwise;
}

/// Other kernels take the weights as they are.
bool is_onednns(const engine::KernelCall& convolution) {
  const engine::Kernel* kernel = engine::find_kernel(convolution);
  return kernel == &onednn_convolution || kernel == &onednn_fused_convolution;
}

/// The values that must lie in one layout because element-wise work ties them together.
class Component {
 public:
  /// `row_major`: values that must stay so.
  Component(const Graph& graph, const engine::GraphIndex& index,
            const std::vector<ValueId>& row_major)
      : graph_(graph), index_(index), row_major_(row_major), inside_(graph.values.size(), false) {}

  /// False when something ties a value to row-major order.
  bool grow(ValueId start) {
    shape_ = graph_.spec(start).shape;
    add(start);
    while (!pending_.empty()) {
      const ValueId value = pending_.back();
      pending_.pop_back();
      if (!may_be_laid_out(value)) return false;
    }
    return true;
  }

  const std::vector<ValueId>& values() const { return values_; }

 private:
  void add(ValueId value) {
    if (inside_[at(value)]) return;
    inside_[at(value)] = true;
    values_.push_back(value);
    pending_.push_back(value);
  }

  bool may_be_laid_out(ValueId value) {
    const auto among = [value](const std::vector<ValueId>& ids) {
      return std::find(ids.begin(), ids.end(), value) != ids.end();
    };
    if (among(graph_.arguments) || among(graph_.results) || among(row_major_) || is_constant(value))
      return false;
    for (const auto& variable : graph_.variables)
      if (variable.initial == value || variable.final == value) {
        add(variable.initial);
        add(variable.final);
      }
    const int maker = index_.maker(value);
    if (maker >= 0 && !takes_output(call(maker))) return false;
    const auto& users = index_.users(value);
    return std::all_of(users.begin(), users.end(),
                       [&](int user) { return takes_input(call(user), value); });
  }

  const GraphCall& call(int i) const { return graph_.calls[static_cast<std::size_t>(i)]; }
  bool is_constant(ValueId value) const {
    return std::any_of(graph_.constants.begin(), graph_.constants.end(),
                       [value](const auto& constant) { return constant.value == value; });
  }

  bool takes_output(const GraphCall& maker) {
    return maker.op == &ops::conv_kernel_gradient_op || take_elementwise(maker);
  }

  bool takes_input(const GraphCall& user, ValueId value) {
    if (is_convolution(user) || user.op == &ops::conv_input_gradient_op)
      return std::count(user.inputs.begin(), user.inputs.end(), value) == 1 &&
             user.inputs[1] == value;
    return take_elementwise(user);
  }

  /// Every operand is of the one shape or a single number.
  bool take_elementwise(const GraphCall& work) {
    if (!is_elementwise(work)) return false;
    std::vector<ValueId> operands = work.inputs;
    operands.insert(operands.end(), work.outputs.begin(), work.outputs.end());
    for (const ValueId operand : operands) {
      const Shape& shape = graph_.spec(operand).shape;
      if (shape == shape_) {
        add(operand);
      } else if (shape.size() != 1) {
        return false;
      }
    }
    return true;
  }

  const Graph& graph_;
  const engine::GraphIndex& index_;
  const std::vector<ValueId>& row_major_;
  Shape shape_;
  std::vector<bool> inside_;
  std::vector<ValueId> values_;
  std::vector<ValueId> pending_;
};

class WeightLayouts {
 public:
  /// The arguments `fixed` are what calls make of weights, for this graph alone.
  explicit WeightLayouts(Graph graph, std::vector<ValueId> fixed = {})
      : graph_(std::move(graph)), index_(graph_), fixed_values_(graph_), fixed_(std::move(fixed)) {}

  Graph run() {
    for (GraphCall call : graph_.calls) {
      if (call.op == &batch_loop_op) lay_out_loop(call);
      if (is_convolution(call)) {
        lay_out_product(call, [](const engine::KernelCall& question) -> LayoutPtr {
          if (!is_onednns(question)) return nullptr;
          return convolution_kernel_layout(convolution_problem(question), question, true);
        });
        lay_out_convolution(call);
      }
      if (is_matmul(call))
        lay_out_product(call, [](const engine::KernelCall& question) -> LayoutPtr {
          const MatmulProblem problem = matmul_problem(question);
          if (!matmul_refusal(problem, question).empty()) return nullptr;
          return matmul_weight_layout(problem, question);
        });
      if (call.op == &ops::recurrence_op) lay_out_product(call, recurrence_kernel_layout);
      calls_.push_back(std::move(call));
    }
    graph_.calls = std::move(calls_);
    return std::move(graph_);
  }

 private:
  /// What a kernel is asked, as long as the specs live.
  template <typename Ask>
  auto ask(const GraphCall& call, const Ask& question) const {
    const Specs inputs = graph_.specs(call.inputs);
    const Specs outputs = graph_.specs(call.outputs);
    return question(
        engine::KernelCall{*call.op, call.attrs, inputs, outputs, engine::threads_of(graph_)});
  }

  /// What calls make of weights, for one use.
  bool is_fixed(ValueId value) const {
    return index_.maker(value) >= 0 && index_.uses(value) == 1 && fixed_values_.contains(value);
  }

  /// A copy of such a value in a layout, made before the call that is at hand.
  ValueId laid_out(ValueId value, LayoutPtr layout) {
    const ValueId copy = graph_.add_value(graph_.spec(value));
    graph_.set_layout(copy, std::move(layout));
    calls_.push_back({&lay_out_op, engine::NoAttrs{}, {value}, {copy}});
    copied_.push_back(value);
    return copy;
  }

  /// The variables of a loop's body, its last inputs, lie as the body wants them, and so does what
  /// is made of others.
  void lay_out_loop(GraphCall& call) {
    auto attrs = call.attrs.as<BatchLoopAttrs>();
    const auto& arguments = attrs.body->arguments;
    std::vector<ValueId> fixed;
    for (std::size_t i = 0; i < arguments.size(); ++i)
      if (!attrs.sliced[i] && is_fixed(call.inputs[i])) fixed.push_back(arguments[i]);
    Graph body = WeightLayouts(*attrs.body, std::move(fixed)).run();
    for (std::size_t i = 0; i < arguments.size(); ++i)
      if (const LayoutPtr layout = body.layout(arguments[i]))
        call.inputs[i] = laid_out(call.inputs[i], layout);
    for (std::size_t i = 0; i < body.variables.size(); ++i)
      graph_.set_layout(call.inputs[attrs.sliced.size() + i],
                        body.layout(body.variables[i].initial));
    attrs.body = std::make_shared<const Graph>(std::move(body));
    call.attrs = std::move(attrs);
  }

  void lay_out_convolution(const GraphCall& call) {
    const ValueId kernel = call.inputs[1];
    if (graph_.layout(kernel) || graph_.spec(kernel).shape.size() == 0) return;
    const LayoutPtr layout = ask(call, [&](const engine::KernelCall& question) -> LayoutPtr {
      if (!is_onednns(question)) return nullptr;
      return convolution_kernel_layout(convolution_problem(question), question, false);
    });
    if (!layout) return;
    Component component(graph_, index_, copied_);
    if (!component.grow(kernel)) return;
    for (const ValueId value : component.values()) graph_.set_layout(value, layout);
  }

  /// A product's gradients would want the transposed matrix in another layout, so that only weights
  /// that no step writes gain by it.
  void lay_out_product(GraphCall& call, const auto& wanted_layout) {
    const ValueId weight = call.inputs[1];
    const bool own = is_only_read(weight);
    if (graph_.layout(weight) || index_.users(weight).size() != 1 || !(own || is_fixed(weight)))
      return;
    const LayoutPtr layout = ask(call, wanted_layout);
    if (!layout) return;
    if (own) {
      graph_.set_layout(weight, layout);
    } else {
      call.inputs[1] = laid_out(weight, layout);
    }
  }

  bool is_only_read(ValueId value) const {
    if (std::find(fixed_.begin(), fixed_.end(), value) != fixed_.end()) return true;
    return std::any_of(graph_.variables.begin(), graph_.variables.end(),
                       [&](const auto& variable) {
                         return variable.initial == value && variable.final == value;
                       }) &&
           std::count_if(graph_.variables.begin(), graph_.variables.end(),
                         [&](const auto& variable) { return variable.final == value; }) == 1 &&
           std::find(graph_.results.begin(), graph_.results.end(), value) == graph_.results.end();
  }

  Graph graph_;
  engine::GraphIndex index_;
  engine::FixedValues fixed_values_;
  std::vector<ValueId> fixed_;   ///< arguments
  std::vector<ValueId> copied_;  ///< into another layout
  std::vector<GraphCall> calls_;
};

}  // namespace

Graph lay_out_weights(Graph graph) { return WeightLayouts(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
