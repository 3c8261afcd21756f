#include "keras/saving/saving_api.h"

#include <chrono>
#include <ctime>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/models/model_impl.h"
#include "keras/saving/archive/archive.h"
#include "keras/saving/archive/archive_writer.h"
#include "keras/saving/atomic_file.h"
#include "keras/saving/json/json.h"
#include "keras/saving/legacy/legacy_config.h"
#include "keras/saving/legacy/legacy_hdf5.h"
#include "keras/saving/legacy/legacy_weights.h"
#include "keras/saving/legacy/legacy_writer.h"
#include "keras/saving/serialization.h"
#include "keras/saving/sharded_weights.h"
#include "keras/saving/weights_store.h"

namespace keras {
namespace {

/// The version whose format this is; Python's Keras reads it to choose how to load.
constexpr const char* kFormatVersion = "3.15.1";
constexpr std::size_t kLargestJson = std::size_t{256} << 20;

std::string now() {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d@%H:%M:%S", &parts);
  return text;
}

std::string text_of(const saving::Archive& archive, const char* member) {
  const Storage bytes = archive.read(member, kLargestJson);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The generation of the Keras that wrote an archive; the newest where it does not say.
int generation_of(const saving::Archive& archive, const std::string& source) {
  if (!archive.contains("metadata.json")) return 3;
  const Config metadata =
      saving::parse_json(text_of(archive, "metadata.json"), source + ":metadata.json");
  return saving::legacy::keras_generation(metadata.get("keras_version", "3"));
}

/// What a file of this model's weights may take once unpacked: the weights and a few slots of an
/// optimizer for each in the widest dtype, and some room for vocabularies.
std::size_t largest_weights(const Model& model) {
  constexpr std::size_t kMost = 4 * sizeof(double), kRoom = std::size_t{64} << 20;
  std::size_t count = 0;
  for (const auto& weight : model.weights())
    count += static_cast<std::size_t>(weight.shape().size());
  return kRoom + kMost * count;
}

saving::StoredWeights weights_of(const saving::Archive& archive, const Model& model) {
  return saving::StoredWeights(
      {saving::Hdf5File::open(archive.read("model.weights.h5", largest_weights(model)),
                              archive.source() + ":model.weights.h5")});
}

void refuse_by_name(const LoadWeightsOptions& options, const std::filesystem::path& filepath) {
  if (options.by_name)
    throw ValueError(str("load_weights: `by_name` is for legacy HDF5 files alone; in ",
                         filepath.string(), " weights have no names of layers."));
}

void check_ending(const std::filesystem::path& filepath, const std::string& ending) {
  if (!filepath.string().ends_with(ending))
    throw ValueError(str("Invalid filepath extension for saving: the name should end in `", ending,
                         "`. Received: filepath=", filepath.string()));
}

}  // namespace

void save_model(const Model& model, const std::filesystem::path& filepath) {
  const std::string name = filepath.string();
  if (name.ends_with(".h5") || name.ends_with(".hdf5"))
    return saving::legacy::save_model_to_hdf5(model, filepath);
  check_ending(filepath, ".keras");
  Config config = saving::legacy::with_names_of_keras3(saving::serialize_layer(model));
  if (Config compile = model.model_impl().get_compile_config(); !compile.is_null())
    config.set("compile_config", std::move(compile));
  const Config metadata = {{"keras_version", kFormatVersion}, {"date_saved", now()}};
  const saving::Hdf5Image weights = saving::write_weights(model);
  saving::ArchiveWriter archive(filepath);
  archive.add("metadata.json", saving::dump_json(metadata));
  archive.add("config.json", saving::dump_json(config));
  archive.add_parts("model.weights.h5", weights.parts());
  saving::write_assets(model, archive);
  archive.finish();
}

namespace {

Model load_any_model(const std::filesystem::path& filepath, LoadModelOptions options) {
  if (saving::legacy::is_hdf5(filepath))
    return saving::legacy::load_model_from_hdf5(saving::Hdf5File::open(filepath), filepath.string(),
                                                options.compile);
  const auto archive = saving::Archive::open(filepath);
  const bool is_old = generation_of(archive, filepath.string()) < 3;
  const std::string source = filepath.string() + ":config.json";
  Config config = saving::parse_json(text_of(archive, "config.json"), source);
  Config compile = config.find("compile_config") ? config.at("compile_config") : Config();
  if (is_old) config = saving::legacy::modernize_model(std::move(config));
  Model model = saving::deserialize_model_for_file(config);
  // Keras writes an empty one for a model that was never compiled.
  if (options.compile && compile.is_dict() && compile.size() > 0) {
    if (is_old) {
      saving::legacy::compile_as_saved(model, compile, is_old);
    } else {
      model.model_impl().compile_from_config(compile);
    }
  }
  saving::read_weights(model, weights_of(archive, model));
  saving::read_assets(model, archive);
  return model;
}

/// Whatever is wrong with a file, the error names the file.
template <typename Function>
auto naming_file(const std::filesystem::path& filepath, Function load) {
  try {
    return load();
  } catch (Error& error) {
    if (error.message().find(filepath.string()) == std::string::npos)
      error.add_frame(filepath.string());
    throw;
  }
}

}  // namespace

Model load_model(const std::filesystem::path& filepath, LoadModelOptions options) {
  return naming_file(filepath, [&] { return load_any_model(filepath, options); });
}

Model model_from_json(const std::string& json) {
  Config config = saving::parse_json(json, "the model's JSON");
  const bool is_new = config.contains("module") && !config.contains("keras_version");
  const int generation =
      is_new ? 3 : saving::legacy::keras_generation(config.get("keras_version", "2"));
  if (generation < 3) config = saving::legacy::modernize_model(std::move(config));
  return saving::deserialize_model(config);
}

void save_weights(const Model& model, const std::filesystem::path& filepath,
                  SaveWeightsOptions options) {
  if (!options.overwrite && std::filesystem::exists(filepath))
    throw IoError(str("save_weights: ", filepath.string(), " exists, and `overwrite` is false."));
  if (options.max_shard_size) {
    check_ending(filepath, ".weights.json");
    return saving::write_sharded_weights(model, filepath, *options.max_shard_size);
  }
  check_ending(filepath, ".weights.h5");
  const saving::Hdf5Image image = saving::write_weights(model);
  saving::AtomicFile file(filepath);
  for (const auto& part : image.parts()) file.write(part);
  file.commit();
}

namespace {

void load_any_weights(const Model& model, const std::filesystem::path& filepath,
                      LoadWeightsOptions options) {
  namespace legacy = saving::legacy;
  if (!legacy::is_hdf5(filepath) && filepath.string().ends_with(".keras")) {
    const auto archive = saving::Archive::open(filepath);
    refuse_by_name(options, filepath);
    return saving::read_weights(model, weights_of(archive, model), options.skip_mismatch);
  }
  if (!legacy::is_hdf5(filepath) && filepath.string().ends_with(".weights.json")) {
    refuse_by_name(options, filepath);
    return saving::read_weights(model, saving::open_sharded_weights(filepath),
                                options.skip_mismatch);
  }
  const auto file = saving::Hdf5File::open(filepath);
  saving::Hdf5Group root = file.root();
  if (!root.has_attribute("layer_names") && root.has("model_weights"))
    root = root.group("model_weights");
  if (root.has_attribute("layer_names") || root.has_attribute("layer_names0")) {
    const legacy::LegacyWeightsOptions how = {.by_name = options.by_name,
                                              .skip_mismatch = options.skip_mismatch};
    for (const auto& [variable, value] : legacy::read_legacy_weights(model, root, how))
      variable.assign(value);
    return;
  }
  refuse_by_name(options, filepath);
  saving::read_weights(model, saving::StoredWeights({file}), options.skip_mismatch);
}

}  // namespace

void load_weights(const Model& model, const std::filesystem::path& filepath,
                  LoadWeightsOptions options) {
  naming_file(filepath, [&] { load_any_weights(model, filepath, options); });
}

}  // namespace keras
