#include "keras/layers/preprocessing/integer_lookup.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/index_lookup.h"
#include "keras/layers/preprocessing/lookup_config.h"

namespace keras::layers {
namespace {

using Impl = IndexLookupImpl<std::int64_t>;

LookupArguments<std::int64_t> arguments_of(IntegerLookupOptions options,
                                           std::optional<std::int64_t> vocabulary_size) {
  if (options.max_tokens && *options.max_tokens <= 1)
    throw ValueError(
        str("If `max_tokens` is set for `IntegerLookup`, it must be greater than 1. Received: "
            "max_tokens=",
            *options.max_tokens));
  if (options.num_oov_indices < 0)
    throw ValueError(
        str("The value of `num_oov_indices` argument for `IntegerLookup` must >= 0. Received: "
            "num_oov_indices=",
            options.num_oov_indices));
  if (options.vocabulary_dtype != "int64")
    throw ValueError(
        str("Only `vocabulary_dtype='int64'` is supported at this time. Received: "
            "vocabulary_dtype=",
            options.vocabulary_dtype));
  LookupArguments<std::int64_t> arguments;
  arguments.base = {"IntegerLookup", options.name, options.trainable, options.dtype};
  arguments.max_tokens = options.max_tokens;
  arguments.num_oov_indices = options.num_oov_indices;
  arguments.mask_token = options.mask_token;
  arguments.oov_token = options.oov_token;
  arguments.vocabulary = std::move(options.vocabulary);
  arguments.idf_weights = std::move(options.idf_weights);
  arguments.invert = options.invert;
  arguments.output_mode = options.output_mode;
  arguments.sparse = options.sparse;
  arguments.pad_to_max_tokens = options.pad_to_max_tokens;
  arguments.oov_method = options.oov_method;
  arguments.salt = options.salt;
  arguments.vocabulary_size = vocabulary_size;
  return arguments;
}

const Impl& impl_of(const Layer& layer) { return static_cast<const Impl&>(*layer.impl()); }

}  // namespace

IntegerLookup::IntegerLookup(IntegerLookupOptions options)
    : Layer(std::make_shared<Impl>(arguments_of(std::move(options), {}))) {}

void IntegerLookup::adapt(const AdaptData& data, LookupAdaptOptions options) const {
  static_cast<Impl&>(*impl_).adapt(data, options.steps);
}

void IntegerLookup::set_vocabulary(const std::vector<std::int64_t>& vocabulary,
                                   const std::optional<std::vector<double>>& idf_weights) const {
  static_cast<Impl&>(*impl_).set_vocabulary(vocabulary, idf_weights);
}

std::vector<std::int64_t> IntegerLookup::get_vocabulary(bool include_special_tokens) const {
  return impl_of(*this).get_vocabulary(include_special_tokens);
}

std::int64_t IntegerLookup::vocabulary_size() const { return impl_of(*this).vocabulary_size(); }

IntegerLookup IntegerLookup::from_config(const Config& config) {
  ConfigReader reader("IntegerLookup", config);
  IntegerLookupOptions options;
  options.max_tokens = reader.get_optional_int("max_tokens");
  options.num_oov_indices = reader.get("num_oov_indices", 1);
  options.mask_token = reader.get_optional_int("mask_token");
  options.oov_token = config.contains("oov_token") ? reader.get_optional_int("oov_token")
                                                   : std::optional<std::int64_t>(-1);
  options.vocabulary = vocabulary_from_config<std::int64_t>(reader.get("vocabulary"));
  options.vocabulary_dtype = reader.get("vocabulary_dtype", "int64");
  options.idf_weights = numbers_from_config(reader.get("idf_weights"));
  options.invert = reader.get("invert", false);
  options.output_mode = reader.get("output_mode", "int");
  options.sparse = reader.get("sparse", false);
  options.pad_to_max_tokens = reader.get("pad_to_max_tokens", false);
  options.oov_method = reader.get("oov_method", "floormod");
  options.salt = salt_from_config("IntegerLookup", reader.get("salt"));
  const auto size = reader.get_optional_int("vocabulary_size");
  reader.get("has_input_vocabulary");
  IntegerLookup layer;
  layer.impl_ =
      std::make_shared<Impl>(arguments_of(finish_options(reader, std::move(options)), size));
  return layer;
}

}  // namespace keras::layers
