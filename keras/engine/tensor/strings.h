#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras {

/// The dtype of text, which lives at a model's edge: only moved there and read by StringLookup,
/// TextVectorization and Hashing. It stands beside the enumeration because no kernel for numbers is
/// ever to meet it. An element is the key of a string that is kept elsewhere.
inline constexpr DType kString = static_cast<DType>(12);

/// A tensor of text (UTF-8); a vector where no shape is given. Throws ShapeError unless there are
/// `shape.size()` strings. What is taken out of the tensor later, such as a batch, can be read only
/// while the tensor lives.
Tensor string_tensor(std::vector<std::string> values, const Shape& shape);
Tensor string_tensor(std::vector<std::string> values);
/// The text in row-major order. Throws DtypeError for other tensors.
std::vector<std::string> to_strings(const Tensor& tensor);

namespace engine {

struct StringBlock;

/// Finds the string of a key; for one thread. Throws ValueError when nobody keeps it any more.
class StringReader {
 public:
  const std::string& operator()(std::uint64_t key);

 private:
  std::shared_ptr<const StringBlock> block_;
};

/// A key that can be read as long as the program runs; equal strings share it.
std::uint64_t key_of_lasting_string(const std::string& value);

}  // namespace engine
}  // namespace keras
