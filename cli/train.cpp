#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/training.h"
#include "keras/saving/saving_api.h"
#include "keras/utils/random_seed.h"

namespace keras::cli {
namespace {

struct Arguments {
  std::string file, data, output;
  CompileArguments compile;
  std::int64_t batch_size = 32, seed = -1;
  int epochs = 1;
  double validation_split = 0;
  bool json = false;
};

Config history_of(const callbacks::History& history) {
  Config out = Config::dict();
  for (const auto& name : history.history.names())
    out.set(name, Config::list_of(history.history.at(name)));
  return out;
}

Logs last_of(const callbacks::History& history) {
  Logs logs;
  for (const auto& name : history.history.names())
    if (!history.history.at(name).empty()) logs.set(name, history.history.at(name).back());
  return logs;
}

void run(const Arguments& arguments) {
  check_writable(arguments.output);
  if (const std::string ending = ending_of(arguments.output); ending != ".keras" && ending != ".h5")
    throw BadInput(arguments.output + ": not a format of models; give .keras or .h5");
  if (arguments.seed >= 0) utils::set_random_seed(arguments.seed);
  const Model model = open_compiled(arguments.file, arguments.compile);
  const Examples examples = read_examples(model, arguments.data, "train");
  const bool progress = on_terminal() && !arguments.json;
  const auto history = model.fit(examples.x, examples.y,
                                 {.batch_size = arguments.batch_size,
                                  .epochs = arguments.epochs,
                                  .verbose = progress ? 1 : 0,
                                  .validation_split = arguments.validation_split,
                                  .sample_weight = examples.sample_weight});
  save_model(model, arguments.output);
  if (arguments.json) return print_json(history_of(history));
  if (!progress) print(line_of(last_of(history)) + "\n");
}

}  // namespace

void add_train(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(
      app, "train", "Trains a model on examples and writes it to another file.",
      "keras train model.keras train.npz --epochs 5 --validation-split 0.1 -o new.keras");
  command->add_option("FILE", arguments->file, "The model")->required();
  command
      ->add_option("DATA", arguments->data,
                   "An .npz with x (or x_train, or the inputs' names) and y alike")
      ->required();
  command->add_option("-o,--output", arguments->output, "Where the trained model goes")->required();
  add_compile_arguments(*command, arguments->compile);
  command->add_option("--epochs", arguments->epochs, "Passes through the examples")
      ->capture_default_str()
      ->check(above_zero);
  command->add_option("--batch-size", arguments->batch_size, "Examples a step")
      ->capture_default_str()
      ->check(above_zero);
  command
      ->add_option("--validation-split", arguments->validation_split,
                   "The share of the examples, the last ones, that is only tested on")
      ->check(CLI::Range(0.0, 0.999));
  command->add_option("--seed", arguments->seed, "Makes what is random repeat")
      ->check(not_below_zero);
  command->add_flag("--json", arguments->json, "Prints all epochs as JSON");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keras::cli
