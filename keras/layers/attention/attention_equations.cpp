#include "keras/layers/attention/attention_equations.h"

#include <algorithm>

namespace keras::layers {
namespace {

char letter(int index) { return static_cast<char>('a' + index); }

std::string letters(int first, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += letter(first + i);
  return out;
}

}  // namespace

ProjectionEquation projection_equation(int free, int bound, const Shape& output) {
  const std::string kept = letters(0, free), summed = letters(free, bound);
  const std::string made = letters(free + bound, output.rank());
  Shape shape;
  for (int axis = 1; axis < free; ++axis) shape.push_back(kUnknown);
  for (const auto size : output) shape.push_back(size);
  return {kept + summed + "," + summed + made + "->" + kept + made, made, shape};
}

AttentionEquations attention_equations(int rank, const std::vector<int>& axes) {
  const std::string query = letters(0, rank);
  const auto attended = [&](int axis) {
    return std::find(axes.begin(), axes.end(), axis) != axes.end();
  };
  std::string key, scores;
  int next = rank;
  for (int axis = 0; axis < rank; ++axis) {
    key += attended(axis) && axis != rank - 1 ? letter(next++) : letter(axis);
    if (!attended(axis) && axis != rank - 1) scores += letter(axis);
  }
  for (const int axis : axes) scores += query[static_cast<std::size_t>(axis)];
  for (const int axis : axes) scores += key[static_cast<std::size_t>(axis)];
  return {key + "," + query + "->" + scores, scores + "," + key + "->" + query,
          static_cast<int>(scores.size())};
}

}  // namespace keras::layers
