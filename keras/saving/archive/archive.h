#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/tensor/storage.h"

namespace keras::saving {

/// A zip archive from anywhere, opened for reading: a `.keras` or `.npz` file. A member that was
/// stored without compression is a view of the mapped file. Copies share the archive; members are
/// read by one thread at a time. All failures are IoErrors naming the archive.
class Archive {
 public:
  /// Refuses encrypted members, repeated names, and names that are absolute, hold "..", a
  /// backslash or a control character.
  static Archive open(const std::filesystem::path& path);
  static Archive open(Storage bytes, std::string source);

  /// The name that errors call it by.
  const std::string& source() const;
  const std::vector<std::string>& names() const;
  bool contains(std::string_view name) const;
  /// The bytes of a member once read; missing is an error.
  std::uint64_t size(std::string_view name) const;
  /// A member's bytes. More than `max_size` of them, or an expansion beyond 100 times above
  /// 256 MiB, is refused before memory is taken.
  Storage read(std::string_view name,
               std::size_t max_size = std::numeric_limits<std::size_t>::max()) const;

 private:
  struct State;
  explicit Archive(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace keras::saving
