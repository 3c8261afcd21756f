#pragma once

#include <map>
#include <string>
#include <vector>

#include "keras/saving/hdf5/dataspace.h"
#include "keras/saving/hdf5/datatype.h"
#include "keras/saving/hdf5/file_bytes.h"
#include "keras/saving/hdf5/object_header.h"
#include "keras/utils/config.h"

namespace keras::saving::hdf5 {

/// An attribute as it lies in the file.
struct Attribute {
  Datatype type;
  Dataspace space;
  Bytes data;
};

using Attributes = std::map<std::string, Attribute, std::less<>>;

/// The attributes of an object, from its messages or from its fractal heap.
Attributes read_attributes(const FileBytes& file, const std::vector<Message>& messages);

/// The attribute as a value: a scalar is a string, int, float or bool, an array a flat list, an
/// empty one null. Strings keep their bytes.
Config attribute_value(const FileBytes& file, const Attribute& attribute);

}  // namespace keras::saving::hdf5
