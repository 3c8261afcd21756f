#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/linalg/operands.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

/// One character an axis. The axes of "..." have the digits, the last one '0', so that they align
/// at the end.
using Labels = std::string;

struct Labelled {
  Tensor tensor;
  Labels labels;
};

bool contains(const Labels& labels, char label) { return labels.find(label) != Labels::npos; }

[[noreturn]] void fail(std::string_view subscripts, const std::string& what) {
  throw ValueError(str("einsum: ", what, ", received subscripts=", subscripts, "."));
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> pieces(1);
  for (const char c : text) {
    if (c == separator) {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

/// The labels of one term; its "..." stands for `ellipsis_rank` axes.
Labels expand_term(std::string_view subscripts, std::string term, int ellipsis_rank) {
  const std::size_t dots = term.find("...");
  if (dots != std::string::npos) term.erase(dots, 3);
  for (const char c : term)
    if (!std::isalpha(static_cast<unsigned char>(c)))
      fail(subscripts, str("a label must be a letter, not '", std::string(1, c), "'"));
  if (dots == std::string::npos) return term;
  std::string digits;
  for (int i = ellipsis_rank - 1; i >= 0; --i) digits += static_cast<char>('0' + i);
  return term.insert(dots, digits);
}

struct Equation {
  std::vector<Labels> inputs;
  Labels output;
};

int ellipsis_rank(std::string_view subscripts, const std::string& term, const Shape& shape) {
  const bool open = term.find("...") != std::string::npos;
  const int labels = static_cast<int>(term.size()) - (open ? 3 : 0);
  const int rest = shape.rank() - labels;
  if (rest < 0 || (rest > 0 && !open))
    fail(subscripts, str("Number of dimensions in the subscript does not match the number of "
                         "dimensions in the operand: subscript `",
                         term, "` and operand of shape ", shape));
  if (rest > 10) fail(subscripts, "`...` stands for at most 10 axes");
  return rest;
}

/// What "->" and what follows it would be: the axes of "...", then what occurs once, sorted.
Labels implicit_output(const std::vector<Labels>& inputs, int widest) {
  std::map<char, int> counts;
  for (const auto& labels : inputs)
    for (const char label : labels) ++counts[label];
  Labels output;
  for (int i = widest - 1; i >= 0; --i) output += static_cast<char>('0' + i);
  for (const auto& [label, count] : counts)
    if (count == 1 && std::isalpha(static_cast<unsigned char>(label))) output += label;
  return output;
}

void check_output(std::string_view subscripts, const Equation& equation) {
  for (const char label : equation.output) {
    if (std::count(equation.output.begin(), equation.output.end(), label) > 1)
      fail(subscripts, str("the output names '", std::string(1, label), "' twice"));
    if (std::none_of(equation.inputs.begin(), equation.inputs.end(),
                     [&](const Labels& labels) { return contains(labels, label); }))
      fail(subscripts, str("no operand has the output's label '", std::string(1, label), "'"));
  }
}

Equation parse(std::string_view subscripts, const Tensors& operands) {
  std::string text(subscripts);
  std::erase(text, ' ');
  const std::size_t arrow = text.find("->");
  if (arrow != std::string::npos && text.find("->", arrow + 2) != std::string::npos)
    fail(subscripts, "At most one '->' is supported");
  const std::vector<std::string> terms = split(text.substr(0, arrow), ',');
  if (terms.size() != operands.size())
    fail(subscripts, str("Number of operands (", operands.size(),
                         ") does not match the number of input specs (", terms.size(), ")"));
  Equation equation;
  int widest = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const int rank = ellipsis_rank(subscripts, terms[i], operands[i].shape());
    widest = std::max(widest, rank);
    equation.inputs.push_back(expand_term(subscripts, terms[i], rank));
  }
  equation.output = arrow == std::string::npos
                        ? implicit_output(equation.inputs, widest)
                        : expand_term(subscripts, text.substr(arrow + 2), widest);
  check_output(subscripts, equation);
  return equation;
}

Labelled sum_label(const Labelled& x, std::size_t axis) {
  Labels rest = x.labels;
  rest.erase(axis, 1);
  return {sum(x.tensor, {.axis = {static_cast<int>(axis)}}), rest};
}

/// "ii" becomes "i": what is off the diagonal is struck out, then one of the axes is summed away.
Labelled take_diagonals(Labelled x) {
  for (std::size_t first = 0; first < x.labels.size(); ++first) {
    std::size_t second;
    while ((second = x.labels.find(x.labels[first], first + 1)) != Labels::npos) {
      const std::int64_t size = x.tensor.shape()[static_cast<int>(first)];
      Shape rows(std::vector<std::int64_t>(x.labels.size(), 1)), columns = rows;
      rows[static_cast<int>(first)] = size;
      columns[static_cast<int>(second)] = size;
      const Tensor index = arange(size);
      const Tensor diagonal = equal(reshape(index, rows), reshape(index, columns));
      x.tensor = x.tensor * cast(diagonal, x.tensor.dtype());
      x = sum_label(x, second);
    }
  }
  return x;
}

/// Drops axes of size 1 whose label is larger elsewhere: they broadcast.
Labelled drop_broadcast(Labelled x, const std::map<char, std::int64_t>& sizes) {
  Shape shape;
  Labels labels;
  for (std::size_t axis = 0; axis < x.labels.size(); ++axis) {
    const std::int64_t size = x.tensor.shape()[static_cast<int>(axis)];
    if (size == 1 && sizes.at(x.labels[axis]) != 1) continue;
    shape.push_back(size);
    labels += x.labels[axis];
  }
  return {reshape(x.tensor, shape), labels};
}

std::map<char, std::int64_t> label_sizes(std::string_view subscripts,
                                         const std::vector<Labelled>& operands) {
  std::map<char, std::int64_t> sizes;
  for (const auto& operand : operands)
    for (std::size_t axis = 0; axis < operand.labels.size(); ++axis) {
      const std::int64_t size = operand.tensor.shape()[static_cast<int>(axis)];
      std::int64_t& known = sizes.try_emplace(operand.labels[axis], size).first->second;
      if (known == 1) known = size;
      if (size != known && size != 1)
        fail(subscripts, str("the label '", std::string(1, operand.labels[axis]),
                             "' has the sizes ", known, " and ", size));
    }
  return sizes;
}

/// The tensor's axes in the order of `order`, which names them all.
Tensor arrange(const Labelled& x, const Labels& order) {
  std::vector<int> axes;
  for (const char label : order) axes.push_back(static_cast<int>(x.labels.find(label)));
  return transpose(x.tensor, {.axes = axes});
}

std::int64_t size_of(const Labels& labels, const std::map<char, std::int64_t>& sizes) {
  std::int64_t size = 1;
  for (const char label : labels) size *= sizes.at(label);
  return size;
}

/// In the order of what the result is needed in, so that it needs no transposition.
Labels in_order_of(Labels labels, const Labels& later) {
  std::stable_sort(labels.begin(), labels.end(),
                   [&](char a, char b) { return later.find(a) < later.find(b); });
  return labels;
}

/// An operand as a stack of matrices with the axes `rows` and `columns`, or of their transposes
/// where that leaves the last axis in its place.
struct Factor {
  Tensor tensor;
  bool transposed;
};

Factor factor(const Labelled& x, const Labels& batch, const Labels& rows, const Labels& columns,
              const std::map<char, std::int64_t>& sizes) {
  // More axes than this make stacks that the fast kernels do not take.
  constexpr std::size_t kMostBatchAxes = 4;
  const bool transposed = !rows.empty() && x.labels.back() == rows.back();
  Shape shape;
  if (batch.size() > kMostBatchAxes) {
    shape.push_back(size_of(batch, sizes));
  } else {
    for (const char label : batch) shape.push_back(sizes.at(label));
  }
  const Labels& first = transposed ? columns : rows;
  const Labels& last = transposed ? rows : columns;
  shape.push_back(size_of(first, sizes));
  shape.push_back(size_of(last, sizes));
  return {reshape(arrange(x, batch + first + last), shape), transposed};
}

/// Multiplies two operands and sums over the labels that nobody in `later` names.
Labelled contract(const Labelled& a, const Labelled& b, const Labels& later,
                  const std::map<char, std::int64_t>& sizes) {
  Labels batch, inner, left, right;
  for (const char label : a.labels)
    (!contains(b.labels, label) ? left : contains(later, label) ? batch : inner) += label;
  for (const char label : b.labels)
    if (!contains(a.labels, label)) right += label;
  batch = in_order_of(batch, later);
  left = in_order_of(left, later);
  right = in_order_of(right, later);
  const auto [x, transpose_x] = factor(a, batch, left, inner, sizes);
  const auto [y, transpose_y] = factor(b, batch, inner, right, sizes);
  const Labels labels = batch + left + right;
  Shape shape;
  for (const char label : labels) shape.push_back(sizes.at(label));
  // A factor's rows are those of the product on the left, and what is summed over on the right.
  return {reshape(emit(matmul_op, {x, y}, MatmulAttrs{transpose_x, transpose_y}), shape), labels};
}

Labelled sum_unused(Labelled x, const Labels& used) {
  for (std::size_t axis = x.labels.size(); axis-- > 0;)
    if (!contains(used, x.labels[axis])) x = sum_label(x, axis);
  return x;
}

Tensor einsum_of_values(std::string_view subscripts, const Tensors& operands) {
  if (operands.empty()) fail(subscripts, "at least one operand is needed");
  const Equation equation = parse(subscripts, operands);
  std::vector<Labelled> terms;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    Tensor operand = to_product_dtype(operands[i], operands[0]).first;
    for (const auto& other : operands) operand = to_product_dtype(operand, other).first;
    terms.push_back({operand, equation.inputs[i]});
  }
  const auto sizes = label_sizes(subscripts, terms);
  for (auto& term : terms) term = drop_broadcast(take_diagonals(std::move(term)), sizes);
  Labelled result = std::move(terms[0]);
  for (std::size_t i = 1; i <= terms.size(); ++i) {
    Labels later = equation.output;
    for (std::size_t j = i + 1; j < terms.size(); ++j) later += terms[j].labels;
    if (i == terms.size()) {
      result = sum_unused(std::move(result), later);
      continue;
    }
    result = sum_unused(std::move(result), later + terms[i].labels);
    terms[i] = sum_unused(std::move(terms[i]), later + result.labels);
    result = contract(result, terms[i], later, sizes);
  }
  return arrange(result, equation.output);
}

}  // namespace

Tensor einsum(std::string_view subscripts, const Tensors& operands) {
  const std::string text(subscripts);
  return call_or_record("Einsum", operands, {{"subscripts", text}},
                        [text](const Tensors& in) { return einsum_of_values(text, in); });
}

}  // namespace keras::ops
