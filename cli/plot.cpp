#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/engine/text.h"
#include "keras/ops/operation.h"
#include "keras/saving/atomic_file.h"

namespace keras::cli {
namespace {

struct Arguments {
  std::string file, output;
  bool no_shapes = false;
};

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// The graph as Graphviz's text: a box for each operation, an arrow for each tensor.
class Drawing {
 public:
  explicit Drawing(bool shapes) : shapes_(shapes) {}

  void add(const Tensor& output) { visit(*history_of(output).node); }

  std::string text(const std::string& name) const {
    return "digraph " + in_quotes(name) +
           " {\n  rankdir=TB;\n  node [shape=box, fontname=\"Helvetica\"];\n" + boxes_ + arrows_ +
           "}\n";
  }

 private:
  void visit(const OperationNode& node) {
    if (!seen_.insert(&node).second) return;
    draw(node);
    for (const auto& input : node.inputs) {
      const OperationNode& source = *history_of(input).node;
      visit(source);
      arrows_ += "  " + id(source) + " -> " + id(node) + ";\n";
    }
  }

  /// A layer that is called several times is one box.
  void draw(const OperationNode& node) {
    if (!drawn_.insert(node.operation.get()).second) return;
    std::string label = node.operation->name() + " (" + node.operation->class_name() + ")";
    if (shapes_)
      for (const auto& spec : node.output_specs) label += "\n" + spec.shape.to_string();
    std::string escaped;
    for (const char c : in_quotes(label))
      escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
    boxes_ += "  " + id(node) + " [label=" + escaped + "];\n";
  }

  std::string id(const OperationNode& node) {
    const auto number = ids_.try_emplace(node.operation.get(), ids_.size()).first->second;
    return "n" + std::to_string(number);
  }

  bool shapes_;
  std::set<const OperationNode*> seen_;
  std::set<const Operation*> drawn_;
  std::map<const Operation*, std::size_t> ids_;
  std::string boxes_, arrows_;
};

/// A file that goes away with this object.
struct Scratch {
  explicit Scratch(std::filesystem::path where) : path(std::move(where)) {}
  ~Scratch() {
    std::error_code none;
    std::filesystem::remove(path, none);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::filesystem::path path;
};

/// Has Graphviz draw the graph; the target is made only when that went well.
void render(const std::string& graph, const std::string& output, const std::string& format) {
  const std::string beside = output + "." + std::to_string(getpid());
  const Scratch text(beside + ".dot"), picture(beside + "." + format);
  saving::write_file_atomically(text.path, graph);
  const std::string kind = "-T" + format;
  std::array<const char*, 6> arguments = {
      "dot", kind.c_str(), "-o", picture.path.c_str(), text.path.c_str(), nullptr};
  pid_t child = 0;
  int status = 0;
  if (posix_spawnp(&child, "dot", nullptr, nullptr, const_cast<char* const*>(arguments.data()),
                   environ) != 0)
    throw BadInput("Graphviz's `dot` is not there: install graphviz, or write a .dot file");
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw BadInput(output + ": `dot` could not draw it; write a .dot file to see the graph");
  std::filesystem::rename(picture.path, output);
}

void run(const Arguments& arguments) {
  check_writable(arguments.output);
  const std::string ending = ending_of(arguments.output);
  if (ending != ".dot" && ending != ".svg" && ending != ".png" && ending != ".pdf")
    throw BadInput(arguments.output + ": not a kind of drawing; give .svg, .png, .pdf or .dot");
  const Model model = open_model(arguments.file);
  if (model.outputs().empty())
    throw BadInput(arguments.file + ": has no graph to draw; save it after it was built");
  Drawing drawing(!arguments.no_shapes);
  for (const auto& output : model.outputs()) drawing.add(output);
  const std::string graph = drawing.text(model.name());
  if (ending == ".dot") return saving::write_file_atomically(arguments.output, graph);
  render(graph, arguments.output, ending.substr(1));
}

}  // namespace

void add_plot(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(app, "plot", "Draws a model's layers and how they are connected.",
                                  "keras plot model.keras -o model.svg");
  command->add_option("FILE", arguments->file, "The model")->required();
  command->add_option("-o,--output", arguments->output, ".svg, .png or .pdf (by Graphviz), or .dot")
      ->required();
  command->add_flag("--no-shapes", arguments->no_shapes, "Leaves out the shapes of the outputs");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keras::cli
