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

std::vector<std::string> names_in_environment(const char* variable) {
  std::vector<std::string> out;
  std::istringstream names(environment(variable));
  for (std::string name; std::getline(names, name, ',');) out.push_back(name);
  return out;
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
  passes.push_back({"delay_updates", delay_updates});
  passes.push_back({"hoist_variable_work", hoist_variable_work});
  return passes;
}

/// Needed for correctness, not only for speed.
bool required(std::string_view pass) { return pass == "decompose_unsupported"; }

std::vector<std::string> kernel_names() {
  std::vector<std::string> names;
  for (const auto& row : active_backend().kernels)
    for (const Kernel* kernel : row.kernels) names.emplace_back(kernel->name);
  return names;
}

bool among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

CompileSettings checked(CompileSettings settings) {
  const auto passes = pass_names(), kernels = kernel_names();
  for (const auto& pass : settings.disabled_passes) {
    if (required(pass))
      throw ValueError(str("The pass \"", pass, "\" cannot be left out: kernels need it."));
    if (!among(passes, pass))
      throw ValueError(str("There is no pass named \"", pass, "\"."),
                       "the passes are " + join(passes, ", ") + ".");
  }
  for (const auto& kernel : settings.disabled_kernels)
    if (!among(kernels, kernel))
      throw ValueError(str("There is no kernel named \"", kernel, "\"."),
                       "KERAS_PROFILE=10 prints the names of those that run.");
  return settings;
}

CompileSettings& settings_in_force() {
  static CompileSettings settings =
      checked({.disabled_passes = names_in_environment("KERAS_DISABLE_PASSES"),
               .dump_folder = environment("KERAS_DUMP_GRAPH"),
               .disabled_kernels = names_in_environment("KERAS_DISABLE_KERNELS")});
  return settings;
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
  settings_in_force() = checked(std::move(settings));
  ++settings_generation;
}

int compile_settings_generation() { return settings_generation; }

std::vector<std::string> pass_names() {
  std::vector<std::string> names;
  for (const auto& pass : all_passes())
    if (!required(pass.name)) names.emplace_back(pass.name);
  return names;
}

Graph optimize(Graph graph) {
  int number = 0;
  dump(graph, number++, "traced");
  for (const auto& pass : all_passes()) {
    if (among(compile_settings().disabled_passes, pass.name)) continue;
    graph = pass.run(std::move(graph));
    verify_graph(graph, pass.name);
    dump(graph, number++, pass.name);
  }
  return graph;
}

}  // namespace keras::engine
