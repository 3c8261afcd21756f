#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>
#include <sstream>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/engine/error.h"
#include "keras/saving/atomic_file.h"
#include "keras/saving/saving_api.h"
#include "keras/saving/serialization.h"

namespace keras::cli {
namespace {

struct Arguments {
  std::string input, output, weights;
  double shard_size = 10;
};

Model read(const std::string& path) {
  if (ending_of(path) != ".json") return open_model(path, true);
  check_readable(path);
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  try {
    return model_from_json(text.str());
  } catch (Error& error) {
    error.add_frame(path);
    throw;
  }
}

void run(const Arguments& arguments) {
  check_writable(arguments.output);
  const std::string ending = ending_of(arguments.output);
  if (ending != ".keras" && ending != ".json" && ending != ".h5")
    throw BadInput(arguments.output +
                   ": not a format that is written here; give .keras, .h5, .json, .weights.h5 or "
                   ".weights.json");
  if (arguments.input.ends_with(".weights.json"))
    throw BadInput(arguments.input +
                   ": says where weights are; give the model's .json, and this with --weights");
  const bool to_shards = arguments.output.ends_with(".weights.json");
  if (ending_of(arguments.input) == ".json" && arguments.weights.empty() &&
      (ending != ".json" || to_shards))
    throw BadInput(arguments.input + ": has no weights; give them with --weights");
  const Model model = read(arguments.input);
  if (!arguments.weights.empty()) {
    check_readable(arguments.weights);
    model.load_weights(arguments.weights);
  }
  if (to_shards)
    return model.save_weights(arguments.output, {.max_shard_size = arguments.shard_size});
  if (ending == ".json") return saving::write_file_atomically(arguments.output, model.to_json());
  if (arguments.output.ends_with(".weights.h5")) return model.save_weights(arguments.output);
  save_model(model, arguments.output);
}

}  // namespace

void add_convert(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, "convert", "Writes a model in another format, told by the file's ending.",
                  "keras convert model.keras model.weights.h5");
  command->add_option("IN", arguments->input, "The model, or its .json")->required();
  command
      ->add_option("OUT", arguments->output,
                   ".keras, .h5, .json, .weights.h5, or .weights.json for weights in several files")
      ->required();
  command->add_option("--weights", arguments->weights,
                      "A .weights.h5, .weights.json or .h5 to load into the model first");
  command
      ->add_option("--shard-size", arguments->shard_size,
                   "The most GiB in each file beside a .weights.json")
      ->capture_default_str()
      ->check(above_zero);
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keras::cli
