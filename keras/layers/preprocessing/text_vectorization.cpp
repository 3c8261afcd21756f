#include "keras/layers/preprocessing/text_vectorization.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/index_lookup.h"
#include "keras/layers/preprocessing/lookup_config.h"
#include "keras/layers/preprocessing/text_rows.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

using Lookup = IndexLookupImpl<std::string>;

TokenRules rules_of(const TextVectorizationOptions& options) {
  TokenRules rules;
  const std::string standardize = options.standardize.value_or("none");
  rules.lower = standardize == "lower" || standardize == "lower_and_strip_punctuation";
  rules.strip_punctuation =
      standardize == "strip_punctuation" || standardize == "lower_and_strip_punctuation";
  if (options.standardize && !rules.lower && !rules.strip_punctuation)
    rules.standardize = find_standardize(standardize);
  if (options.standardize && !rules.lower && !rules.strip_punctuation && !rules.standardize)
    throw ValueError(
        str("Unknown value for `standardize` argument of TextVectorization. Allowed values are: "
            "('lower_and_strip_punctuation', 'lower', 'strip_punctuation'), or None. Received: "
            "standardize=",
            standardize),
        "call keras::layers::register_standardize first for a function of your own.");
  if (options.split && *options.split != "whitespace" && *options.split != "character")
    rules.split_function = find_split(*options.split);
  if (options.split && *options.split != "whitespace" && *options.split != "character" &&
      !rules.split_function)
    throw ValueError(
        str("Unknown value for `split` argument of TextVectorization. Allowed values are: "
            "('whitespace', 'character'), or None. Received: split=",
            *options.split),
        "call keras::layers::register_split first for a function of your own.");
  rules.split = rules.split_function             ? TokenRules::Split::kFunction
                : !options.split                 ? TokenRules::Split::kNone
                : *options.split == "whitespace" ? TokenRules::Split::kWhitespace
                                                 : TokenRules::Split::kCharacter;
  for (const int size : options.ngrams)
    if (size < 1)
      throw ValueError(
          str("`ngrams` must be None, an integer, or a tuple of integers, all "
              "positive. Received: ngrams=",
              Config::list_of(options.ngrams)));
  rules.ngrams = options.ngrams;
  return rules;
}

std::shared_ptr<Lookup> make_inner(const TextVectorizationOptions& options,
                                   std::optional<std::int64_t> vocabulary_size) {
  LookupArguments<std::string> arguments;
  arguments.base = {"StringLookup"};
  arguments.max_tokens = options.max_tokens;
  arguments.mask_token = "";
  arguments.oov_token = "[UNK]";
  arguments.vocabulary = options.vocabulary;
  arguments.idf_weights = options.idf_weights;
  arguments.output_mode = checked_output_mode("TextVectorization", options.output_mode);
  arguments.pad_to_max_tokens = options.pad_to_max_tokens;
  arguments.vocabulary_size = vocabulary_size;
  return std::make_shared<Lookup>(std::move(arguments));
}

class TextVectorizationImpl final : public LayerImpl, public AssetHolder {
 public:
  /// `ngrams` is how a file says it: a number means all sizes up to it.
  TextVectorizationImpl(TextVectorizationOptions options, Config ngrams,
                        std::optional<std::int64_t> vocabulary_size)
      : LayerImpl({"TextVectorization", options.name, options.trainable, options.dtype}),
        options_(std::move(options)),
        ngrams_(std::move(ngrams)),
        rules_(rules_of(options_)),
        lookup_(make_inner(options_, vocabulary_size)) {
    check_arguments();
    autocast_ = false;
    track(Layer(lookup_), "_lookup_layer");
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    if (rules_.split == TokenRules::Split::kNone) return call_whole(x, context);
    const Tensor texts = one_text_each(x);
    const std::string& mode = lookup_->arguments().output_mode;
    TextRows rows{lookup_->table(), rules_};
    if (mode == "int") {
      rows.whole = !options_.output_sequence_length;
      rows.length = rows.whole ? open_length(texts) : *options_.output_sequence_length;
      return ops::host_map(texts, make_text_rows(std::move(rows)));
    }
    rows.length = lookup_->depth();
    rows.mode = mode == "multi_hot" ? TextRows::Mode::kMultiHot : TextRows::Mode::kCounts;
    const Tensor counts = ops::host_map(texts, make_text_rows(std::move(rows)));
    return mode == "tf_idf" ? lookup_->weighted(counts) : counts;
  }

  void adapt(const AdaptData& data, std::optional<std::int64_t> steps) {
    lookup_->reset_state();
    data.for_each(
        [&](const Tensor& batch) {
          Lookup::Rows rows;
          for (const auto& text : to_strings(one_text_each(batch)))
            rows.push_back(rules_.tokens_of(text));
          lookup_->update_state(rows);
        },
        steps);
    lookup_->finalize_state();
  }

  Lookup& lookup() const { return *lookup_; }

  Config get_config() const override {
    const auto number = [](const std::optional<std::int64_t>& value) {
      return value ? Config(*value) : Config();
    };
    Config config = LayerImpl::get_config();
    config.set("max_tokens", number(options_.max_tokens));
    config.set("standardize",
               text_function_to_config(options_.standardize, rules_.standardize != nullptr));
    config.set("split", text_function_to_config(options_.split, rules_.split_function != nullptr));
    config.set("ngrams", ngrams_);
    config.set("output_mode", lookup_->arguments().output_mode);
    config.set("output_sequence_length", number(options_.output_sequence_length));
    config.set("pad_to_max_tokens", options_.pad_to_max_tokens);
    config.set("sparse", false);
    config.set("ragged", false);
    config.set("vocabulary",
               options_.vocabulary ? Config::list_of(*options_.vocabulary) : Config());
    config.set("idf_weights",
               options_.idf_weights ? Config::list_of(*options_.idf_weights) : Config());
    config.set("encoding", options_.encoding);
    config.set("vocabulary_size", lookup_->vocabulary_size());
    return config;
  }

  std::map<std::string, std::string> assets() const override { return lookup_->assets(); }
  void load_asset(const std::string& name, const std::string& text) override {
    lookup_->load_asset(name, text);
  }
  std::map<std::string, Tensor> own_arrays() const override { return lookup_->own_arrays(); }
  void load_own_array(const std::string& name, const Tensor& value) override {
    lookup_->load_own_array(name, value);
  }
  Config state_as_arguments() const override { return lookup_->state_as_arguments(); }

 private:
  void check_arguments() const {
    const std::string& mode = lookup_->arguments().output_mode;
    if (options_.sparse || options_.ragged)
      throw ValueError(
          "TextVectorization: `sparse=True` and `ragged=True` are not supported; the outputs are "
          "dense tensors.");
    if (mode != "int" && options_.output_sequence_length)
      throw ValueError(
          str("`output_sequence_length` must not be set if `output_mode` is not "
              "'int'. Received output_sequence_length=",
              *options_.output_sequence_length, "."));
    if (options_.output_sequence_length && *options_.output_sequence_length < 1)
      throw ValueError(
          str("`output_sequence_length` must be either None or a positive integer when "
              "`output_mode` is 'int'. Received: output_sequence_length=",
              *options_.output_sequence_length));
    if (mode == "one_hot" && rules_.split != TokenRules::Split::kNone)
      throw ValueError(
          "TextVectorization: `output_mode='one_hot'` gives ragged tensors, which are not "
          "supported.",
          "use \"int\" with `output_sequence_length`, or `split=None`.");
    if (!rules_.ngrams.empty() && rules_.split == TokenRules::Split::kNone)
      throw ValueError("TextVectorization: `ngrams` needs `split`.");
    check_encoding("TextVectorization", options_.encoding);
  }

  Tensor one_text_each(const Tensor& x) const {
    if (x.rank() <= 1 || rules_.split == TokenRules::Split::kNone) return x;
    if (x.shape()[-1] != 1)
      throw ValueError(
          str("When using `TextVectorization` to tokenize strings, the input rank must be 1 or the "
              "last shape dimension must be 1. Received: inputs.shape=",
              x.shape(), " with rank=", x.rank()));
    return ops::squeeze(x, {.axis = -1});
  }

  /// While a model is put together the number of texts stands in, since it is open, too.
  std::int64_t open_length(const Tensor& texts) const {
    if (!engine::Trace::compiling()) return longest_text(texts, rules_);
    return texts.rank() == 0 ? 1 : texts.shape()[0];
  }

  /// Each string is one token.
  Tensor call_whole(const Tensor& x, const CallContext&) const {
    const Tensor column = ops::host_map(
        x, make_text_rows({lookup_->table(), rules_, 1, TextRows::Mode::kIndices, false}));
    const Tensor indices = ops::squeeze(column, {.axis = -1});
    if (lookup_->arguments().output_mode != "int") return lookup_->encode(indices);
    if (!options_.output_sequence_length || x.rank() == 0) return indices;
    const std::int64_t length = *options_.output_sequence_length, has = x.shape()[-1];
    if (has >= length) return ops::take(indices, ops::arange(length), {.axis = -1});
    std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(x.rank()));
    widths.back().second = length - has;
    return ops::pad(indices, widths);
  }

  TextVectorizationOptions options_;
  Config ngrams_;
  TokenRules rules_;
  std::shared_ptr<Lookup> lookup_;
};

const TextVectorizationImpl& impl_of(const Layer& layer) {
  return static_cast<const TextVectorizationImpl&>(*layer.impl());
}

/// A number stands for all sizes up to it.
std::vector<int> ngrams_from_config(const Config& config) {
  constexpr std::int64_t kLargest = 1'000;
  if (config.is_null()) return {};
  const bool whole = config.is_list()
                         ? std::all_of(config.as_list().begin(), config.as_list().end(),
                                       [](const Config& size) { return size.is_int(); })
                         : config.is_int();
  if (!whole)
    throw ValueError(str(
        "`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams=", config));
  const auto checked = [&](std::int64_t size) {
    if (size > kLargest)
      throw ValueError(str("TextVectorization: `ngrams` of more than ", kLargest,
                           " tokens are not supported. Received: ngrams=", config));
    return static_cast<int>(std::max<std::int64_t>(size, -1));
  };
  std::vector<int> sizes;
  if (config.is_list()) {
    for (const auto& size : config.as_list()) sizes.push_back(checked(size.as_int()));
  } else {
    for (int size = 1; size <= checked(config.as_int()); ++size) sizes.push_back(size);
  }
  return sizes;
}

Config ngrams_config(const std::vector<int>& ngrams) {
  return ngrams.empty() ? Config() : Config::list_of(ngrams);
}

}  // namespace

TextVectorization::TextVectorization(TextVectorizationOptions options)
    : Layer(std::make_shared<TextVectorizationImpl>(options, ngrams_config(options.ngrams),
                                                    std::nullopt)) {}

void TextVectorization::adapt(const AdaptData& data, LookupAdaptOptions options) const {
  static_cast<TextVectorizationImpl&>(*impl_).adapt(data, options.steps);
}

void TextVectorization::set_vocabulary(
    const std::vector<std::string>& vocabulary,
    const std::optional<std::vector<double>>& idf_weights) const {
  impl_of(*this).lookup().set_vocabulary(vocabulary, idf_weights);
}

std::vector<std::string> TextVectorization::get_vocabulary(bool include_special_tokens) const {
  return impl_of(*this).lookup().get_vocabulary(include_special_tokens);
}

std::int64_t TextVectorization::vocabulary_size() const {
  return impl_of(*this).lookup().vocabulary_size();
}

TextVectorization TextVectorization::from_config(const Config& config) {
  ConfigReader reader("TextVectorization", config);
  TextVectorizationOptions options;
  options.max_tokens = reader.get_optional_int("max_tokens");
  if (const Config& given = reader.get("standardize"); config.contains("standardize"))
    options.standardize = text_function_from_config(given, "standardize");
  if (const Config& given = reader.get("split"); config.contains("split"))
    options.split = text_function_from_config(given, "split");
  const Config ngrams = reader.get("ngrams");
  options.ngrams = ngrams_from_config(ngrams);
  options.output_mode = reader.get("output_mode", "int");
  options.output_sequence_length = reader.get_optional_int("output_sequence_length");
  options.pad_to_max_tokens = reader.get("pad_to_max_tokens", false);
  options.vocabulary = vocabulary_from_config<std::string>(reader.get("vocabulary"));
  options.idf_weights = numbers_from_config(reader.get("idf_weights"));
  options.sparse = reader.get("sparse", false);
  options.ragged = reader.get("ragged", false);
  options.encoding = reader.get("encoding", "utf-8");
  const auto size = reader.get_optional_int("vocabulary_size");
  reader.get("has_input_vocabulary");
  TextVectorization layer;
  layer.impl_ = std::make_shared<TextVectorizationImpl>(finish_options(reader, std::move(options)),
                                                        ngrams, size);
  return layer;
}

}  // namespace keras::layers
