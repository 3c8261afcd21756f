#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "keras/saving/hdf5/file_bytes.h"
#include "keras/saving/hdf5/object_header.h"

namespace keras::saving::hdf5 {

/// Where a name in a group leads.
struct Link {
  enum class Kind { kHard, kSoft, kExternal, kUserDefined };
  Kind kind = Kind::kHard;
  std::uint64_t address = kUndefined;  ///< of the object's header, where the link is hard
};

using Links = std::map<std::string, Link, std::less<>>;

/// True when an object's messages make it a group.
bool is_group(const std::vector<Message>& messages);

/// A group's links: from its symbol table (version 1 B-tree, local heap), from its link messages,
/// or from its fractal heap. Repeated names are an error.
Links read_links(const FileBytes& file, const std::vector<Message>& messages);

}  // namespace keras::saving::hdf5
