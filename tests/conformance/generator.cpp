#include <algorithm>
#include <string_view>

#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/preprocessing/image.h"
#include "tests/conformance/kinds.h"

namespace keras::conformance {
namespace {

using preprocessing::image::ImageDataGenerator;
using preprocessing::image::ImageDataGeneratorOptions;
using preprocessing::image::TransformParameters;

void check_known(const Config& from, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : from.as_dict())
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Skipped("no argument " + name);
}

ImageDataGenerator generator_of(const Config& a) {
  check_known(a, {"featurewise_center", "samplewise_center", "featurewise_std_normalization",
                  "samplewise_std_normalization", "zca_whitening", "zca_epsilon", "fill_mode",
                  "cval", "rescale", "data_format", "interpolation_order"});
  return ImageDataGenerator(
      {.featurewise_center = a.get("featurewise_center", false),
       .samplewise_center = a.get("samplewise_center", false),
       .featurewise_std_normalization = a.get("featurewise_std_normalization", false),
       .samplewise_std_normalization = a.get("samplewise_std_normalization", false),
       .zca_whitening = a.get("zca_whitening", false),
       .zca_epsilon = a.get("zca_epsilon", 1e-6),
       .fill_mode = a.get("fill_mode", "nearest"),
       .cval = a.get("cval", 0.0),
       .rescale = a.get("rescale", 0.0),
       .data_format = a.get("data_format", ""),
       .interpolation_order = static_cast<int>(a.get("interpolation_order", std::int64_t{1}))});
}

TransformParameters transform_of(const Config& a) {
  check_known(a, {"theta", "tx", "ty", "shear", "zx", "zy", "flip_horizontal", "flip_vertical",
                  "channel_shift_intensity", "brightness"});
  const auto optional = [&](const char* name) -> std::optional<double> {
    const Config* value = a.find(name);
    if (!value || value->is_null()) return std::nullopt;
    return value->as_double();
  };
  return {.theta = a.get("theta", 0.0),
          .tx = a.get("tx", 0.0),
          .ty = a.get("ty", 0.0),
          .shear = a.get("shear", 0.0),
          .zx = a.get("zx", 1.0),
          .zy = a.get("zy", 1.0),
          .flip_horizontal = a.get("flip_horizontal", false),
          .flip_vertical = a.get("flip_vertical", false),
          .channel_shift_intensity = optional("channel_shift_intensity"),
          .brightness = optional("brightness")};
}

void run_standardize(const Case& test, const ImageDataGenerator& generator) {
  if (const Config* fit = test.description().find("fit"); fit && !fit->is_null())
    generator.fit(test.array(fit->as_string()));
  if (test.has_array("fit_mean")) test.expect("fit_mean", generator.mean(), test.array("fit_mean"));
  if (test.has_array("fit_std")) test.expect("fit_std", generator.std(), test.array("fit_std"));
  Tensors images;
  for (const Tensor& image : ops::unstack(test.array("x0"), {}))
    images.push_back(generator.standardize(image));
  expect_outputs(test, {ops::stack(images, {})});
}

void run_flow(const Case& test, const ImageDataGenerator& generator) {
  const auto batches = generator.flow(
      test.array("x0"), test.has_array("y0") ? test.array("y0") : Tensor(),
      {.batch_size = test.description().at("batch_size").as_int(), .shuffle = false});
  const std::int64_t count = test.description().at("batches").as_int();
  test.expect("batches", static_cast<double>(batches.size()), static_cast<double>(count));
  for (std::int64_t b = 0; b < count; ++b) {
    const std::string name = str("batch", b);
    const Batch batch = batches.next();
    test.expect(name + "_x", batch.x.single(), test.array(name + "_x"));
    if (batch.y.defined()) test.expect(name + "_y", batch.y.single(), test.array(name + "_y"));
  }
}

}  // namespace

void run_generator(const Case& test) {
  const ImageDataGenerator generator = generator_of(test.description().at("generator"));
  const std::string& operation = test.description().at("operation").as_string();
  if (operation == "apply_transform") {
    const TransformParameters parameters = transform_of(test.description().at("transform"));
    return expect_outputs(test, {generator.apply_transform(test.array("x0"), parameters)});
  }
  if (operation == "standardize") return run_standardize(test, generator);
  if (operation == "flow") return run_flow(test, generator);
  throw Skipped("no operation " + operation);
}

}  // namespace keras::conformance
