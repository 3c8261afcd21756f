#include "keras/saving/tensor_files.h"

#include "keras/saving/npy.h"

namespace keras {
namespace {

Tensor to_tensor(const saving::Array& array) {
  return Tensor::from_storage({array.shape, array.dtype}, array.bytes);
}

saving::Array to_array(const Tensor& tensor) {
  return {tensor.dtype(), tensor.shape(), tensor.eval().storage()};
}

}  // namespace

Tensor load_tensor(const std::filesystem::path& filepath) {
  return to_tensor(saving::load_npy(filepath));
}

void save_tensor(const std::filesystem::path& filepath, const Tensor& tensor) {
  saving::save_npy(filepath, to_array(tensor));
}

NamedTensors load_tensors(const std::filesystem::path& filepath) {
  NamedTensors tensors;
  for (const auto& [name, array] : saving::load_npz(filepath))
    tensors.emplace_back(name, to_tensor(array));
  return tensors;
}

void save_tensors(const std::filesystem::path& filepath, const NamedTensors& tensors) {
  saving::NamedArrays arrays;
  for (const auto& [name, tensor] : tensors) arrays.emplace_back(name, to_array(tensor));
  saving::save_npz(filepath, arrays);
}

}  // namespace keras
