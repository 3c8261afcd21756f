#include "tests/conformance/op_creation.h"

#include <map>

#include "keras/ops/numpy.h"
#include "keras/ops/special.h"

namespace keras::conformance {
namespace {

using Call = const ops::RecordedCall&;

DType dtype(Call c, DType fallback = DType::kFloat32) { return c.dtype().value_or(fallback); }

bool whole(const Config* value) { return !value || value->is_null() || value->is_int(); }

Tensor arange(Call c) {
  const Config& config = c.config();
  const bool integers =
      whole(config.find("start")) && whole(config.find("stop")) && whole(config.find("step"));
  const double first = c.number("start").value_or(0);
  const auto stop = c.number("stop");
  return ops::float_range(stop ? first : 0, stop.value_or(first), c.number("step").value_or(1),
                          dtype(c, integers ? DType::kInt32 : DType::kFloat32));
}

ops::EyeOptions eye_options(Call c) {
  return {.M = c.integer("M"), .k = c.integer("k").value_or(0), .dtype = dtype(c)};
}

Tensors dimensions(Call c) {
  Tensors out;
  for (const auto size : c.tensor(0).shape()) out.emplace_back(size);
  return out;
}

template <Tensor (*window)(std::int64_t)>
Tensors window_of(Call c) {
  return {window(c.config().at("x").as_int())};
}

}  // namespace

std::optional<Tensors> create(const std::string& function, Call call) {
  static const std::map<std::string, Tensors (*)(Call)> table = {
      {"arange", [](Call c) { return Tensors{arange(c)}; }},
      {"bartlett", window_of<ops::bartlett>},
      {"blackman", window_of<ops::blackman>},
      {"empty", [](Call c) { return Tensors{ops::empty(c.shape("shape"), dtype(c))}; }},
      {"eye",
       [](Call c) { return Tensors{ops::eye(c.config().at("N").as_int(), eye_options(c))}; }},
      {"full",
       [](Call c) {
         return Tensors{ops::full(c.shape("shape"), c.tensor(1, "fill_value"), dtype(c))};
       }},
      {"hamming", window_of<ops::hamming>},
      {"hanning", window_of<ops::hanning>},
      {"identity",
       [](Call c) { return Tensors{ops::identity(c.config().at("n").as_int(), dtype(c))}; }},
      {"kaiser",
       [](Call c) {
         return Tensors{ops::kaiser(c.config().at("x").as_int(), c.number("beta").value_or(0))};
       }},
      {"ndim",
       [](Call c) { return Tensors{Tensor(static_cast<std::int64_t>(c.tensor(0).rank()))}; }},
      {"ones", [](Call c) { return Tensors{ops::ones(c.shape("shape"), dtype(c))}; }},
      {"shape", dimensions},
      {"size", [](Call c) { return Tensors{Tensor(c.tensor(0).size())}; }},
      {"tri",
       [](Call c) { return Tensors{ops::tri(c.config().at("N").as_int(), eye_options(c))}; }},
      {"zeros", [](Call c) { return Tensors{ops::zeros(c.shape("shape"), dtype(c))}; }},
  };
  const auto found = table.find(function);
  if (found == table.end()) return std::nullopt;
  return found->second(call);
}

}  // namespace keras::conformance
