#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"

namespace keras::cli {
namespace {

struct Arguments {
  std::string file;
  SummaryOptions options;
  bool json = false;
};

std::int64_t scalars(const Variables& variables) {
  std::int64_t count = 0;
  for (const auto& variable : variables) count += variable.shape().size();
  return count;
}

Config described(const Model& model) {
  Config::List layers;
  for (const auto& layer : model.layers())
    layers.push_back({{"name", layer.name()},
                      {"class_name", layer.class_name()},
                      {"params", scalars(layer.weights())}});
  return {{"name", model.name()},
          {"class_name", model.class_name()},
          {"layers", layers},
          {"total_params", scalars(model.weights())},
          {"trainable_params", scalars(model.trainable_weights())},
          {"non_trainable_params", scalars(model.non_trainable_weights())}};
}

void run(const Arguments& arguments) {
  const Model model = open_model(arguments.file);
  if (arguments.json) return print_json(described(model));
  SummaryOptions options = arguments.options;
  options.print_fn = [](const std::string& line) { print(line + "\n"); };
  model.summary(options);
}

}  // namespace

void add_summary(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(app, "summary", "Prints a model's layers, shapes and parameters.",
                                  "keras summary model.keras --expand-nested");
  command->add_option("FILE", arguments->file, "The model")->required();
  command->add_flag("--expand-nested", arguments->options.expand_nested,
                    "Also the layers of models inside");
  command->add_flag("--show-trainable", arguments->options.show_trainable,
                    "Whether each layer is trained");
  command->add_option("--line-length", arguments->options.line_length, "Characters in a line");
  command->add_flag("--json", arguments->json, "The same as JSON");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keras::cli
