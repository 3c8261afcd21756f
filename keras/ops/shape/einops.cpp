#include "keras/ops/einops.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

/// One side of a pattern: groups of axes, each a single axis or those in parentheses.
using Groups = std::vector<std::vector<std::string>>;

[[noreturn]] void fail(const std::string& pattern) {
  throw ValueError(str("rearrange: the pattern \"", pattern,
                       "\" must have the same axes, each once, on both sides of \"->\"."));
}

Groups groups_of(const std::string& side, const std::string& pattern) {
  Groups groups;
  bool inside = false;
  for (std::size_t i = 0; i < side.size();) {
    const auto is_letter = [&](std::size_t at) {
      return at < side.size() &&
             (std::isalnum(static_cast<unsigned char>(side[at])) || side[at] == '_');
    };
    if (is_letter(i)) {
      const std::size_t begin = i;
      while (is_letter(i)) ++i;
      if (!inside) groups.emplace_back();
      groups.back().push_back(side.substr(begin, i - begin));
      continue;
    }
    const char c = side[i++];
    if (c == ' ') continue;
    if (c != (inside ? ')' : '(')) fail(pattern);
    if (!inside) groups.emplace_back();
    inside = !inside;
  }
  if (inside) fail(pattern);
  return groups;
}

std::vector<std::string> names_of(const Groups& groups) {
  std::vector<std::string> names;
  for (const auto& group : groups) names.insert(names.end(), group.begin(), group.end());
  return names;
}

/// Finds the sizes that are not given; at most one of a group.
void complete(AxesLengths& lengths, const Groups& groups, const Shape& shape) {
  if (static_cast<int>(groups.size()) != shape.rank())
    throw ShapeError(str("rearrange: the pattern has ", groups.size(),
                         " axes, and the tensor's shape is ", shape, "."));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::int64_t size = shape[static_cast<int>(i)];
    std::int64_t known = 1;
    std::vector<std::string> open;
    for (const std::string& name : groups[i]) {
      const auto found = lengths.find(name);
      if (found == lengths.end())
        open.push_back(name);
      else
        known *= found->second;
    }
    if (open.size() > 1)
      throw ValueError(str("rearrange: the sizes of the axes ", join(open, ", "),
                           " cannot be told apart; give all but one."));
    if (known <= 0 || (open.empty() ? size != known : size % known != 0))
      throw ShapeError(str("rearrange: an axis of ", size, " cannot be split into (",
                           join(groups[i], " "), ") with ", known, " given."));
    if (!open.empty()) lengths[open[0]] = size / known;
  }
}

Tensor rearranged(const Tensor& x, const std::string& pattern, AxesLengths lengths) {
  const std::size_t arrow = pattern.find("->");
  if (arrow == std::string::npos) fail(pattern);
  const Groups from = groups_of(pattern.substr(0, arrow), pattern);
  const Groups to = groups_of(pattern.substr(arrow + 2), pattern);
  const std::vector<std::string> names = names_of(from), wanted = names_of(to);
  if (names.size() != wanted.size() ||
      !std::is_permutation(names.begin(), names.end(), wanted.begin()))
    fail(pattern);
  complete(lengths, from, x.shape());
  std::vector<std::int64_t> split_sizes, joined_sizes;
  std::vector<int> order;
  for (const std::string& name : names) split_sizes.push_back(lengths.at(name));
  for (const std::string& name : wanted)
    order.push_back(static_cast<int>(std::find(names.begin(), names.end(), name) - names.begin()));
  for (const auto& group : to) {
    std::int64_t size = 1;
    for (const std::string& name : group) size *= lengths.at(name);
    joined_sizes.push_back(size);
  }
  return reshape(transpose(reshape(x, Shape(split_sizes)), {.axes = order}), Shape(joined_sizes));
}

}  // namespace

Tensor rearrange(const Tensor& tensor, const std::string& pattern, AxesLengths axes_lengths) {
  const auto function = [=](const Tensors& in) {
    return Tensors{rearranged(in[0], pattern, axes_lengths)};
  };
  if (!any_symbolic({tensor})) return function({tensor})[0];
  Config lengths = Config::dict();
  for (const auto& [name, size] : axes_lengths) lengths.set(name, size);
  return record_op(
      "Rearrange", {tensor}, Config::dict(), function,
      {{"args", Config::list({Config{{"tensor", 0}}, pattern})}, {"kwargs", lengths}})[0];
}

}  // namespace keras::ops
