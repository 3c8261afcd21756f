#include "cli/training.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/models/model_impl.h"

namespace keras::cli {
namespace {

/// What the arguments say, over what the file says.
Config compile_config(Config config, const CompileArguments& arguments) {
  if (!arguments.loss.empty()) config.set("loss", arguments.loss);
  if (!arguments.optimizer.empty() || !config.find("optimizer"))
    config.set("optimizer", arguments.optimizer.empty() ? "rmsprop" : arguments.optimizer);
  if (!arguments.metrics.empty()) config.set("metrics", Config::list_of(arguments.metrics));
  return config;
}

}  // namespace

void add_compile_arguments(CLI::App& command, CompileArguments& arguments) {
  command.add_option("--loss", arguments.loss, "Such as mse; the file's if not given");
  command.add_option("--optimizer", arguments.optimizer, "Such as adam; the file's if not given");
  command
      .add_option("--metrics", arguments.metrics, "Such as accuracy,mae; the file's if not given")
      ->delimiter(',');
  command.add_option("--learning-rate", arguments.learning_rate, "The optimizer's if not given")
      ->check(above_zero);
}

Model open_compiled(const std::string& path, const CompileArguments& arguments) {
  const bool changes =
      !arguments.loss.empty() || !arguments.optimizer.empty() || !arguments.metrics.empty();
  const Model model = open_model(path, true);
  ModelImpl& impl = model.model_impl();
  if (!impl.compiled() && arguments.loss.empty())
    throw BadInput(path +
                   ": was saved without compile(); say how to train it with --loss and "
                   "--optimizer");
  if (changes)
    impl.compile_from_config(
        compile_config(impl.compiled() ? impl.get_compile_config() : Config::dict(), arguments));
  if (arguments.learning_rate > 0) model.optimizer().set_learning_rate(arguments.learning_rate);
  return model;
}

std::string line_of(const Logs& logs) {
  std::string line;
  for (const auto& [name, value] : logs) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    line += (line.empty() ? "" : "  ") + name + " " + text;
  }
  return line;
}

Config json_of(const Logs& logs) {
  Config out = Config::dict();
  for (const auto& [name, value] : logs) out.set(name, value);
  return out;
}

}  // namespace keras::cli
