#include "keras/layers/preprocessing/hashing.h"

#include <memory>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/categorical_inputs.h"
#include "keras/layers/preprocessing/index_lookup.h"
#include "keras/ops/host/host_map.h"
#include "keras/ops/numpy.h"
#include "keras/utils/string_hash.h"

namespace keras::layers {
namespace {

class HashFunction final : public ops::HostFunction {
 public:
  HashFunction(std::int64_t num_bins, const HashingOptions& options)
      : salt_(options.salt), mask_(options.mask_value) {
    has_mask_ = mask_.index() != 0 && num_bins > 1;
    bins_ = static_cast<std::uint64_t>(has_mask_ ? num_bins - 1 : num_bins);
  }

  TensorSpec infer(const TensorSpec& input) const override {
    const bool is_text = input.dtype == kString;
    if (mask_.index() == (is_text ? 2u : 1u))
      throw DtypeError(str("Hashing: `mask_value` is ", is_text ? "an integer" : "a string",
                           ", but the inputs have dtype ", input.dtype, "."));
    return {input.shape, DType::kInt64};
  }

  void run(const TensorSpec& input, const void* from, const TensorSpec&, void* to) const override {
    auto* out = static_cast<std::int64_t*>(to);
    const std::int64_t size = input.shape.size();
    if (input.dtype == kString) {
      engine::StringReader read;
      const auto* keys = static_cast<const std::uint64_t*>(from);
      for (std::int64_t i = 0; i < size; ++i) {
        const std::string& text = read(keys[i]);
        out[i] = has_mask_ && text == std::get<std::string>(mask_) ? 0 : bin_of(text);
      }
      return;
    }
    const auto* values = static_cast<const std::int64_t*>(from);
    for (std::int64_t i = 0; i < size; ++i)
      out[i] = has_mask_ && values[i] == std::get<std::int64_t>(mask_)
                   ? 0
                   : bin_of(std::to_string(values[i]));
  }

 private:
  std::int64_t bin_of(const std::string& text) const {
    const std::uint64_t hash = salt_ ? utils::sip_hash64(text, *salt_) : utils::fingerprint64(text);
    return static_cast<std::int64_t>(hash % bins_) + (has_mask_ ? 1 : 0);
  }

  std::optional<std::array<std::uint64_t, 2>> salt_;
  std::variant<std::monostate, std::string, std::int64_t> mask_;
  bool has_mask_;
  std::uint64_t bins_;
};

std::string dtype_of(const HashingOptions& options) {
  if (!options.dtype.empty()) return options.dtype;
  return options.output_mode == "int" ? "int64" : config::floatx();
}

class HashingImpl final : public LayerImpl {
 public:
  HashingImpl(std::int64_t num_bins, HashingOptions options)
      : LayerImpl({"Hashing", options.name, options.trainable, dtype_of(options)}),
        num_bins_(num_bins),
        options_(std::move(options)) {
    check_arguments();
    autocast_ = false;
    hash_ = std::make_shared<HashFunction>(num_bins_, options_);
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    Tensor input = x.dtype() == kString ? x : ops::cast(x, DType::kInt64);
    if (options_.output_mode == "one_hot" && input.rank() > 0 && input.shape()[-1] == 1)
      input = ops::squeeze(input, {.axis = -1});
    const Tensor bins = ops::host_map(input, hash_);
    if (options_.output_mode == "int") return ops::cast(bins, compute_dtype());
    return encode_categorical_inputs(bins, options_.output_mode, num_bins_, compute_dtype());
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("num_bins", num_bins_);
    config.set("salt", salt_to_config(options_.salt));
    config.set("mask_value", mask_config());
    config.set("output_mode", options_.output_mode);
    config.set("sparse", options_.sparse);
    return config;
  }

 private:
  void check_arguments() const {
    if (num_bins_ <= 0)
      throw ValueError(
          str("The `num_bins` for `Hashing` cannot be `None` or non-positive values. "
              "Received: num_bins=",
              num_bins_, "."));
    const std::string& mode = options_.output_mode;
    if (mode == "int" && compute_dtype() != DType::kInt32 && compute_dtype() != DType::kInt64)
      throw ValueError(
          str("When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' "
              "or 'in64'. Received: dtype=",
              options_.dtype));
    if (mode != "int" && mode != "one_hot" && mode != "multi_hot" && mode != "count")
      throw ValueError(
          str("Invalid value for argument `output_mode`. Expected one of ('int', 'one_hot', "
              "'multi_hot', 'count'). Received: output_mode=",
              mode));
    if (options_.sparse)
      throw ValueError("Hashing: `sparse=True` is not supported; the outputs are dense tensors.");
  }

  Config mask_config() const {
    if (const auto* text = std::get_if<std::string>(&options_.mask_value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&options_.mask_value)) return *number;
    return nullptr;
  }

  std::int64_t num_bins_;
  HashingOptions options_;
  std::shared_ptr<const ops::HostFunction> hash_;
};

}  // namespace

Hashing::Hashing(std::int64_t num_bins, HashingOptions options)
    : Layer(std::make_shared<HashingImpl>(num_bins, std::move(options))) {}

Hashing Hashing::from_config(const Config& config) {
  ConfigReader reader("Hashing", config);
  HashingOptions options;
  const std::int64_t num_bins = reader.require("num_bins").as_int();
  const Config& mask = reader.get("mask_value");
  if (mask.is_string()) {
    options.mask_value = mask.as_string();
  } else if (!mask.is_null()) {
    options.mask_value = mask.as_int();
  }
  options.salt = salt_from_config("Hashing", reader.get("salt"));
  options.output_mode = reader.get("output_mode", "int");
  options.sparse = reader.get("sparse", false);
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return Hashing(num_bins, std::move(options));
}

}  // namespace keras::layers
