#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/training.h"

namespace keras::cli {
namespace {

struct Arguments {
  std::string file, data;
  CompileArguments compile;
  std::int64_t batch_size = 32;
  bool json = false;
};

void run(const Arguments& arguments) {
  const Model model = open_compiled(arguments.file, arguments.compile);
  const Examples examples = read_examples(model, arguments.data, "test");
  const bool progress = on_terminal() && !arguments.json;
  const Logs logs = model.evaluate(examples.x, examples.y,
                                   {.batch_size = arguments.batch_size,
                                    .verbose = progress ? 1 : 0,
                                    .sample_weight = examples.sample_weight});
  if (arguments.json) return print_json(json_of(logs));
  if (!progress) print(line_of(logs) + "\n");
}

}  // namespace

void add_evaluate(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(app, "evaluate", "Works out loss and metrics on examples.",
                                  "keras evaluate model.keras test.npz --batch-size 128");
  command->add_option("FILE", arguments->file, "The model")->required();
  command
      ->add_option("DATA", arguments->data,
                   "An .npz with x (or x_test, or the inputs' names) and y alike")
      ->required();
  add_compile_arguments(*command, arguments->compile);
  command->add_option("--batch-size", arguments->batch_size, "Examples at a time")
      ->capture_default_str()
      ->check(above_zero);
  command->add_flag("--json", arguments->json, "Prints the results as JSON");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keras::cli
