#include "keras/models/summary.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <regex>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/models/functional.h"
#include "keras/models/model_impl.h"
#include "keras/utils/text_table.h"

namespace keras {
namespace {

using Row = std::vector<std::string>;
using utils::TextTable;
using Align = TextTable::Align;

/// As in a terminal of 80 characters.
constexpr int kDefaultLineLength = 76;
constexpr int kLeastColumnWidth = 4;

std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3;) digits.insert(place -= 3, 1, ',');
  return digits;
}

std::string readable_bytes(std::int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KB", "MB", "GB", "TB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  char text[40];
  std::snprintf(text, sizeof text, "%.2f %s", amount, kUnits[unit]);
  return text;
}

std::string shapes_text(const Specs& specs) {
  if (specs.size() == 1) return specs[0].shape.to_string();
  std::vector<std::string> shapes;
  for (const auto& spec : specs) shapes.push_back(spec.shape.to_string());
  return "[" + join(shapes, ", ") + "]";
}

std::string output_shape(const Layer& layer) {
  std::string shape =
      layers::is_input_layer(layer) ? layers::input_layer_spec(layer).shape.to_string() : "?";
  // Of the last call, as in Keras.
  for (const auto& weak : layer.impl()->nodes())
    if (const auto node = weak.lock()) shape = shapes_text(node->output_specs);
  return shape;
}

std::string parameter_count(const Layer& layer) {
  return layer.built() ? with_commas(layer.count_params()) : "0 (unbuilt)";
}

/// "a[0][0], b[0][0]": where each input of the operation's calls comes from.
std::string connections(const FunctionGraph& graph, const Operation* operation) {
  std::vector<std::string> sources;
  for (const auto& node : graph.nodes()) {
    if (node->operation.get() != operation || graph.is_input_node(*node)) continue;
    for (const auto& input : node->inputs) {
      const OperationHistory& history = history_of(input);
      sources.push_back(str(history.node->operation->name(), "[", history.node->call_index, "][",
                            history.output_index, "]"));
    }
  }
  return sources.empty() ? "-" : join(sources, ", ");
}

/// A chain: every call takes the output of the call before it, and no layer is called twice.
bool is_sequential_like(const FunctionGraph& graph) {
  const auto& nodes = graph.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (graph.is_input_node(*nodes[i])) {
      if (i > 0) return false;
    } else if (nodes[i]->inputs.size() != 1 ||
               history_of(nodes[i]->inputs[0]).node != nodes[i - 1]) {
      return false;
    }
  }
  return nodes.size() == graph.operations().size();
}

/// The rows of a summary: a model's layers, and of a functional model its operations, too.
class Rows {
 public:
  Rows(const Model& model, const FunctionGraph* connected, const SummaryOptions& options)
      : connected_(connected), options_(options) {
    const FunctionGraph* graph = graph_of(model);
    if (graph) {
      for (const auto& operation : graph->operations()) add_operation(*graph, operation);
    } else {
      for (const auto& layer : model.layers()) add(layer.name(), layer_rows(layer, 0));
    }
  }

  /// Those in the range that the options name.
  std::vector<Row> in_range() const {
    std::size_t first = 0, last = groups_.empty() ? 0 : groups_.size() - 1;
    const auto& [from, to] = options_.layer_range;
    if (!from.empty() || !to.empty()) {
      const auto lower = indices_that_fit(from), upper = indices_that_fit(to);
      if (lower.empty() || upper.empty())
        throw ValueError(
            str("Passed layer_names do not match the layer names in the model. Received: ['", from,
                "', '", to, "']"));
      const bool swapped = lower.front() > upper.back();
      first = swapped ? upper.front() : lower.front();
      last = swapped ? lower.back() : upper.back();
    }
    std::vector<Row> rows;
    for (std::size_t i = first; i < groups_.size() && i <= last; ++i)
      rows.insert(rows.end(), groups_[i].second.begin(), groups_[i].second.end());
    return rows;
  }

 private:
  void add(const std::string& name, std::vector<Row> rows) {
    groups_.emplace_back(name, std::move(rows));
  }

  void add_operation(const FunctionGraph& graph, const std::shared_ptr<Operation>& operation) {
    if (auto layer = std::dynamic_pointer_cast<LayerImpl>(operation)) {
      add(layer->name(), layer_rows(Layer(layer), 0));
      return;
    }
    for (const auto& node : graph.nodes())
      if (node->operation == operation) {
        Row row = {str(operation->name(), " (", operation->class_name(), ")"),
                   shapes_text(node->output_specs), "0"};
        if (connected_) row.push_back(connections(*connected_, operation.get()));
        if (options_.show_trainable) row.push_back("-");
        add(operation->name(), {row});
        return;
      }
  }

  std::vector<Row> layer_rows(const Layer& layer, std::size_t level) const {
    const std::string prefix = level > 0 ? std::string(3 * level, ' ') + "└ " : "";
    Row row = {str(prefix, layer.name(), " (", layer.class_name(), ")"), output_shape(layer),
               parameter_count(layer)};
    if (connected_) row.push_back(connections(*connected_, layer.impl().get()));
    if (options_.show_trainable)
      row.push_back(layer.weights().empty() ? "-" : layer.trainable() ? "Y" : "N");
    std::vector<Row> rows = {std::move(row)};
    const auto model = std::dynamic_pointer_cast<ModelImpl>(layer.impl());
    if (!options_.expand_nested || !model) return rows;
    for (const auto& inner : model->layers()) {
      const auto more = layer_rows(inner, level + 1);
      rows.insert(rows.end(), more.begin(), more.end());
    }
    return rows;
  }

  /// The layers whose names begin with what the regular expression fits.
  std::vector<std::size_t> indices_that_fit(const std::string& expression) const {
    std::vector<std::size_t> indices;
    try {
      const std::regex regex(expression);
      for (std::size_t i = 0; i < groups_.size(); ++i)
        if (std::regex_search(groups_[i].first, regex, std::regex_constants::match_continuous))
          indices.push_back(i);
    } catch (const std::regex_error& error) {
      throw ValueError(str("summary: `layer_range` has no regular expression in \"", expression,
                           "\": ", error.what()));
    }
    return indices;
  }

  const FunctionGraph* connected_;
  const SummaryOptions& options_;
  std::vector<std::pair<std::string, std::vector<Row>>> groups_;
};

std::vector<TextTable::Column> columns(const SummaryOptions& options, bool connected,
                                       int line_length) {
  std::vector<TextTable::Column> columns = {
      {"Layer (type)", 0}, {"Output Shape", 0}, {"Param #", 0, Align::kRight}};
  if (connected) columns.push_back({"Connected to", 0});
  std::vector<double> positions = options.positions;
  if (positions.empty())
    positions = connected ? std::vector{0.3, 0.56, 0.74, 1.0} : std::vector{0.45, 0.80, 1.0};
  if (positions.size() != columns.size())
    throw ValueError(str("summary: `positions` must have ", columns.size(),
                         " values, one for each column. Received: ", positions.size()));
  if (options.show_trainable) {
    columns.push_back({"Trainable", 0, Align::kCenter});
    for (auto& position : positions) position *= 0.90;
    positions.push_back(1.0);
  }
  int current = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].width = static_cast<int>(positions[i] * line_length) - current;
    if (columns[i].width < kLeastColumnWidth)
      throw ValueError("Insufficient console width to print summary.");
    current += columns[i].width;
  }
  return columns;
}

std::string totals(const Model& model) {
  const auto count = [](const Variables& variables) {
    std::int64_t scalars = 0, bytes = 0;
    for (const auto& variable : variables) {
      scalars += variable.shape().size();
      bytes += variable.shape().size() * static_cast<std::int64_t>(dtype_size(variable.dtype()));
    }
    return std::pair(scalars, bytes);
  };
  const auto line = [](const char* what, const std::pair<std::int64_t, std::int64_t>& total) {
    return str(" ", what, ": ", with_commas(total.first), " (", readable_bytes(total.second),
               ")\n");
  };
  Variables all = model.weights();
  const Variables optimizer = model.model_impl().optimizer_variables();
  all.insert(all.end(), optimizer.begin(), optimizer.end());
  std::string out = line("Total params", count(all)) +
                    line("Trainable params", count(model.trainable_weights())) +
                    line("Non-trainable params", count(model.non_trainable_weights()));
  if (!optimizer.empty()) out += line("Optimizer params", count(optimizer));
  return out;
}

}  // namespace

std::string summary_text(const Model& model, const SummaryOptions& options) {
  if (options.line_length < 0)
    throw ValueError(str("summary: `line_length` must not be negative. Received: line_length=",
                         options.line_length));
  const FunctionGraph* graph = graph_of(model);
  const FunctionGraph* connected = graph && !is_sequential_like(*graph) ? graph : nullptr;
  const int line_length = options.line_length > 0 ? options.line_length : kDefaultLineLength;
  TextTable table(columns(options, connected != nullptr, line_length), line_length);
  for (auto& row : Rows(model, connected, options).in_range()) table.add_row(std::move(row));
  return str("Model: \"", model.name(), "\"\n") + table.text() + totals(model);
}

void print_summary(const Model& model, const SummaryOptions& options) {
  const std::string text = summary_text(model, options);
  if (!options.print_fn) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
    return;
  }
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    options.print_fn(text.substr(begin, end - begin));
}

}  // namespace keras
