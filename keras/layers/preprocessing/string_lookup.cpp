#include "keras/layers/preprocessing/string_lookup.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/index_lookup.h"
#include "keras/layers/preprocessing/lookup_config.h"

namespace keras::layers {
namespace {

using Base = IndexLookupImpl<std::string>;

LookupArguments<std::string> arguments_of(StringLookupOptions options,
                                          std::optional<std::int64_t> vocabulary_size) {
  LookupArguments<std::string> arguments;
  arguments.base = {"StringLookup", options.name, options.trainable, options.dtype};
  arguments.max_tokens = options.max_tokens;
  arguments.num_oov_indices = options.num_oov_indices;
  arguments.mask_token = std::move(options.mask_token);
  arguments.oov_token = std::move(options.oov_token);
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

class StringLookupImpl final : public Base {
 public:
  explicit StringLookupImpl(StringLookupOptions options,
                            std::optional<std::int64_t> vocabulary_size = {})
      : Base(arguments_of(options, vocabulary_size)), encoding_(options.encoding) {
    check_encoding("StringLookup", encoding_);
  }

  Config get_config() const override {
    Config config = Base::get_config();
    config.set("encoding", encoding_);
    return config;
  }

 private:
  std::string encoding_;
};

const Base& impl_of(const Layer& layer) { return static_cast<const Base&>(*layer.impl()); }

}  // namespace

StringLookup::StringLookup(StringLookupOptions options)
    : Layer(std::make_shared<StringLookupImpl>(std::move(options))) {}

void StringLookup::adapt(const AdaptData& data, LookupAdaptOptions options) const {
  static_cast<Base&>(*impl_).adapt(data, options.steps);
}

void StringLookup::set_vocabulary(const std::vector<std::string>& vocabulary,
                                  const std::optional<std::vector<double>>& idf_weights) const {
  static_cast<Base&>(*impl_).set_vocabulary(vocabulary, idf_weights);
}

std::vector<std::string> StringLookup::get_vocabulary(bool include_special_tokens) const {
  return impl_of(*this).get_vocabulary(include_special_tokens);
}

std::int64_t StringLookup::vocabulary_size() const { return impl_of(*this).vocabulary_size(); }

StringLookup StringLookup::from_config(const Config& config) {
  ConfigReader reader("StringLookup", config);
  StringLookupOptions options;
  options.max_tokens = reader.get_optional_int("max_tokens");
  options.num_oov_indices = reader.get("num_oov_indices", 1);
  options.mask_token = optional_text(reader.get("mask_token"));
  options.oov_token = config.contains("oov_token") ? optional_text(reader.get("oov_token"))
                                                   : std::optional<std::string>("[UNK]");
  options.vocabulary = vocabulary_from_config<std::string>(reader.get("vocabulary"));
  options.idf_weights = numbers_from_config(reader.get("idf_weights"));
  options.invert = reader.get("invert", false);
  options.output_mode = reader.get("output_mode", "int");
  options.pad_to_max_tokens = reader.get("pad_to_max_tokens", false);
  options.sparse = reader.get("sparse", false);
  options.encoding = reader.get("encoding", "utf-8");
  options.salt = salt_from_config("StringLookup", reader.get("salt"));
  options.oov_method = reader.get("oov_method", "floormod");
  const auto size = reader.get_optional_int("vocabulary_size");
  reader.get("has_input_vocabulary");
  reader.get("vocabulary_dtype");
  StringLookup layer;
  layer.impl_ =
      std::make_shared<StringLookupImpl>(finish_options(reader, std::move(options)), size);
  return layer;
}

}  // namespace keras::layers
