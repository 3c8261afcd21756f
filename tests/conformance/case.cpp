#include "tests/conformance/case.h"

#include <cmath>
#include <fstream>
#include <sstream>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"
#include "keras/saving/json/json.h"
#include "keras/saving/npy.h"

namespace keras::conformance {
namespace {

void collect_strings(const Config& nested, std::vector<std::string>& into) {
  if (nested.is_string()) {
    into.push_back(nested.as_string());
    return;
  }
  for (const auto& item : nested.as_list()) collect_strings(item, into);
}

}  // namespace

Case::Case(const std::filesystem::path& folder) : folder_(folder) {
  std::ifstream file(folder / "case.json");
  std::stringstream text;
  text << file.rdbuf();
  description_ = saving::parse_json(text.str(), (folder / "case.json").string());
  kind_ = description_.at("kind").as_string();
  rtol_ = description_.at("tolerance").at("rtol").as_double();
  atol_ = description_.at("tolerance").at("atol").as_double();
  if (!std::filesystem::exists(folder / "data.npz")) return;
  try {
    for (const auto& [name, array] : saving::load_npz(folder / "data.npz"))
      arrays_[name] = Tensor::from_storage({array.shape, array.dtype}, array.bytes);
  } catch (const IoError& reason) {
    if (std::string(reason.what()).find("\"<c8\"") != std::string::npos)
      throw Skipped("no complex tensors");
    throw;
  }
}

Tensor Case::array(const std::string& name) const {
  const auto found = arrays_.find(name);
  if (found == arrays_.end()) throw Skipped("no array " + name);
  return found->second;
}

Tensor Case::array_of(const Config& entry) const {
  if (const Config* strings = entry.find("values")) {
    std::vector<std::string> flat;
    collect_strings(*strings, flat);
    Shape shape;
    for (const auto& size : entry.at("shape").as_list()) shape.push_back(size.as_int());
    return string_tensor(std::move(flat), shape);
  }
  return array(entry.at("array").as_string());
}

bool Case::agrees(double got, double expected) const {
  if (std::isnan(got) || std::isnan(expected)) return std::isnan(got) && std::isnan(expected);
  if (std::isinf(got) || std::isinf(expected)) return got == expected;
  return std::abs(got - expected) <= atol_ + rtol_ * std::abs(expected);
}

void Case::expect(const std::string& what, const Tensor& got, const Tensor& expected) const {
  if (got.shape() != expected.shape())
    throw Mismatch(str(what, ": shape ", got.shape(), ", expected ", expected.shape()));
  if (is_float(got.dtype()) != is_float(expected.dtype()) ||
      (got.dtype() == DType::kBool) != (expected.dtype() == DType::kBool))
    throw Mismatch(str(what, ": ", got.dtype(), ", expected ", expected.dtype()));
  if (expected.dtype() == kString) {
    if (got.dtype() != kString || to_strings(got) != to_strings(expected))
      throw Mismatch(str(what, ": got ", got, ", expected ", expected));
    return;
  }
  const bool exact = !is_float(expected.dtype());
  const auto a = got.to_vector<double>(), b = expected.to_vector<double>();
  std::size_t worst = a.size();
  double distance = -1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (exact ? a[i] == b[i] : agrees(a[i], b[i])) continue;
    const double off = std::isfinite(a[i] - b[i]) ? std::abs(a[i] - b[i]) : INFINITY;
    if (off > distance) {
      distance = off;
      worst = i;
    }
  }
  if (worst < a.size())
    throw Mismatch(str(what, "[", worst, "]: expected ", b[worst], ", got ", a[worst]));
}

void Case::expect(const std::string& what, double got, double expected) const {
  if (!agrees(got, expected)) throw Mismatch(str(what, ": expected ", expected, ", got ", got));
}

}  // namespace keras::conformance
