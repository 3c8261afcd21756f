#include "keras/trainers/label_check.h"

#include <algorithm>
#include <optional>
#include <string>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::trainers {
namespace {

template <typename T>
std::optional<double> find_outside(const Tensor& y, std::int64_t classes,
                                   std::optional<std::int64_t> ignored) {
  for (const T label : y.data<T>()) {
    const auto value = static_cast<double>(label);
    const bool inside = 0 <= value && value < static_cast<double>(classes);
    if (!inside && !(ignored && value == static_cast<double>(*ignored))) return value;
  }
  return std::nullopt;
}

/// The first label outside; without a copy for the dtypes that labels come in.
std::optional<double> outside_label(const Tensor& y, std::int64_t classes,
                                    std::optional<std::int64_t> ignored) {
  switch (y.dtype()) {
    case DType::kInt32:
      return find_outside<std::int32_t>(y, classes, ignored);
    case DType::kInt64:
      return find_outside<std::int64_t>(y, classes, ignored);
    case DType::kUint8:
      return find_outside<std::uint8_t>(y, classes, ignored);
    case DType::kFloat32:
      return find_outside<float>(y, classes, ignored);
    default:
      break;
  }
  return find_outside<double>(Tensor::from(y.to_vector<double>(), y.shape()), classes, ignored);
}

bool is_sparse(const CompileLoss::Term& term, const Tensor& y, std::int64_t classes) {
  if (term.loss.class_name() == "SparseCategoricalCrossentropy") return true;
  const std::string name = term.loss.name();
  const bool by_shape = name == "crossentropy" || name == "ce";
  return by_shape && classes > 1 && (y.rank() == 1 || y.shape()[-1] == 1);
}

}  // namespace

void check_sparse_labels(const CompileLoss& loss, const Data& y,
                         const std::vector<std::int64_t>& class_counts) {
  for (const auto& term : loss.terms()) {
    if (term.output >= class_counts.size() || term.target >= y.size()) continue;
    const std::int64_t classes = class_counts[term.output];
    const Tensor& labels = y[term.target];
    if (classes < 1 || !is_sparse(term, labels, classes)) continue;
    const Config config = term.loss.get_config();
    const Config* ignore = config.find("ignore_class");
    const Config* axis = config.find("axis");
    if (axis && axis->is_int() && axis->as_int() != -1) continue;
    std::optional<std::int64_t> ignored;
    if (ignore && ignore->is_int()) ignored = ignore->as_int();
    if (const auto label = outside_label(labels, classes, ignored))
      throw ValueError(
          str("Received a label value of ", *label, " which is outside the valid range of [0, ",
              classes, ") for the output \"", term.name, "\" and its loss ", term.loss.name(), "."),
          "give the model's last layer a unit for each class, or name the label with "
          "`ignore_class` of the loss.");
  }
}

}  // namespace keras::trainers
