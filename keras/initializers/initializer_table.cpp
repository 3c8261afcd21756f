#include "keras/initializers/initializer_table.h"

#include <optional>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializers.h"
#include "keras/initializers/stft.h"

namespace keras::initializers {
namespace {

using Seed = std::optional<std::int64_t>;

/// Null, an integer, or a serialized SeedGenerator, whose first seed counts.
Seed seed_of(const Config& config) {
  const Config* seed = config.find("seed");
  if (seed && seed->is_dict() && seed->find("config")) seed = seed->find("config")->find("seed");
  if (!seed || seed->is_null()) return {};
  return seed->as_int();
}

FanAxes axes_of(const Config& config, std::string_view key) {
  const Config* axes = config.find(key);
  if (!axes || axes->is_null()) return {};
  std::vector<int> list;
  for (const auto& axis : axes->as_list()) list.push_back(static_cast<int>(axis.as_int()));
  return list;
}

template <typename T>
Initializer fan_initializer(const Config& config) {
  return T(FanOptions{.seed = seed_of(config),
                      .input_axes = axes_of(config, "input_axes"),
                      .output_axes = axes_of(config, "output_axes")});
}

template <typename T>
Initializer normal_initializer(const Config& config) {
  return T(RandomNormalOptions{.mean = config.get("mean", 0.0),
                               .stddev = config.get("stddev", 0.05),
                               .seed = seed_of(config)});
}

Initializer random_uniform(const Config& config) {
  return RandomUniform({.minval = config.get("minval", -0.05),
                        .maxval = config.get("maxval", 0.05),
                        .seed = seed_of(config)});
}

Initializer variance_scaling(const Config& config) {
  return VarianceScaling({.scale = config.get("scale", 1.0),
                          .mode = config.get("mode", "fan_in"),
                          .distribution = config.get("distribution", "truncated_normal"),
                          .seed = seed_of(config),
                          .input_axes = axes_of(config, "input_axes"),
                          .output_axes = axes_of(config, "output_axes")});
}

Initializer orthogonal(const Config& config) {
  return Orthogonal({.gain = config.get("gain", 1.0), .seed = seed_of(config)});
}

Initializer stft(const Config& config) {
  STFTOptions options;
  options.side = config.get("side", "real");
  options.periodic = config.get("periodic", false);
  if (const Config* window = config.find("window")) {
    options.window = std::monostate();
    if (window->is_list()) {
      std::vector<double> values;
      for (const auto& value : window->as_list()) values.push_back(value.as_double());
      options.window = std::move(values);
    } else if (!window->is_null()) {
      options.window = window->as_string();
    }
  }
  if (const Config* scaling = config.find("scaling"))
    options.scaling =
        scaling->is_null() ? std::nullopt : std::optional<std::string>(scaling->as_string());
  return STFT(std::move(options));
}

}  // namespace

ObjectRegistry<Initializer>& initializer_table() {
  static ObjectRegistry<Initializer> rows(
      "initializer",
      {
          {"Zeros", [](const Config&) { return Zeros(); }, {"zero"}},
          {"Ones", [](const Config&) { return Ones(); }, {"one"}},
          {"Constant", [](const Config& c) { return Constant(c.get("value", 0.0)); }},
          {"Identity",
           [](const Config& c) { return Identity({.gain = c.get("gain", 1.0)}); },
           {"IdentityInitializer"}},
          {"RandomNormal", normal_initializer<RandomNormal>, {"normal"}},
          {"TruncatedNormal", normal_initializer<TruncatedNormal>},
          {"RandomUniform", random_uniform, {"uniform"}},
          {"VarianceScaling", variance_scaling},
          {"GlorotUniform", fan_initializer<GlorotUniform>},
          {"GlorotNormal", fan_initializer<GlorotNormal>},
          {"HeUniform", fan_initializer<HeUniform>},
          {"HeNormal", fan_initializer<HeNormal>},
          {"LecunUniform", fan_initializer<LecunUniform>},
          {"LecunNormal", fan_initializer<LecunNormal>},
          {"Orthogonal", orthogonal, {"OrthogonalInitializer"}},
          {"STFT", stft, {"STFTInitializer"}},
      });
  return rows;
}

}  // namespace keras::initializers
