#pragma once

#include <string>
#include <vector>

#include "keras/engine/graph/graph.h"

namespace keras::engine {

/// How graphs are compiled from now on, in this process.
struct CompileSettings {
  /// Names of passes that are left out, for debugging and for measuring what they bring. The names
  /// are in `pass_names()`; KERAS_DISABLE_PASSES (comma-separated) is the initial value.
  std::vector<std::string> disabled_passes;
  /// A folder that gets the graph before and after each pass, as text and as Graphviz; empty for
  /// none. KERAS_DUMP_GRAPH is the initial value.
  std::string dump_folder;
  /// Names of kernels that are left out, so that the next one that takes a call runs it.
  /// KERAS_DISABLE_KERNELS is the initial value.
  std::vector<std::string> disabled_kernels = {};

  bool operator==(const CompileSettings&) const = default;
};
/// Throws ValueError where the environment names what there is not.
const CompileSettings& compile_settings();
/// Throws ValueError for a pass or kernel that does not exist or is needed. Functions compiled
/// before are compiled again.
void set_compile_settings(CompileSettings settings);
/// Counts the changes, so that caches notice.
int compile_settings_generation();

/// The passes that can be left out, in the order in which they run.
std::vector<std::string> pass_names();
/// The graph after all passes, verified after each.
Graph optimize(Graph graph);

}  // namespace keras::engine
