#include "keras/layers/core/einsum_weights.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {
namespace {

struct Equation {
  std::string input, kernel, output;
  bool left_elided = false;
};

bool has(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

/// Takes "..." off a term's begin or end: -1 was there, 1 was at the end, 0 is none.
int take_ellipsis(std::string& term) {
  if (term.rfind("...", 0) == 0) {
    term.erase(0, 3);
    return -1;
  }
  if (term.size() < 3 || term.compare(term.size() - 3, 3, "...") != 0) return 0;
  term.erase(term.size() - 3);
  return 1;
}

bool all_labels(const std::string& term) {
  return !term.empty() && std::all_of(term.begin(), term.end(), [](char c) {
    return std::isalpha(static_cast<unsigned char>(c));
  });
}

Equation parse(const std::string& text) {
  const std::size_t comma = text.find(','), arrow = text.find("->");
  Equation equation;
  bool valid = comma != std::string::npos && arrow != std::string::npos && comma < arrow;
  if (valid) {
    equation.input = text.substr(0, comma);
    equation.kernel = text.substr(comma + 1, arrow - comma - 1);
    equation.output = text.substr(arrow + 2);
    const int side = take_ellipsis(equation.input);
    valid = side == take_ellipsis(equation.output) && all_labels(equation.input) &&
            all_labels(equation.kernel) && all_labels(equation.output) &&
            (side != 1 || equation.input.size() > 1);
    equation.left_elided = side == -1;
  }
  if (!valid)
    throw ValueError(str("Invalid einsum equation '", text,
                         "'. Equations must be in the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or "
                         "[X]...,[Y]->[Z]...."));
  return equation;
}

class Analysis {
 public:
  Analysis(Equation equation, const Shape& input, const Shape& partial_output)
      : equation_(std::move(equation)), input_(input) {
    const int elided = input.rank() - static_cast<int>(equation_.input.size());
    if (elided < 0)
      throw ValueError(str("EinsumDense: the equation's input '", equation_.input, "' has ",
                           equation_.input.size(), " axes, but the input has shape ", input, "."));
    elided_ = elided;
    output_.push_back(input[0]);
    if (left())
      for (int axis = 1; axis < elided; ++axis) output_.push_back(input[axis]);
    for (const auto size : partial_output) output_.push_back(size);
    if (!left())
      for (int axis = input.rank() - elided; axis < input.rank(); ++axis)
        output_.push_back(input[axis]);
    check();
  }

  EinsumWeights weights(const std::string& bias_axes) const {
    EinsumWeights out;
    for (std::size_t i = 0; i < equation_.kernel.size(); ++i) {
      const char label = equation_.kernel[i];
      if (!has(equation_.output, label) && !has(equation_.input, label))
        throw ValueError(str("Weight dimension '", std::string(1, label),
                             "' did not have a match in either the input spec '", equation_.input,
                             "' or the output spec '", equation_.output,
                             "'. For this layer, the weight must be fully specified."));
      const bool in_output = has(equation_.output, label);
      const std::int64_t size = in_output ? output_size(label) : input_size(label);
      if (size == kUnknown)
        throw ValueError(str("EinsumDense: the size of the weight dimension '",
                             std::string(1, label), "' is not known. Received: input shape ",
                             input_, ", output shape ", output_));
      out.kernel.push_back(size);
      (in_output ? out.output_axes : out.input_axes).push_back(static_cast<int>(i));
    }
    if (!bias_axes.empty()) out.bias = bias(bias_axes);
    out.output = output_;
    return out;
  }

 private:
  bool left() const { return equation_.left_elided; }

  std::int64_t input_size(char label) const {
    return input_[static_cast<int>(equation_.input.find(label)) + (left() ? elided_ : 0)];
  }

  std::int64_t output_size(char label) const {
    const int axis = static_cast<int>(equation_.output.find(label)) + (left() ? elided_ : 0);
    if (axis >= output_.rank())
      throw ValueError(
          str("EinsumDense: `output_shape` has too few axes for the equation's output "
              "'",
              equation_.output, "'. With the batch axis it is ", output_, "."));
    return output_[axis];
  }

  void check() const {
    for (const char label : equation_.input) {
      if (!has(equation_.output, label)) continue;
      const std::int64_t in = input_size(label), out = output_size(label);
      if (out != kUnknown && out != in)
        throw ValueError(str("Input shape and output shape do not match at shared dimension '",
                             std::string(1, label), "'. Input shape is ",
                             in == kUnknown ? std::string("None") : std::to_string(in),
                             ", and output shape is ", out, "."));
    }
    for (const char label : equation_.output)
      if (!has(equation_.input, label) && !has(equation_.kernel, label))
        throw ValueError(str("Dimension '", std::string(1, label),
                             "' was specified in the output '", equation_.output,
                             "' but has no corresponding dim in the input spec '", equation_.input,
                             "' or weight spec '", equation_.kernel, "'"));
  }

  Shape bias(const std::string& axes) const {
    std::size_t first = equation_.output.size();
    for (const char label : axes) {
      if (!has(equation_.output, label))
        throw ValueError(str("Bias dimension '", std::string(1, label),
                             "' was requested, but is not part of the output spec '",
                             equation_.output, "'"));
      first = std::min(first, equation_.output.find(label));
    }
    Shape shape;
    for (const char label : equation_.output.substr(first))
      shape.push_back(has(axes, label) ? output_size(label) : 1);
    if (!left())
      for (int i = 0; i < elided_; ++i) shape.push_back(1);
    return shape;
  }

  Equation equation_;
  Shape input_;
  Shape output_;
  int elided_ = 0;
};

}  // namespace

EinsumWeights einsum_weights(const std::string& equation, const std::string& bias_axes,
                             const Shape& input_shape, const Shape& output_shape) {
  return Analysis(parse(equation), input_shape, output_shape).weights(bias_axes);
}

EinsumTerms einsum_terms(const std::string& equation, int input_rank) {
  const Equation parsed = parse(equation);
  EinsumTerms terms = {parsed.input, parsed.kernel, parsed.output};
  char label = 'A';
  for (int rest = input_rank - static_cast<int>(parsed.input.size()); rest > 0; --rest, ++label) {
    while (has(parsed.input + parsed.kernel + parsed.output, label)) ++label;
    for (std::string* term : {&terms.input, &terms.output})
      term->insert(parsed.left_elided ? term->begin() : term->end(), label);
  }
  return terms;
}

}  // namespace keras::layers
