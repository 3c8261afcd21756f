#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "keras/engine/tensor/strings.h"
#include "keras/engine/tensor/tensor.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

constexpr std::int64_t kEdgeItems = 3;
constexpr std::int64_t kSummaryThreshold = 1000;

/// NumPy's layout: nested brackets, long axes cut in the middle once the tensor is large.
class Formatter {
 public:
  explicit Formatter(const Tensor& tensor)
      : shape_(tensor.shape()),
        strides_(row_major_strides(tensor.shape())),
        dtype_(tensor.dtype()),
        summarize_(tensor.size() > kSummaryThreshold) {
    if (dtype_ == kString) {
      strings_ = to_strings(tensor);
    } else {
      values_ = tensor.to_vector<double>();
    }
  }

  std::string text() const { return axis_text(0, 0); }

 private:
  std::string element(std::int64_t offset) const {
    if (dtype_ == kString) return "'" + strings_[static_cast<std::size_t>(offset)] + "'";
    const double value = values_[static_cast<std::size_t>(offset)];
    if (dtype_ == DType::kBool) return to_text(value != 0);
    if (!is_float(dtype_)) return to_text(static_cast<std::int64_t>(value));
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.8g", value);
    return buffer;
  }

  std::string axis_text(int axis, std::int64_t offset) const {
    if (axis == shape_.rank()) return element(offset);
    const bool last = axis + 1 == shape_.rank();
    const std::string separator =
        last ? " " : "\n" + std::string(static_cast<std::size_t>(axis) + 1, ' ');
    std::string out = "[";
    for (std::int64_t i = 0; i < shape_[axis]; ++i) {
      if (i > 0) out += separator;
      if (summarize_ && i == kEdgeItems && shape_[axis] > 2 * kEdgeItems) {
        out += "..." + separator;
        i = shape_[axis] - kEdgeItems;
      }
      out += axis_text(axis + 1, offset + i * strides_[static_cast<std::size_t>(axis)]);
    }
    return out + "]";
  }

  Shape shape_;
  std::vector<std::int64_t> strides_;
  std::vector<double> values_;
  std::vector<std::string> strings_;
  DType dtype_;
  bool summarize_;
};

}  // namespace

std::string Tensor::to_string() const {
  if (!defined()) return "<Tensor, empty>";
  if (is_symbolic())
    return str("<KerasTensor shape=", shape(), ", dtype=", dtype(), ", sparse=False>");
  return str("<Tensor shape=", shape(), ", dtype=", dtype(), ">\n", Formatter(*this).text());
}

}  // namespace keras
