#include "keras/utils/numerical_utils.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/nn.h"

namespace keras::utils {

Tensor to_categorical(const Tensor& x, ToCategoricalOptions options) {
  const auto classes = x.to_vector<std::int64_t>();
  if (!options.num_classes && classes.empty())
    throw ValueError(
        "to_categorical: the number of classes of no labels is not known; give "
        "`num_classes`.");
  if (options.num_classes.value_or(0) < 0)
    throw ValueError(
        str("to_categorical: `num_classes` must not be negative. Received: num_classes=",
            *options.num_classes));
  const std::int64_t greatest =
      classes.empty() ? 0 : *std::max_element(classes.begin(), classes.end());
  if (greatest > std::numeric_limits<std::int32_t>::max())
    throw ValueError(str("to_categorical: the class number ", greatest, " is too large."));
  // Zero classes stand for none given, as in Python.
  const std::int64_t count = options.num_classes.value_or(0) != 0
                                 ? *options.num_classes
                                 : std::max<std::int64_t>(greatest + 1, 0);
  Shape shape = x.shape();
  if (shape.rank() > 1 && shape[-1] == 1) shape.erase(shape.rank() - 1);
  shape.push_back(count);
  std::vector<float> out(classes.size() * static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < 0 || classes[i] >= count)
      throw ValueError(
          str("to_categorical: index ", classes[i], " is out of bounds for ", count, " classes."));
    out[i * static_cast<std::size_t>(count) + static_cast<std::size_t>(classes[i])] = 1;
  }
  return Tensor::from(out, shape);
}

Tensor normalize(const Tensor& x, NormalizeOptions options) {
  return ops::normalize(x, {.axis = options.axis, .order = options.order});
}

}  // namespace keras::utils
