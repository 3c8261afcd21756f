#pragma once

#include <functional>
#include <string>
#include <vector>

#include "keras/trainers/data.h"
#include "keras/utils/config.h"

namespace keras {

/// The tensors at one end of a functional model, and how they were written: one, a list, by keys,
/// or nested. Flat, the tensors stand as Keras flattens them: those of a dictionary by sorted keys.
struct ModelEnds {
  Tensors tensors = {};
  /// Lists and dictionaries in which a tensor is its number among `tensors`.
  Config structure = Config::list();

  ModelEnds() = default;
  explicit ModelEnds(const Data& data);
  /// From such a structure with other leaves: `is_leaf` tells them, `find` gives their tensors.
  ModelEnds(const Config& written, const std::function<bool(const Config&)>& is_leaf,
            const std::function<Tensor(const Config&)>& find);

  /// The keys of a dictionary of tensors, sorted as the tensors are; none for other structures.
  std::vector<std::string> keys() const;
};

/// The structure with its numbers replaced.
Config map_structure(const Config& structure, const std::function<Config(std::int64_t)>& leaf);

}  // namespace keras
