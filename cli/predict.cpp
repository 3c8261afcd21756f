#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>
#include <numeric>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::cli {
namespace {

struct Arguments {
  std::string file, output, labels;
  std::vector<std::string> inputs;
  std::int64_t batch_size = 32;
  double scale = 1;
  int top = 5;
  bool json = false;
};

std::vector<std::string> read_labels(const std::string& path) {
  check_readable(path);
  std::ifstream file(path);
  std::vector<std::string> labels;
  for (std::string line; std::getline(file, line);) labels.push_back(line);
  return labels;
}

/// The values of one tensor as nested lists.
Config nested(const std::vector<float>& values, const Shape& shape, int axis, std::size_t& next) {
  if (axis == shape.rank()) return values[next++];
  Config::List list;
  for (std::int64_t i = 0; i < shape[axis]; ++i)
    list.push_back(nested(values, shape, axis + 1, next));
  return list;
}

Config as_lists(const Tensor& tensor) {
  std::size_t next = 0;
  return nested(tensor.to_vector<float>(), tensor.shape(), 0, next);
}

/// The classes with the highest scores of each example, the best first.
Config top_classes(const Tensor& scores, const std::vector<std::string>& labels, int top) {
  const std::int64_t classes = scores.rank() == 2 ? scores.shape()[1] : 0;
  if (classes != static_cast<std::int64_t>(labels.size()))
    throw BadInput(str("--labels has ", labels.size(), " lines for outputs of shape ",
                       scores.shape(), "; give one line for each class"));
  const auto values = scores.to_vector<float>();
  Config::List examples;
  for (std::size_t row = 0; row < values.size(); row += labels.size()) {
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return values[row + a] > values[row + b];
    });
    order.resize(std::min(order.size(), static_cast<std::size_t>(top)));
    Config::List best;
    for (const auto i : order) best.push_back({{"label", labels[i]}, {"score", values[row + i]}});
    examples.push_back(best);
  }
  return examples;
}

void print_classes(const Config& examples) {
  for (const auto& best : examples.as_list()) {
    std::string line;
    for (const auto& entry : best.as_list())
      line += (line.empty() ? "" : "  ") + entry.at("label").as_string() + " " +
              entry.at("score").to_string();
    print(line + "\n");
  }
}

void run(const Arguments& arguments) {
  if (!arguments.output.empty()) check_writable(arguments.output);
  const Model model = open_model(arguments.file);
  if (!arguments.output.empty())
    check_array_file(arguments.output, std::max<std::size_t>(model.output_names().size(), 1));
  Tensors inputs = read_inputs(model, arguments.inputs);
  if (arguments.scale != 1)
    for (auto& input : inputs) input = input * static_cast<float>(arguments.scale);
  const bool progress = !arguments.output.empty() && on_terminal();
  const Tensors outputs =
      model.predict_list(inputs.size() == 1 ? Data(inputs[0]) : Data(inputs),
                         {.batch_size = arguments.batch_size, .verbose = progress ? 1 : 0});
  if (!arguments.output.empty()) {
    NamedTensors named;
    const auto names = model.output_names();
    for (std::size_t i = 0; i < outputs.size(); ++i) named.emplace_back(names.at(i), outputs[i]);
    return write_arrays(arguments.output, named);
  }
  if (!arguments.labels.empty()) {
    const Config classes = top_classes(outputs.at(0), read_labels(arguments.labels), arguments.top);
    return arguments.json ? print_json(classes) : print_classes(classes);
  }
  if (arguments.json) {
    Config::List all;
    for (const auto& output : outputs) all.push_back(as_lists(output));
    return print_json(all.size() == 1 ? all[0] : Config(all));
  }
  for (const auto& output : outputs) print(csv_text(output));
}

}  // namespace

void add_predict(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(app, "predict", "Runs a model on arrays or images.",
                                  "keras predict model.keras x.npy -o y.npy");
  command->add_option("FILE", arguments->file, "The model")->required();
  command
      ->add_option(
          "INPUT", arguments->inputs,
          "One .npy, .npz or .csv for each input, one .npz for all, or images (.png, .jpg), "
          "which are resized to the model's input")
      ->required();
  command->add_option("-o,--output", arguments->output,
                      "Where the outputs go (.npy, .npz, .csv); as text to standard output if not "
                      "given");
  command->add_option("--batch-size", arguments->batch_size, "Examples at a time")
      ->capture_default_str()
      ->check(above_zero);
  command
      ->add_option("--scale", arguments->scale,
                   "What inputs are multiplied by: 0.00392157 makes 0 to 1 of an image's 0 to 255, "
                   "for models without a Rescaling layer")
      ->capture_default_str();
  command->add_option("--labels", arguments->labels,
                      "Names of the classes, one a line: prints the likeliest ones");
  command->add_option("--top", arguments->top, "How many classes --labels prints")
      ->capture_default_str()
      ->check(above_zero);
  command->add_flag("--json", arguments->json, "Prints the outputs as JSON");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keras::cli
