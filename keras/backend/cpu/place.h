#pragma once

#include <cstddef>

namespace keras::backend::cpu {

/// Where an argument of a share lies: in one of the call's buffers or in its scratch memory.
struct Place {
  enum class Kind { kInput, kOutput, kScratch };
  Kind kind = Kind::kInput;
  int index = 0;           ///< of the input or output
  std::size_t offset = 0;  ///< in bytes

  static Place input(int index, std::size_t offset = 0) { return {Kind::kInput, index, offset}; }
  static Place output(int index, std::size_t offset = 0) { return {Kind::kOutput, index, offset}; }
  static Place scratch(std::size_t offset) { return {Kind::kScratch, 0, offset}; }
  /// `bytes` further on.
  Place after(std::size_t bytes) const { return {kind, index, offset + bytes}; }
};

}  // namespace keras::backend::cpu
