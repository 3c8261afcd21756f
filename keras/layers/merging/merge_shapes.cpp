#include "keras/layers/merging/merge_shapes.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {
namespace {

/// Broadcasts shapes without the batch axis; an unknown size fits every other.
Shape merged(const Shape& a, const Shape& b) {
  if (a.rank() < b.rank()) return merged(b, a);
  Shape out = a;
  for (int axis = -1; axis >= -b.rank(); --axis) {
    if (a[axis] == kUnknown || b[axis] == kUnknown) {
      out[axis] = kUnknown;
    } else if (a[axis] == 1) {
      out[axis] = b[axis];
    } else if (b[axis] != 1 && a[axis] != b[axis]) {
      throw ShapeError(str("Inputs have incompatible shapes. Received shapes ", a, " and ", b));
    }
  }
  return out;
}

}  // namespace

std::string shapes_to_string(const Shapes& shapes) {
  std::string text = "[";
  for (const auto& shape : shapes) text += (text.size() > 1 ? ", " : "") + shape.to_string();
  return text + "]";
}

void check_merge_shapes(const Shapes& shapes) {
  if (shapes.empty())
    throw ShapeError(
        "A merge layer should be called on a list of at least 1 input. Received 0 inputs. Full "
        "input_shape received: []");
  Shape out = shapes[0].empty() ? Shape() : shapes[0].slice(1);
  for (std::size_t i = 1; i < shapes.size(); ++i)
    out = merged(out, shapes[i].empty() ? Shape() : shapes[i].slice(1));
}

void check_batch_sizes(const Shapes& shapes) {
  std::int64_t batch = kUnknown;
  for (const auto& shape : shapes) {
    if (shape.empty() || shape[0] == kUnknown) continue;
    if (batch != kUnknown && shape[0] != batch)
      throw ShapeError(
          str("Cannot merge tensors with different batch sizes. Received tensors with shapes ",
              shapes_to_string(shapes)));
    batch = shape[0];
  }
}

Shapes shapes_of(const Tensors& tensors) {
  Shapes shapes;
  for (const auto& tensor : tensors) shapes.push_back(tensor.shape());
  return shapes;
}

}  // namespace keras::layers
