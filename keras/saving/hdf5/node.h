#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "keras/engine/tensor/dtype.h"
#include "keras/engine/tensor/shape.h"
#include "keras/engine/tensor/storage.h"
#include "keras/utils/config.h"

namespace keras::saving::hdf5 {

/// A group or dataset that is to be written. Members are in the order of their names' bytes, as
/// a group's B-tree wants them.
struct Node {
  bool is_group = true;
  std::map<std::string, std::shared_ptr<Node>, std::less<>> members;
  Config attributes = Config::dict();
  DType dtype = DType::kFloat32;
  Shape shape;
  Storage bytes;
};

}  // namespace keras::saving::hdf5
