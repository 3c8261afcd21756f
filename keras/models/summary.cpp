#include "keras/models/summary.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"
#include "keras/models/functional.h"
#include "keras/models/model_impl.h"

namespace keras {
namespace {

using Row = std::vector<std::string>;

/// Characters shown, which UTF-8 spreads over several bytes.
std::size_t shown(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string repeated(const char* piece, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

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

/// Lines of at most `width` characters, broken at spaces where there are any.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string rest = text;
  while (shown(rest) > width) {
    std::size_t cut = rest.rfind(' ', width);
    if (cut == std::string::npos || cut == 0) {
      lines.push_back(rest.substr(0, width));
      rest = rest.substr(width);
    } else {
      lines.push_back(rest.substr(0, cut));
      rest = rest.substr(cut + 1);
    }
  }
  lines.push_back(rest);
  return lines;
}

class Table {
 public:
  Table(Row header, std::vector<std::size_t> widths, std::vector<bool> right)
      : header_(std::move(header)), widths_(std::move(widths)), right_(std::move(right)) {}

  void add(Row row) { rows_.push_back(std::move(row)); }

  std::string text() const {
    std::string out = rule("┏", "━", "┳", "┓") + line(header_, "┃") + rule("┡", "━", "╇", "┩");
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (i > 0) out += rule("├", "─", "┼", "┤");
      out += line(rows_[i], "│");
    }
    return out + rule("└", "─", "┴", "┘");
  }

 private:
  std::string rule(const char* left, const char* dash, const char* cross, const char* right) const {
    std::string out = left;
    for (std::size_t i = 0; i < widths_.size(); ++i)
      out += (i > 0 ? std::string(cross) : std::string()) + repeated(dash, widths_[i] + 2);
    return out + right + "\n";
  }

  std::string line(const Row& row, const char* bar) const {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(wrapped(row[i], widths_[i]));
      height = std::max(height, cells.back().size());
    }
    std::string out;
    for (std::size_t h = 0; h < height; ++h) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string piece = h < cells[i].size() ? cells[i][h] : std::string();
        const std::string space(widths_[i] - shown(piece), ' ');
        out += str(bar, " ", right_[i] ? space + piece : piece + space, " ");
      }
      out += str(bar, "\n");
    }
    return out;
  }

  Row header_;
  std::vector<std::size_t> widths_;
  std::vector<bool> right_;
  std::vector<Row> rows_;
};

std::string output_shape(const Layer& layer) {
  for (const auto& weak : layer.impl()->nodes())
    if (const auto node = weak.lock()) {
      if (node->output_specs.size() == 1) return node->output_specs[0].shape.to_string();
      std::vector<std::string> shapes;
      for (const auto& spec : node->output_specs) shapes.push_back(spec.shape.to_string());
      return "[" + join(shapes, ", ") + "]";
    }
  return "?";
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

bool is_sequential_like(const FunctionGraph& graph) {
  return std::all_of(graph.nodes().begin(), graph.nodes().end(),
                     [](const auto& node) { return node->inputs.size() <= 1; }) &&
         graph.inputs().size() == 1 && graph.outputs().size() == 1 &&
         graph.nodes().size() == graph.operations().size();
}

Row row_of(const Layer& layer) {
  return {str(layer.name(), " (", layer.class_name(), ")"), output_shape(layer),
          parameter_count(layer)};
}

std::string plain_table(const Model& model, std::size_t line_length) {
  // Keras's columns end at .45, .80 and 1 of the line.
  const std::size_t first = line_length * 45 / 100 - 5;
  const std::size_t second = line_length * 35 / 100 - 6;
  const std::size_t third = line_length * 20 / 100 - 3;
  Table table({"Layer (type)", "Output Shape", "Param #"}, {first, second, third},
              {false, false, true});
  for (const auto& layer : model.layers()) table.add(row_of(layer));
  return table.text();
}

std::string connected_table(const FunctionGraph& graph) {
  Table table({"Layer (type)", "Output Shape", "Param #", "Connected to"}, {19, 17, 10, 17},
              {false, false, true, false});
  for (const auto& operation : graph.operations()) {
    Row row;
    if (auto layer = std::dynamic_pointer_cast<LayerImpl>(operation)) {
      row = row_of(Layer(layer));
      if (row[1] == "?") row[1] = layer->build_shapes()[0].to_string();
    } else {
      for (const auto& node : graph.nodes())
        if (node->operation == operation)
          row = {str(operation->name(), " (", operation->class_name(), ")"),
                 node->output_specs[0].shape.to_string(), "0"};
    }
    row.push_back(connections(graph, operation.get()));
    table.add(std::move(row));
  }
  return table.text();
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
  std::string out = str("Model: \"", model.name(), "\"\n");
  const FunctionGraph* graph = graph_of(model);
  constexpr int kDefaultLineLength = 80;
  const int line_length = options.line_length > 0 ? options.line_length : kDefaultLineLength;
  if (graph && !is_sequential_like(*graph)) {
    out += connected_table(*graph);
  } else {
    out += plain_table(model, static_cast<std::size_t>(line_length));
  }
  return out + totals(model);
}

void print_summary(const Model& model, const SummaryOptions& options) {
  if (options.expand_nested || options.show_trainable)
    throw ValueError("summary: `expand_nested` and `show_trainable` are not supported.");
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
