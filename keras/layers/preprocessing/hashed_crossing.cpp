#include "keras/layers/preprocessing/hashed_crossing.h"

#include <memory>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/categorical_inputs.h"
#include "keras/ops/core.h"
#include "keras/ops/host/host_map.h"
#include "keras/ops/numpy.h"
#include "keras/utils/string_hash.h"

namespace keras::layers {
namespace {

/// TensorFlow's FingerprintCat64: one hash of two.
std::uint64_t joined(std::uint64_t first, std::uint64_t second) {
  constexpr std::uint64_t kFactor = 0xc6a4a7935bd1e995u;
  const auto mix = [](std::uint64_t x) { return x ^ (x >> 47); };
  std::uint64_t hash = first ^ kFactor;
  hash ^= mix(second * kFactor) * kFactor;
  hash *= kFactor;
  return mix(mix(hash) * kFactor);
}

/// The 64-bit fingerprints of strings.
class Fingerprints final : public ops::HostFunction {
 public:
  TensorSpec infer(const TensorSpec& input) const override { return {input.shape, DType::kInt64}; }
  void run(const TensorSpec& input, const void* from, const TensorSpec&, void* to) const override {
    engine::StringReader read;
    const auto* keys = static_cast<const std::uint64_t*>(from);
    auto* out = static_cast<std::int64_t*>(to);
    for (std::int64_t i = 0; i < input.shape.size(); ++i)
      out[i] = static_cast<std::int64_t>(utils::fingerprint64(read(keys[i])));
  }
};

/// The bins of values that stand above each other, (features, …).
class Cross final : public ops::HostFunction {
 public:
  explicit Cross(std::int64_t num_bins) : num_bins_(static_cast<std::uint64_t>(num_bins)) {}

  TensorSpec infer(const TensorSpec& input) const override {
    return {input.shape.slice(1), DType::kInt64};
  }
  void run(const TensorSpec& input, const void* from, const TensorSpec& output,
           void* to) const override {
    constexpr std::uint64_t kStart = 0xdecafcaffeu;
    const auto* values = static_cast<const std::int64_t*>(from);
    const std::int64_t count = output.shape.size();
    for (std::int64_t i = 0; i < count; ++i) {
      std::uint64_t hash = kStart;
      for (std::int64_t feature = 0; feature < input.shape[0]; ++feature)
        hash = joined(hash, static_cast<std::uint64_t>(values[feature * count + i]));
      static_cast<std::int64_t*>(to)[i] = static_cast<std::int64_t>(hash % num_bins_);
    }
  }

 private:
  std::uint64_t num_bins_;
};

std::string dtype_of(const HashedCrossingOptions& options) {
  if (!options.dtype.empty()) return options.dtype;
  return options.output_mode == "int" ? "int64" : config::floatx();
}

class HashedCrossingImpl final : public LayerImpl {
 public:
  HashedCrossingImpl(std::int64_t num_bins, const HashedCrossingOptions& options)
      : LayerImpl({"HashedCrossing", options.name, true, dtype_of(options)}),
        num_bins_(num_bins),
        output_mode_(options.output_mode) {
    if (num_bins <= 0)
      throw ValueError(str("`num_bins` must be positive. Received: num_bins=", num_bins));
    if (output_mode_ != "int" && output_mode_ != "one_hot")
      throw ValueError(
          str("Unknown value for `output_mode` argument of HashedCrossing. Allowed values are: "
              "('int', 'one_hot'). Received: output_mode=",
              output_mode_));
    if (options.sparse)
      throw ValueError(
          "HashedCrossing: `sparse=True` is not supported; the outputs are dense tensors.");
    autocast_ = false;
  }

  Tensor call(const Tensor&, const CallContext&) override {
    throw ValueError(
        "`HashedCrossing` should be called on a list or tuple of inputs, of at least two.");
  }

  Tensors call_list(const Tensors& xs, const CallContext& context) override {
    if (xs.size() < 2) return {call(xs.at(0), context)};
    Tensors values;
    for (const Tensor& x : xs) values.push_back(checked(x, xs[0].shape()));
    const Tensor bins = ops::host_map(ops::stack(values), std::make_shared<Cross>(num_bins_));
    if (output_mode_ == "int") return {ops::cast(bins, compute_dtype())};
    const Tensor flat = bins.rank() == 2 ? ops::squeeze(bins, {.axis = -1}) : bins;
    return {encode_categorical_inputs(flat, output_mode_, num_bins_, compute_dtype())};
  }

  Config get_config() const override {
    Config config = Config::dict();
    config.set("num_bins", num_bins_);
    config.set("output_mode", output_mode_);
    config.set("sparse", false);
    config.set("name", name());
    config.set("dtype", std::string(dtype_name(compute_dtype())));
    return config;
  }

 private:
  static Tensor checked(const Tensor& x, const Shape& first) {
    const Shape& shape = x.shape();
    if (shape.rank() > 2 || (shape.rank() == 2 && shape[1] != 1))
      throw ShapeError(
          str("All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or "
              "`(batch_size, 1)`. Received: ",
              shape));
    if (shape != first)
      throw ShapeError(str("All `HashedCrossing` inputs should have equal shape. Received: ", first,
                           " and ", shape));
    if (is_float(x.dtype()) || x.dtype() == DType::kBool)
      throw DtypeError(
          str("All `HashedCrossing` inputs should have an integer or string dtype. "
              "Received: ",
              x.dtype()));
    if (x.dtype() == kString) return ops::host_map(x, std::make_shared<Fingerprints>());
    return ops::cast(x, DType::kInt64);
  }

  std::int64_t num_bins_;
  std::string output_mode_;
};

}  // namespace

HashedCrossing::HashedCrossing(std::int64_t num_bins, HashedCrossingOptions options)
    : Layer(std::make_shared<HashedCrossingImpl>(num_bins, options)) {}

HashedCrossing HashedCrossing::from_config(const Config& config) {
  ConfigReader reader("HashedCrossing", config);
  HashedCrossingOptions options;
  const std::int64_t num_bins = reader.require("num_bins").as_int();
  options.output_mode = reader.get("output_mode", "int");
  options.sparse = reader.get("sparse", false);
  options.name = reader.name();
  reader.trainable();
  const DTypePolicy dtype = reader.dtype();
  if (config.contains("dtype")) options.dtype = dtype_name(dtype.compute_dtype());
  reader.finish();
  return HashedCrossing(num_bins, options);
}

}  // namespace keras::layers
