// Networks of keras.applications: built from their JSON, with weights worked out from integers.

#include <zlib.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "keras/engine/text.h"
#include "keras/models/model.h"
#include "keras/ops/core.h"
#include "keras/saving/saving_api.h"
#include "tests/conformance/kinds.h"

namespace keras::conformance {
namespace {

std::string gunzip(const std::filesystem::path& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  if (!file) throw Mismatch("cannot be opened: " + path.string());
  std::string text;
  std::array<char, 65536> block;
  for (int count; (count = gzread(file, block.data(), block.size())) > 0;)
    text.append(block.data(), static_cast<std::size_t>(count));
  gzclose(file);
  return text;
}

std::uint32_t hashed(std::uint32_t i, std::uint32_t j) {
  std::uint32_t h = i + 0x9E3779B9u * (j + 1);
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  return h ^ (h >> 16);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The offset and the factor of s in [-1, 1) that make a weight's values.
std::pair<double, double> scale_of(const std::string& path, const std::string& name,
                                   const Shape& shape) {
  if (has(name, "variance")) return {1, 0.4};
  if (name == "gamma") return {1, 0.2};
  if (shape.rank() < 2) return {0, 0.1};
  const bool depthwise = name == "depthwise_kernel" || has(path, "depthwise");
  std::int64_t fan = 1;
  for (int axis = 0; axis < (depthwise ? 2 : shape.rank() - 1); ++axis) fan *= shape[axis];
  return {0, std::sqrt(3.0 / static_cast<double>(fan))};
}

void fill(const Case& test, const Model& model) {
  const auto& list = test.description().at("weights").as_list();
  const Variables weights = model.weights();
  if (weights.size() != list.size())
    throw Mismatch(str(weights.size(), " weights, expected ", list.size()));
  for (std::size_t j = 0; j < list.size(); ++j) {
    const Variable& weight = weights[j];
    const auto [offset, factor] =
        scale_of(list[j].at("path").as_string(), list[j].at("name").as_string(), weight.shape());
    std::vector<float> values(static_cast<std::size_t>(weight.shape().size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint32_t h = hashed(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
      values[i] = static_cast<float>(offset + factor * (h / 2147483648.0 - 1));
    }
    weight.assign(ops::cast(Tensor::from(values, weight.shape()), weight.dtype()));
  }
}

}  // namespace

void run_application(const Case& test) {
  const std::string json = gunzip(test.file(test.description().at("model_json").as_string()));
  const Model model = model_from_json(json);
  test.expect("count_params", static_cast<double>(model.count_params()),
              test.description().at("count_params").as_double());
  fill(test, model);
  expect_outputs(test, model.call_list(arrays_of(test, "inputs")));
}

}  // namespace keras::conformance
