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
#include "keras/saving/serialization.h"
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

void check_ending(const std::filesystem::path& filepath, const std::string& ending) {
  if (!filepath.string().ends_with(ending))
    throw ValueError(str("Invalid filepath extension for saving: the name should end in `", ending,
                         "`. Received: filepath=", filepath.string()));
}

}  // namespace

void save_model(const Model& model, const std::filesystem::path& filepath) {
  check_ending(filepath, ".keras");
  Config config = saving::serialize_layer(model);
  if (Config compile = model.model_impl().get_compile_config(); !compile.is_null())
    config.set("compile_config", std::move(compile));
  const Config metadata = {{"keras_version", kFormatVersion}, {"date_saved", now()}};
  const saving::Hdf5Image weights = saving::write_weights(model);
  saving::ArchiveWriter archive(filepath);
  archive.add("metadata.json", saving::dump_json(metadata));
  archive.add("config.json", saving::dump_json(config));
  archive.add_parts("model.weights.h5", weights.parts());
  archive.finish();
}

Model load_model(const std::filesystem::path& filepath, LoadModelOptions options) {
  const auto archive = saving::Archive::open(filepath);
  const std::string source = filepath.string() + ":config.json";
  const Config config = saving::parse_json(text_of(archive, "config.json"), source);
  Model model = saving::deserialize_model(config);
  if (const Config* compile = config.find("compile_config");
      options.compile && compile && !compile->is_null())
    model.model_impl().compile_from_config(*compile);
  const auto file = saving::Hdf5File::open(archive.read("model.weights.h5"),
                                           filepath.string() + ":model.weights.h5");
  saving::read_weights(model, file);
  return model;
}

void save_weights(const Model& model, const std::filesystem::path& filepath) {
  check_ending(filepath, ".weights.h5");
  const saving::Hdf5Image image = saving::write_weights(model);
  saving::AtomicFile file(filepath);
  for (const auto& part : image.parts()) file.write(part);
  file.commit();
}

void load_weights(const Model& model, const std::filesystem::path& filepath) {
  saving::read_weights(model, saving::Hdf5File::open(filepath));
}

}  // namespace keras
