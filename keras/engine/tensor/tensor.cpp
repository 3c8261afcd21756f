#include "keras/engine/tensor/tensor.h"

#include <cstring>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/runtime/evaluate.h"
#include "keras/engine/tensor/convert.h"
#include "keras/engine/tensor/number.h"
#include "keras/engine/text.h"

namespace keras {

Tensor Tensor::scalar(bool value) {
  return engine::make_constant({{}, DType::kBool},
                               Storage::copy_of(std::as_bytes(std::span(&value, 1))), true);
}

Tensor Tensor::scalar(double value) { return engine::make_number(value); }

Tensor Tensor::scalar(std::int64_t value) {
  const auto narrow = static_cast<std::int32_t>(value);
  if (narrow != value)
    return engine::make_constant({{}, DType::kInt64},
                                 Storage::copy_of(std::as_bytes(std::span(&value, 1))), true);
  return engine::make_constant({{}, DType::kInt32},
                               Storage::copy_of(std::as_bytes(std::span(&narrow, 1))), true);
}

Tensor Tensor::copy_of(const void* values, std::size_t count, DType dtype, const Shape& shape) {
  if (static_cast<std::int64_t>(count) != shape.size())
    throw ShapeError(str("Tensor::from: ", count, " values do not fill the shape ", shape, "."));
  return engine::make_constant(
      {shape, dtype},
      Storage::copy_of({static_cast<const std::byte*>(values), count * dtype_size(dtype)}));
}

Tensor Tensor::from(const std::vector<bool>& values, const Shape& shape) {
  const std::vector<std::uint8_t> bytes(values.begin(), values.end());
  return copy_of(bytes.data(), bytes.size(), DType::kBool, shape);
}

Tensor Tensor::from_storage(TensorSpec spec, Storage storage) {
  const auto needed = static_cast<std::size_t>(spec.shape.size()) * dtype_size(spec.dtype);
  if (storage.size() < needed)
    throw ShapeError(str("Tensor::from_storage: ", spec, " needs ", needed, " bytes, received ",
                         storage.size(), "."));
  return engine::make_constant(std::move(spec), std::move(storage));
}

const TensorSpec& Tensor::spec() const {
  if (!node_) throw ValueError("An empty Tensor has neither shape nor values.");
  return node_->specs[static_cast<std::size_t>(index_)];
}

bool Tensor::is_symbolic() const { return node_ && node_->kind == engine::NodeKind::kSymbolic; }

const Tensor& Tensor::eval() const {
  if (is_symbolic())
    throw ValueError(str("A symbolic tensor has no values: ", to_string(), "."),
                     "build a Model from it and call predict.");
  spec();
  if (!node_->has_values()) engine::evaluate(node_);
  return *this;
}

const Storage& Tensor::storage() const {
  return eval().node_->values[static_cast<std::size_t>(index_)];
}

const void* Tensor::raw_data() const { return storage().data(); }

const void* Tensor::checked_data(DType wanted) const {
  if (wanted != dtype())
    throw DtypeError(str("Tensor::data: the tensor holds ", dtype(), ", not ", wanted, "."),
                     "use to_vector<T>() to convert.");
  return raw_data();
}

template <typename T>
std::vector<T> Tensor::to_vector() const {
  std::vector<T> out(static_cast<std::size_t>(size()));
  if constexpr (std::is_same_v<T, bool>) {
    std::vector<std::uint8_t> bytes(out.size());
    engine::convert_elements(raw_data(), dtype(), bytes.data(), DType::kBool, out.size());
    out.assign(bytes.begin(), bytes.end());
  } else {
    engine::convert_elements(raw_data(), dtype(), out.data(), dtype_of_v<T>, out.size());
  }
  return out;
}

template <typename T>
T Tensor::item() const {
  if (size() != 1)
    throw ShapeError(
        str("Tensor::item: a tensor of shape ", shape(), " has ", size(), " values, not one."));
  return to_vector<T>()[0];
}

template std::vector<bool> Tensor::to_vector<bool>() const;
template std::vector<std::uint8_t> Tensor::to_vector<std::uint8_t>() const;
template std::vector<std::int32_t> Tensor::to_vector<std::int32_t>() const;
template std::vector<std::uint32_t> Tensor::to_vector<std::uint32_t>() const;
template std::vector<std::int64_t> Tensor::to_vector<std::int64_t>() const;
template std::vector<float> Tensor::to_vector<float>() const;
template std::vector<double> Tensor::to_vector<double>() const;
template bool Tensor::item<bool>() const;
template std::int32_t Tensor::item<std::int32_t>() const;
template std::int64_t Tensor::item<std::int64_t>() const;
template float Tensor::item<float>() const;
template double Tensor::item<double>() const;

Tensor Tensor::with_mask(const Tensor& mask) const {
  Tensor out = *this;
  out.mask_ = mask.defined() ? std::make_shared<const Tensor>(mask) : nullptr;
  return out;
}

Tensor Tensor::without_mask() const {
  Tensor out = *this;
  out.mask_ = nullptr;
  return out;
}

}  // namespace keras
