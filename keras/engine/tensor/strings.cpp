#include "keras/engine/tensor/strings.h"

#include <cstring>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace engine {

/// The strings of one tensor, and their keys as its elements. A key says which block and, in the
/// lower bits, which string; block 0 holds the lasting ones.
struct StringBlock {
  std::vector<std::string> values;
  std::vector<std::uint64_t> keys;
};

namespace {

constexpr int kIndexBits = 28;
constexpr std::uint64_t kMaxStrings = std::uint64_t{1} << kIndexBits;

class StringRegistry {
 public:
  static StringRegistry& instance() {
    // Never destroyed: static tensors may outlive it.
    static auto* const registry = new StringRegistry;
    return *registry;
  }

  std::shared_ptr<const StringBlock> add(std::vector<std::string> values) {
    auto block = std::shared_ptr<StringBlock>(new StringBlock, [this](StringBlock* gone) {
      if (!gone->keys.empty()) forget(gone->keys[0] >> kIndexBits);
      delete gone;
    });
    block->values = std::move(values);
    block->keys.resize(block->values.size());
    const std::lock_guard lock(mutex_);
    const std::uint64_t number = next_block_++;
    for (std::size_t i = 0; i < block->keys.size(); ++i) block->keys[i] = number << kIndexBits | i;
    if (!block->keys.empty()) blocks_[number] = block;
    return block;
  }

  std::shared_ptr<const StringBlock> find(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(number);
    return found == blocks_.end() ? nullptr : found->second.lock();
  }

  std::uint64_t lasting_key(const std::string& value) {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = lasting_keys_.emplace(value, lasting_.size());
    if (is_new) lasting_.push_back(value);
    return place->second;
  }

  const std::string& lasting(std::uint64_t key) {
    const std::lock_guard lock(mutex_);
    return lasting_.at(key);
  }

 private:
  void forget(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    blocks_.erase(number);
  }

  std::mutex mutex_;
  std::uint64_t next_block_ = 1;
  std::unordered_map<std::uint64_t, std::weak_ptr<const StringBlock>> blocks_;
  std::deque<std::string> lasting_;
  std::unordered_map<std::string, std::uint64_t> lasting_keys_;
};

}  // namespace

const std::string& StringReader::operator()(std::uint64_t key) {
  const std::uint64_t number = key >> kIndexBits;
  if (number == 0) return StringRegistry::instance().lasting(key);
  if (!block_ || block_->keys[0] >> kIndexBits != number)
    block_ = StringRegistry::instance().find(number);
  if (!block_)
    throw ValueError("The string tensor that these elements were taken from is gone.",
                     "keep it as long as what is taken out of it is read.");
  return block_->values.at(key & (kMaxStrings - 1));
}

std::uint64_t key_of_lasting_string(const std::string& value) {
  return StringRegistry::instance().lasting_key(value);
}

}  // namespace engine

Tensor string_tensor(std::vector<std::string> values, const Shape& shape) {
  if (static_cast<std::int64_t>(values.size()) != shape.size())
    throw ShapeError(str("A string tensor of shape ", shape, " needs ", shape.size(),
                         " strings, received ", values.size(), "."));
  if (values.size() > engine::kMaxStrings)
    throw ValueError(str("A tensor holds at most ", engine::kMaxStrings, " strings, received ",
                         values.size(), "."));
  const auto block = engine::StringRegistry::instance().add(std::move(values));
  auto* keys = const_cast<std::uint64_t*>(block->keys.data());
  return Tensor::from_storage({shape, kString},
                              Storage::view(reinterpret_cast<std::byte*>(keys),
                                            block->keys.size() * sizeof(std::uint64_t), block));
}

Tensor string_tensor(std::vector<std::string> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  return string_tensor(std::move(values), {size});
}

std::vector<std::string> to_strings(const Tensor& tensor) {
  if (tensor.dtype() != kString)
    throw DtypeError(str("A string tensor is needed, received one of dtype ", tensor.dtype(), "."));
  std::vector<std::string> out;
  const auto* keys = static_cast<const std::uint64_t*>(tensor.raw_data());
  engine::StringReader read;
  for (std::int64_t i = 0; i < tensor.size(); ++i) out.push_back(read(keys[i]));
  return out;
}

}  // namespace keras
