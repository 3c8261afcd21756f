#include <sstream>
#include <string>

#include "keras/engine/graph/graph.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

std::string value_text(ValueId value) { return str("%", value); }

std::string list_text(const std::vector<ValueId>& values) {
  std::vector<std::string> pieces;
  for (const ValueId value : values) pieces.push_back(value_text(value));
  return join(pieces, ", ");
}

std::string escaped(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '"' || text[i] == '\\') text.insert(i++, 1, '\\');
  return text;
}

}  // namespace

std::string print_graph(const Graph& graph) {
  std::ostringstream out;
  if (graph.prologue) out << "prologue {\n" << print_graph(*graph.prologue) << "}\n";
  for (const ValueId value : graph.arguments)
    out << value_text(value) << " = argument " << graph.spec(value).to_string() << '\n';
  for (const auto& variable : graph.variables)
    out << value_text(variable.initial) << " = variable " << variable.variable.path() << ' '
        << variable.variable.spec().to_string() << '\n';
  for (const auto& constant : graph.constants)
    out << value_text(constant.value) << " = constant " << graph.spec(constant.value).to_string()
        << '\n';
  for (const auto& call : graph.calls) {
    out << list_text(call.outputs) << " = " << call.op->name << '(' << list_text(call.inputs)
        << ')';
    if (const auto attrs = call.attrs.to_string(); !attrs.empty()) out << " {" << attrs << '}';
    for (const ValueId output : call.outputs) out << " : " << graph.spec(output).to_string();
    out << '\n';
  }
  for (const auto& variable : graph.variables)
    if (variable.final != variable.initial)
      out << "assign " << variable.variable.path() << " = " << value_text(variable.final) << '\n';
  out << "return " << list_text(graph.results) << '\n';
  return out.str();
}

std::string print_graphviz(const Graph& graph) {
  std::ostringstream out;
  out << "digraph {\n  node [shape=box, fontname=\"sans-serif\"];\n";
  const auto node = [&](const std::string& id, const std::string& label, const char* style) {
    out << "  " << id << " [label=\"" << escaped(label) << "\"" << style << "];\n";
  };
  const auto value_node = [](ValueId value) { return str("v", value); };
  for (const ValueId value : graph.arguments)
    node(value_node(value), "argument\\n" + graph.spec(value).to_string(), ", style=rounded");
  for (const auto& variable : graph.variables)
    node(value_node(variable.initial), variable.variable.path(), ", style=filled");
  for (const auto& constant : graph.constants)
    node(value_node(constant.value), "constant " + graph.spec(constant.value).to_string(),
         ", style=dotted");
  for (std::size_t i = 0; i < graph.calls.size(); ++i) {
    const auto& call = graph.calls[i];
    node(str("c", i), std::string(call.op->name) + " " + call.attrs.to_string(), "");
    for (const ValueId input : call.inputs)
      out << "  " << value_node(input) << " -> c" << i << ";\n";
    for (const ValueId output : call.outputs) {
      node(value_node(output), graph.spec(output).to_string(), ", shape=plaintext");
      out << "  c" << i << " -> " << value_node(output) << ";\n";
    }
  }
  out << "}\n";
  return out.str();
}

}  // namespace keras::engine
