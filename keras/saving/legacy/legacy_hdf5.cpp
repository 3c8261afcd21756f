#include "keras/saving/legacy/legacy_hdf5.h"

#include <array>
#include <fstream>
#include <string>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/models/model_impl.h"
#include "keras/saving/json/json.h"
#include "keras/saving/legacy/legacy_config.h"
#include "keras/saving/legacy/legacy_training.h"
#include "keras/saving/legacy/legacy_weights.h"
#include "keras/saving/serialization.h"
#include "keras/utils/io_utils.h"

namespace keras::saving::legacy {
namespace {

Config json_attribute(const Hdf5Group& root, const char* name, const std::string& source) {
  const std::string text = text_attribute(root, name);
  return text.empty() ? Config() : parse_json(text, source + ":" + name);
}

}  // namespace

bool is_hdf5(const std::filesystem::path& path) {
  constexpr std::array<char, 8> kSignature = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
  std::array<char, 8> first{};
  std::ifstream file(path, std::ios::binary);
  return file.read(first.data(), first.size()) && first == kSignature;
}

void compile_as_saved(const Model& model, const Config& training, bool is_old) {
  const Config config = modern_compile_config(training);
  if (!is_old) return model.model_impl().compile_from_config(config);
  try {
    model.model_impl().compile_from_config(config);
  } catch (const ValueError& error) {
    const std::string& reason = error.message();
    utils::warn(str("The model was *not* compiled as it was saved: ", reason,
                    reason.ends_with('.') ? "" : ".", " Compile it manually."));
  }
}

Model load_model_from_hdf5(const Hdf5File& file, const std::string& source, bool compile) {
  const Hdf5Group root = file.root();
  const Config saved = json_attribute(root, "model_config", source);
  if (saved.is_null())
    throw ValueError(str("No model config found in the file at ", source, "."),
                     root.has_attribute("layer_names") || root.has("layers")
                         ? "the file holds weights alone: make the model and use load_weights."
                         : "is it a model of Keras?");
  const int generation = keras_generation(text_attribute(root, "keras_version"));
  const Model model = deserialize_model_for_file(generation < 3 ? modernize_model(saved) : saved);
  for (const auto& [variable, value] : read_legacy_weights(model, root.group("model_weights"), {}))
    variable.assign(value);
  if (!compile) return model;
  const Config training = json_attribute(root, "training_config", source);
  if (training.is_null()) {
    utils::warn(
        "No training configuration found in the save file, so the model was *not* compiled. "
        "Compile it manually.");
    return model;
  }
  compile_as_saved(model, training, generation < 3);
  if (root.has("optimizer_weights") && model.optimizer().defined())
    read_optimizer_weights(model, root.group("optimizer_weights"));
  return model;
}

}  // namespace keras::saving::legacy
