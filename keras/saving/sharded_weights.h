#pragma once

#include <filesystem>

#include "keras/models/model.h"
#include "keras/saving/stored_weights.h"

namespace keras::saving {

/// Writes a model's weights as Keras shards them: files NAME_00000.weights.h5, NAME_00001… of at
/// most `max_shard_size` GiB of weights each, and beside them NAME.weights.json, which says where
/// each group is. The last one appears last. A weight that is larger than a shard is a ValueError.
void write_sharded_weights(const Model& model, const std::filesystem::path& json_path,
                           double max_shard_size);

/// Opens the shards that such a .weights.json names; they lie beside it.
StoredWeights open_sharded_weights(const std::filesystem::path& json_path);

}  // namespace keras::saving
