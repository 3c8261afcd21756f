#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/tensor/storage.h"

namespace keras::datasets {

struct PickleNode;

/// A value of a pickle. Text is a view of the file.
struct PickleValue {
  enum class Kind { kNone, kBool, kInt, kText, kTuple, kList, kDict, kGlobal, kDtype, kArray };

  Kind kind = Kind::kNone;
  std::int64_t number = 0;     ///< of kBool and kInt
  std::string_view text = {};  ///< of kText: a string's or bytes'; of kGlobal: "module\nname"
  PickleNode* node = nullptr;  ///< of what holds others
};

/// What a container holds. A list holds numbers or other things, never both.
struct PickleNode {
  std::vector<std::int64_t> numbers;  ///< a list's numbers, an array's shape
  std::vector<PickleValue> items;     ///< the others; of a dictionary keys and values by turns
  std::string descr = {};             ///< a dtype's or an array's type as NumPy writes it: "|u1"
  bool fortran_order = false;
  std::string_view bytes = {};  ///< an array's numbers
};

/// A pickle (protocols 2 to 4) of the kinds that Keras's data sets are: lists, tuples and
/// dictionaries of integers and texts, and NumPy arrays. The file may come from anywhere: every
/// other instruction and every other class is an IoError naming the source, and so are more than
/// 2^20 things. Keras: keras/src/datasets/npz_utils.py.
class Pickle {
 public:
  Pickle(Storage file, std::size_t begin, std::string source);
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  const PickleValue& root() const { return root_; }
  const std::string& source() const { return source_; }
  /// A dictionary's value of a key; missing is an IoError.
  const PickleValue& at(std::string_view key) const;

  [[noreturn]] void fail(std::string_view reason) const;

 private:
  friend class PickleMachine;

  Storage file_;
  std::string source_;
  std::deque<PickleNode> nodes_;
  PickleValue root_;
};

}  // namespace keras::datasets
