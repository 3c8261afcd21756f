#include "keras/trainers/data_adapters/data_adapter_utils.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <set>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/random/seed_generator.h"

namespace keras::trainers {
namespace {

std::vector<std::int64_t> class_of_each(const Tensor& y) {
  const std::vector<double> values = y.to_vector<double>();
  const auto rows = y.shape()[0];
  const auto columns = rows == 0 ? 1 : y.size() / rows;
  std::vector<std::int64_t> out;
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto begin = values.begin() + row * columns;
    const auto label = columns == 1
                           ? std::nearbyint(*begin)
                           : static_cast<double>(std::max_element(begin, begin + columns) - begin);
    out.push_back(static_cast<std::int64_t>(label));
  }
  return out;
}

std::string structure_text(const Data& data) {
  if (data.is_single()) return "*";
  return "[" + join(std::vector<std::string>(data.size(), "*"), ", ") + "]";
}

std::string sizes_of(const Data& data) {
  std::vector<std::string> sizes;
  for (const auto& tensor : data.tensors()) sizes.push_back(to_text(tensor.shape()[0]));
  return join(sizes, ", ");
}

}  // namespace

Tensor class_weight_to_sample_weights(const Data& y, const ClassWeight& class_weight) {
  if (!y.defined()) throw ValueError("`class_weight` needs targets: `y` is missing.");
  if (y.size() != 1)
    throw ValueError("`class_weight` is only supported for Models with a single output.");
  if (y[0].rank() > 2)
    throw ShapeError(str("`class_weight` needs one label for each example. Received: y of shape ",
                         y[0].shape()));
  std::vector<float> weights;
  for (const auto label : class_of_each(y[0])) {
    const auto found = class_weight.find(label);
    weights.push_back(found == class_weight.end() ? 1.0f : static_cast<float>(found->second));
  }
  return Tensor::from(weights, {static_cast<std::int64_t>(weights.size())});
}

std::int64_t check_data_cardinality(const Batch& arrays) {
  std::set<std::int64_t> sizes;
  for (const Data* part : {&arrays.x, &arrays.y, &arrays.sample_weight})
    for (const auto& tensor : part->tensors()) {
      if (!tensor.defined()) throw ValueError("The data has a tensor that is undefined.");
      if (tensor.rank() == 0)
        throw ShapeError("The data has a scalar where there must be one entry for each example.");
      sizes.insert(tensor.shape()[0]);
    }
  if (sizes.empty()) throw ValueError("There is no data: `x` is empty.");
  if (sizes.size() == 1) return *sizes.begin();
  std::string message =
      "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples.";
  const std::pair<const char*, const Data*> parts[] = {
      {"x", &arrays.x}, {"y", &arrays.y}, {"sample_weight", &arrays.sample_weight}};
  for (const auto& [label, part] : parts)
    if (part->defined()) message += str("\n'", label, "' sizes: ", sizes_of(*part));
  throw ValueError(message);
}

Data match_sample_weight(const Data& sample_weight, const Data& y) {
  if (!sample_weight.defined() || y.is_single()) return sample_weight;
  if (sample_weight.is_single()) {
    const Shape& shape = sample_weight[0].shape();
    if (shape.rank() != 1 && !(shape.rank() == 2 && shape[1] == 1))
      throw ValueError(
          "For a model with multiple outputs, when providing a single `sample_weight` array, it "
          "should only have one scalar score per sample (i.e. shape `(num_samples,)`). If you want "
          "to use non-scalar sample weights, pass a `sample_weight` argument with one array per "
          "model output.");
    return y.with(Tensors(y.size(), sample_weight[0]));
  }
  const Data ordered = sample_weight.in_order_of(y.names(), "sample_weight");
  if (ordered.size() != y.size())
    throw ValueError(
        str("You should provide one `sample_weight` array per output in `y`. The two structures "
            "did not match:\n- y: ",
            structure_text(y), "\n- sample_weight: ", structure_text(sample_weight)));
  return ordered;
}

Tensor view_rows(const Tensor& x, std::int64_t begin, std::int64_t end) {
  const Storage& storage = x.eval().storage();
  TensorSpec spec = x.spec();
  const auto rows = std::max<std::int64_t>(spec.shape[0], 1);
  const auto row_bytes = static_cast<std::size_t>(x.size() / rows) * dtype_size(x.dtype());
  spec.shape[0] = end - begin;
  const auto offset = static_cast<std::size_t>(begin) * row_bytes;
  const auto size = static_cast<std::size_t>(end - begin) * row_bytes;
  const auto owner = std::make_shared<const Storage>(storage);
  return Tensor::from_storage(spec, Storage::view(storage.data() + offset, size, owner));
}

Data view_rows(const Data& data, std::int64_t begin, std::int64_t end) {
  Data out = data;
  for (auto& tensor : out.mutable_tensors()) tensor = view_rows(tensor, begin, end);
  return out;
}

std::pair<Batch, Batch> train_validation_split(const Batch& arrays, double validation_split) {
  if (validation_split < 0 || validation_split >= 1)
    throw ValueError(
        str("`validation_split` must be in [0, 1). Received: validation_split=", validation_split));
  const std::int64_t samples = check_data_cardinality(arrays);
  const auto split_at = static_cast<std::int64_t>(
      std::floor(static_cast<double>(samples) * (1.0 - validation_split)));
  if (split_at == 0 || split_at == samples)
    throw ValueError(
        str("Training data contains ", samples,
            " samples, which is not sufficient to split it into a validation and training set as "
            "specified by `validation_split=",
            validation_split,
            "`. Either provide more data, or a different value for the `validation_split` "
            "argument."));
  const auto part = [&](std::int64_t begin, std::int64_t end) {
    return Batch{view_rows(arrays.x, begin, end), view_rows(arrays.y, begin, end),
                 view_rows(arrays.sample_weight, begin, end)};
  };
  return {part(0, split_at), part(split_at, samples)};
}

Data to_floatx(const Data& data) {
  const DType floatx = dtype_from_name(config::floatx());
  Data out = data;
  for (auto& tensor : out.mutable_tensors())
    if (tensor.defined() && is_float(tensor.dtype())) tensor = ops::cast(tensor, floatx);
  return out;
}

Shuffler::Shuffler() : state_(static_cast<std::uint64_t>(random::make_default_seed())) {}

void Shuffler::shuffle(std::vector<std::int64_t>& order) {
  shuffle(order.data(), order.data() + order.size());
}

void Shuffler::shuffle(std::int64_t* begin, std::int64_t* end) {
  // Fisher and Yates on SplitMix64 (Steele, Lea, Flood 2014): the same on every machine, which the
  // distributions of <random> are not.
  for (auto left = static_cast<std::uint64_t>(end - begin); left > 1; --left) {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t bits = state_;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
    bits ^= bits >> 31;
    std::swap(begin[left - 1], begin[bits % left]);
  }
}

}  // namespace keras::trainers
