#include <stdexcept>
#include <string>
#include <vector>

#include "keras/engine/graph/graph.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

class Verifier {
 public:
  Verifier(const Graph& graph, std::string_view after_pass)
      : graph_(graph), pass_(after_pass), defined_(graph.values.size(), false) {}

  void run() {
    for (const ValueId value : graph_.arguments) define(value);
    for (const auto& variable : graph_.variables) define(variable.initial);
    for (const auto& constant : graph_.constants) define(constant.value);
    for (const auto& call : graph_.calls) {
      for (const ValueId input : call.inputs) use(input, call.op->name);
      check_outputs(call);
      for (const ValueId output : call.outputs) define(output);
    }
    for (const ValueId result : graph_.results) use(result, "return");
    for (const auto& variable : graph_.variables) {
      use(variable.final, "assign");
      if (graph_.spec(variable.final) != variable.variable.spec())
        fail(str("assigns ", graph_.spec(variable.final), " to ", variable.variable.path()));
    }
  }

 private:
  void check_outputs(const GraphCall& call) {
    const Specs specs = call.op->infer(graph_.specs(call.inputs), call.attrs);
    if (specs != graph_.specs(call.outputs))
      fail(str(call.op->name, " has outputs of other shapes than it infers"));
  }
  void define(ValueId value) {
    if (defined_.at(static_cast<std::size_t>(value))) fail(str("value %", value, " made twice"));
    defined_[static_cast<std::size_t>(value)] = true;
  }
  void use(ValueId value, std::string_view user) {
    if (value < 0 || !defined_.at(static_cast<std::size_t>(value)))
      fail(str(user, " uses value %", value, " before it is made"));
  }
  [[noreturn]] void fail(const std::string& what) {
    throw std::logic_error(str("graph broken after the pass ", pass_, ": ", what));
  }

  const Graph& graph_;
  std::string_view pass_;
  std::vector<bool> defined_;
};

}  // namespace

void verify_graph(const Graph& graph, std::string_view after_pass) {
  Verifier(graph, after_pass).run();
}

}  // namespace keras::engine
