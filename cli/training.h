#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "keras/models/model.h"

namespace keras::cli {

/// How a model is compiled where its file does not say, or is to be overridden.
struct CompileArguments {
  std::string loss, optimizer;
  std::vector<std::string> metrics;
  double learning_rate = 0;
};
void add_compile_arguments(CLI::App& command, CompileArguments& arguments);
/// A model that is compiled. Throws BadInput where neither file nor arguments say how.
Model open_compiled(const std::string& path, const CompileArguments& arguments);

/// "loss 0.25  accuracy 0.9"
std::string line_of(const Logs& logs);
Config json_of(const Logs& logs);

}  // namespace keras::cli
