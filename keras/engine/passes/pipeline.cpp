#include "keras/engine/passes/pipeline.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include "keras/engine/error.h"
#include "keras/engine/passes/engine_passes.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

CompileSettings settings_from_environment() {
  CompileSettings settings;
  std::istringstream names(environment("KERAS_DISABLE_PASSES"));
  for (std::string name; std::getline(names, name, ',');) settings.disabled_passes.push_back(name);
  settings.dump_folder = environment("KERAS_DUMP_GRAPH");
  return settings;
}

CompileSettings& settings_in_force() {
  static CompileSettings settings = settings_from_environment();
  return settings;
}

std::atomic<int> settings_generation{0};

std::vector<Pass> all_passes() {
  std::vector<Pass> passes = {
      {"fold_constants", fold_constants},
      {"simplify", simplify},
      {"merge_common_subexpressions", merge_common_subexpressions},
      {"drop_dead_code", drop_dead_code},
  };
  const Backend& backend = active_backend();
  passes.insert(passes.end(), backend.early_passes.begin(), backend.early_passes.end());
  passes.push_back({"decompose_unsupported", decompose_unsupported});
  passes.insert(passes.end(), backend.passes.begin(), backend.passes.end());
  passes.push_back({"hoist_variable_work", hoist_variable_work});
  return passes;
}

/// Needed for correctness, not only for speed.
bool required(std::string_view pass) { return pass == "decompose_unsupported"; }

bool disabled(std::string_view pass) {
  const auto& names = compile_settings().disabled_passes;
  return !required(pass) && std::find(names.begin(), names.end(), pass) != names.end();
}

void dump(const Graph& graph, int number, std::string_view pass) {
  const std::filesystem::path folder = compile_settings().dump_folder;
  if (folder.empty()) return;
  static std::atomic<int> graphs{0};
  if (number == 0) ++graphs;
  std::filesystem::create_directories(folder);
  const std::string stem = str("graph", graphs.load(), "_", number, "_", pass);
  std::ofstream(folder / (stem + ".txt")) << print_graph(graph);
  std::ofstream(folder / (stem + ".dot")) << print_graphviz(graph);
}

}  // namespace

const CompileSettings& compile_settings() { return settings_in_force(); }

void set_compile_settings(CompileSettings settings) {
  const auto names = pass_names();
  for (const auto& pass : settings.disabled_passes)
    if (std::find(names.begin(), names.end(), pass) == names.end())
      throw ValueError(str("There is no pass named \"", pass, "\"."),
                       "the passes are " + join(names, ", ") + ".");
  settings_in_force() = std::move(settings);
  ++settings_generation;
}

int compile_settings_generation() { return settings_generation; }

std::vector<std::string> pass_names() {
  std::vector<std::string> names;
  for (const auto& pass : all_passes()) names.emplace_back(pass.name);
  return names;
}

Graph optimize(Graph graph) {
  int number = 0;
  dump(graph, number++, "traced");
  for (const auto& pass : all_passes()) {
    if (disabled(pass.name)) continue;
    graph = pass.run(std::move(graph));
    verify_graph(graph, pass.name);
    dump(graph, number++, pass.name);
  }
  return graph;
}

}  // namespace keras::engine
