#include "keras/engine/runtime/evaluate.h"

#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/memory_plan.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

Specs input_specs(const Node& node) {
  Specs specs;
  for (const auto& input : node.inputs) specs.push_back(input.spec());
  return specs;
}

void run_decomposed(Node& node, const std::string& refusals) {
  if (!node.op->decompose)
    throw BackendError(str("No kernel of the backend ", active_backend().name, " takes ",
                           node.op->name, "(", node.attrs.to_string(), ").", refusals));
  for (const auto& output : node.op->decompose(node.inputs, node.attrs))
    node.values.push_back(output.eval().storage());
}

void run_kernel(Node& node) {
  const Specs inputs = input_specs(node);
  const KernelCall call{*node.op, node.attrs, inputs, node.specs, num_threads()};
  std::string refusals;
  const Kernel* kernel = find_kernel(call, &refusals);
  if (!kernel) {
    run_decomposed(node, refusals);
    return;
  }
  const auto prepared = kernel->prepare(call);
  std::vector<void*> in, out;
  for (const auto& input : node.inputs) in.push_back(input.storage().data());
  std::vector<Storage> values;
  for (const auto& spec : node.specs) values.push_back(Storage::allocate(byte_size(spec)));
  for (const auto& value : values) out.push_back(value.data());
  const Storage scratch = Storage::allocate(prepared->scratch_bytes());
  prepared->run({in.data(), out.data(), scratch.data()});
  node.values = std::move(values);
}

void run_node(Node& node) {
  if (node.kind != NodeKind::kOp)
    throw ValueError("A tensor of a compiled function has no values while the function is traced.",
                     "keep printing and branching on values out of it, or run eagerly "
                     "(`run_eagerly = true` in compile()).");
  if (node.op->traits.view) {
    for (std::size_t i = 0; i < node.specs.size(); ++i)
      node.values.push_back(node.inputs[i].storage());
  } else {
    run_kernel(node);
  }
  if (!node.tracked) node.inputs.clear();
}

}  // namespace

void evaluate(const std::shared_ptr<Node>& target) {
  std::vector<std::pair<std::shared_ptr<Node>, std::size_t>> stack;
  stack.emplace_back(target, 0);
  while (!stack.empty()) {
    auto& [node, next] = stack.back();
    if (node->has_values()) {
      stack.pop_back();
    } else if (next < node->inputs.size()) {
      const auto input = node->inputs[next++].node();
      if (!input->has_values()) stack.emplace_back(input, 0);
    } else {
      run_node(*node);
      stack.pop_back();
    }
  }
}

}  // namespace keras::engine
