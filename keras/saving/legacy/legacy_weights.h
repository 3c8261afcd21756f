#pragma once

#include <string>
#include <utility>
#include <vector>

#include "keras/models/model.h"
#include "keras/saving/hdf5/hdf5_file.h"

namespace keras::saving::legacy {

struct LegacyWeightsOptions {
  /// Layers get the weights that the file has under their names; others keep theirs.
  bool by_name = false;
  /// Weights whose shapes differ, and layers whose number of weights does, keep what they have.
  bool skip_mismatch = false;
};

using Assignments = std::vector<std::pair<Variable, Tensor>>;

/// What the weights of a model become by a group of layers' groups (`model_weights` of a whole
/// model, the root of a file of weights), as Keras 1, 2 and 3's legacy writer lay them out. Nothing
/// is assigned. Throws ValueError for numbers and shapes that do not fit.
Assignments read_legacy_weights(const Model& model, const Hdf5Group& group,
                                LegacyWeightsOptions options);

/// The strings of an attribute that may be cut into NAME0, NAME1, … because of its size.
std::vector<std::string> name_list(const Hdf5Group& group, const std::string& name);

/// A string attribute, or empty where there is none.
std::string text_attribute(const Hdf5Object& object, const char* name);

/// A dataset of at most `most` elements. Throws ShapeError for a larger one.
Tensor read_tensor(const Hdf5Dataset& dataset, std::int64_t most);

/// The weights of a layer in the order of legacy files: the trainable ones first.
Variables legacy_order(const Layer& layer);

}  // namespace keras::saving::legacy
