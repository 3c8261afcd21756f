#pragma once

#include <memory>
#include <string>
#include <vector>

#include "keras/models/model.h"
#include "keras/saving/archive/archive.h"
#include "keras/saving/archive/archive_writer.h"
#include "keras/saving/hdf5/hdf5_writer.h"
#include "keras/saving/stored_weights.h"

namespace keras::saving {

/// The variables that one group of a weight file holds: a layer's own, or the optimizer's.
struct WeightGroup {
  std::string path;
  std::string name;
  Variables variables;
  std::shared_ptr<LayerImpl> layer = {};

  std::string vars_path() const { return path.empty() ? "vars" : path + "/vars"; }
};

/// The groups of a model's layers, its own first, then those of the layers inside, and last the
/// optimizer's where there is one.
std::vector<WeightGroup> weight_groups(const Model& model);

/// What is in a group, by name: the variables, numbered, then other arrays of the layer.
NamedTensors arrays_of(const WeightGroup& group);

/// A model's weights and its optimizer's state in the tree of a `.weights.h5` file: under
/// layers/CLASS_N/vars/I, nested models within, and optimizer/vars/I.
Hdf5Image write_weights(const Model& model);

/// Reads them back. All are read and checked before any is assigned. The optimizer's state is read
/// where the file has it and the model is compiled. Stores of Keras 2.12 to 2.15 and of Windows are
/// read, too. With `skip_mismatch`, a layer that does not fit keeps its weights, with a warning.
void read_weights(const Model& model, const StoredWeights& stored, bool skip_mismatch = false);

/// The files that layers have for themselves, under assets/ and the layer's path, such as
/// assets/layers/text_vectorization/vocabulary.txt.
void write_assets(const Model& model, ArchiveWriter& archive);
/// To be called after `read_weights`.
void read_assets(const Model& model, const Archive& archive);

}  // namespace keras::saving
