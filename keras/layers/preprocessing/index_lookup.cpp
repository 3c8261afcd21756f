#include "keras/layers/preprocessing/index_lookup.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>
#include <type_traits>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"
#include "keras/layers/preprocessing/categorical_inputs.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

constexpr const char* kVocabularyFile = "vocabulary.txt";

std::string line_of(const std::string& token) { return token; }
std::string line_of(std::int64_t token) { return std::to_string(token); }

template <typename Token>
Token token_of(const std::string& line) {
  if constexpr (std::is_same_v<Token, std::string>) {
    return line;
  } else {
    Token value = 0;
    const auto result = std::from_chars(line.data(), line.data() + line.size(), value);
    if (result.ec != std::errc() || result.ptr != line.data() + line.size())
      throw ValueError(str(kVocabularyFile, " must have one integer a line, found: ", line));
    return value;
  }
}

/// Without the line breaks; empty lines at the end do not count beyond `expected` lines.
std::vector<std::string> lines_of(const std::string& text, std::size_t expected) {
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n' || text[i] == '\r') {
      lines.emplace_back();
    } else {
      lines.back() += text[i];
    }
  }
  while (lines.size() > expected && lines.back().empty()) lines.pop_back();
  return lines;
}

template <typename Token>
Config optional_config(const std::optional<Token>& value) {
  return value ? Config(*value) : Config();
}

template <typename Token>
std::vector<Token> elements_of(const Tensor& batch) {
  if constexpr (std::is_same_v<Token, std::string>) {
    return to_strings(batch);
  } else {
    return batch.to_vector<Token>();
  }
}

template <typename Token>
std::string list_text(const std::vector<Token>& tokens) {
  const std::string quote = std::is_same_v<Token, std::string> ? "'" : "";
  std::vector<std::string> texts;
  for (const auto& token : tokens) texts.push_back(quote + line_of(token) + quote);
  return "[" + join(texts, ", ") + "]";
}

}  // namespace

std::string checked_output_mode(const std::string& class_name, const std::string& output_mode) {
  if (output_mode == "binary") return "multi_hot";
  if (output_mode == "tf-idf") return "tf_idf";
  for (const char* known : {"int", "one_hot", "multi_hot", "count", "tf_idf"})
    if (output_mode == known) return output_mode;
  throw ValueError(
      str("Unknown value for `output_mode` argument of ", class_name,
          ". Allowed values are: ('int', 'one_hot', 'multi_hot', 'count', 'tf_idf'). Received: "
          "output_mode=",
          output_mode));
}

std::optional<std::array<std::uint64_t, 2>> salt_from_config(const std::string& class_name,
                                                             const Config& config) {
  if (config.is_null()) return {};
  if (config.is_list() && config.as_list().size() == 2)
    return std::array{static_cast<std::uint64_t>(config.as_list()[0].as_int()),
                      static_cast<std::uint64_t>(config.as_list()[1].as_int())};
  if (!config.is_number())
    throw ValueError(str("The `salt` argument for `", class_name,
                         "` can only be a tuple of size 2 integers, or a single integer. Received: "
                         "salt=",
                         config.to_string(), "."));
  const auto salt = static_cast<std::uint64_t>(config.as_int());
  return std::array{salt, salt};
}

Config salt_to_config(const std::optional<std::array<std::uint64_t, 2>>& salt) {
  if (!salt) return nullptr;
  return Config::list({Config(static_cast<std::int64_t>((*salt)[0])),
                       Config(static_cast<std::int64_t>((*salt)[1]))});
}

template <typename Token>
IndexLookupImpl<Token>::IndexLookupImpl(LookupArguments<Token> arguments)
    : LayerImpl(arguments.base),
      arguments_(std::move(arguments)),
      has_input_vocabulary_(arguments_.vocabulary.has_value()),
      frozen_size_(arguments_.vocabulary_size),
      table_(std::make_shared<LookupTable<Token>>()) {
  arguments_.output_mode = checked_output_mode(class_name(), arguments_.output_mode);
  check_arguments();
  autocast_ = false;
  table_->num_oov_indices = arguments_.num_oov_indices;
  table_->mask_token = arguments_.mask_token;
  table_->oov_token = arguments_.oov_token;
  table_->has_mask_index = arguments_.mask_token && arguments_.output_mode == "int";
  table_->uses_farmhash = arguments_.oov_method == "farmhash";
  table_->salt = arguments_.salt;
  lookup_ = make_lookup<Token>(table_, arguments_.invert, class_name());
  if (arguments_.vocabulary) set_vocabulary(*arguments_.vocabulary, arguments_.idf_weights);
}

template <typename Token>
void IndexLookupImpl<Token>::check_arguments() const {
  const auto& a = arguments_;
  if (a.sparse)
    throw ValueError(
        str(class_name(), ": `sparse=True` is not supported; the outputs are dense tensors."));
  if (a.max_tokens && *a.max_tokens <= 1)
    throw ValueError(
        str("If set, `max_tokens` must be greater than 1. Received: max_tokens=", *a.max_tokens));
  if (a.pad_to_max_tokens && !a.max_tokens)
    throw ValueError(
        "If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None");
  if (a.num_oov_indices < 0)
    throw ValueError(
        str("`num_oov_indices` must be greater than or equal to 0. Received: num_oov_indices=",
            a.num_oov_indices));
  if (a.oov_method != "floormod" && a.oov_method != "farmhash")
    throw ValueError(
        str("Unknown value for `oov_method` argument of ", class_name(),
            ". Allowed values are: ('floormod', 'farmhash'). Received: oov_method=", a.oov_method));
  if (a.salt && !std::is_same_v<Token, std::string> && a.oov_method != "farmhash")
    throw ValueError(
        str("`salt` can only be used when `oov_method='farmhash'`. Received: "
            "oov_method=",
            a.oov_method));
  if (a.invert && a.output_mode != "int")
    throw ValueError(
        str("`output_mode` must be `'int'` when `invert` is true. Received: output_mode=",
            a.output_mode));
  if (a.idf_weights && a.output_mode != "tf_idf")
    throw ValueError(
        str("`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: "
            "idf_weights=",
            Config::list_of(*a.idf_weights), " and output_mode=", a.output_mode));
  if (a.vocabulary && a.output_mode == "tf_idf" && !a.idf_weights)
    throw ValueError(
        "When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` "
        "argument must also be provided.");
}

template <typename Token>
std::int64_t IndexLookupImpl<Token>::depth() const {
  if (arguments_.pad_to_max_tokens) return *arguments_.max_tokens;
  if (!frozen_size_)
    throw ValueError(str("When using `output_mode=", arguments_.output_mode,
                         "` and `pad_to_max_tokens=False`, you must set the layer's vocabulary "
                         "before calling it. Either pass a `vocabulary` argument to the layer, or "
                         "call `adapt` with some sample data."));
  return *frozen_size_;
}

template <typename Token>
Tensor IndexLookupImpl<Token>::call(const Tensor& x, const CallContext&) {
  const bool takes_text = std::is_same_v<Token, std::string> && !arguments_.invert;
  const Tensor input = takes_text ? x : ops::cast(x, DType::kInt64);
  if (arguments_.output_mode != "int") depth();
  const Tensor indices = ops::host_map(input, lookup_);
  return arguments_.output_mode == "int" ? indices : encode(indices);
}

template <typename Token>
Tensor IndexLookupImpl<Token>::encode(const Tensor& indices) const {
  const bool weighs = arguments_.output_mode == "tf_idf";
  const Tensor encoded = encode_categorical_inputs(
      indices, weighs ? "count" : arguments_.output_mode, depth(), DType::kInt64);
  return weighs ? weighted(encoded) : encoded;
}

template <typename Token>
Tensor IndexLookupImpl<Token>::weighted(const Tensor& counts) const {
  const Tensor x = ops::cast(counts, dtype_from_name(config::floatx()));
  if (idf_weights_.defined()) return x * idf_weights_;
  // While a model is put together the shape is all that counts; a file brings the weights later.
  if (engine::Trace::compiling()) return x;
  throw ValueError("When `output_mode` is `'tf_idf'`, `idf_weights` must be provided.");
}

template <typename Token>
void IndexLookupImpl<Token>::adapt(const AdaptData& data, std::optional<std::int64_t> steps) {
  reset_state();
  data.for_each(
      [&](const Tensor& batch) {
        const std::vector<Token> elements = elements_of<Token>(batch);
        const auto documents = static_cast<std::size_t>(
            batch.rank() == 0 ? 1 : std::max<std::int64_t>(1, batch.shape()[0]));
        const std::size_t length = elements.size() / documents;
        Rows rows;
        for (std::size_t begin = 0; begin + length <= elements.size() && length > 0;
             begin += length)
          rows.emplace_back(elements.begin() + static_cast<std::ptrdiff_t>(begin),
                            elements.begin() + static_cast<std::ptrdiff_t>(begin + length));
        update_state(rows);
      },
      steps);
  finalize_state();
}

template <typename Token>
void IndexLookupImpl<Token>::reset_state() {
  token_counts_.clear();
  document_counts_.clear();
  num_documents_ = 0;
}

template <typename Token>
void IndexLookupImpl<Token>::update_state(const Rows& rows) {
  if (has_input_vocabulary_)
    throw ValueError(str("Cannot adapt layer '", name(),
                         "' after setting a static vocabulary via `vocabulary` argument or "
                         "`set_vocabulary()` method."));
  for (const auto& row : rows)
    for (const auto& token : row) ++token_counts_[token];
  if (arguments_.output_mode != "tf_idf") return;
  for (const auto& row : rows)
    for (const auto& token : std::set<Token>(row.begin(), row.end())) ++document_counts_[token];
  num_documents_ += static_cast<std::int64_t>(rows.size());
}

template <typename Token>
void IndexLookupImpl<Token>::finalize_state() {
  if (has_input_vocabulary_ || token_counts_.empty()) {
    record_vocabulary_size();
    return;
  }
  if (arguments_.mask_token) token_counts_.erase(*arguments_.mask_token);
  if (arguments_.oov_token) token_counts_.erase(*arguments_.oov_token);
  std::vector<std::pair<std::int64_t, Token>> order;
  for (const auto& [token, count] : token_counts_) order.emplace_back(count, token);
  std::sort(order.rbegin(), order.rend());
  if (arguments_.max_tokens) {
    const auto most = std::max<std::int64_t>(0, *arguments_.max_tokens - table_->token_start());
    order.resize(std::min(order.size(), static_cast<std::size_t>(most)));
  }
  std::vector<Token> tokens;
  for (auto& [count, token] : order) tokens.push_back(std::move(token));
  if (arguments_.output_mode == "tf_idf") {
    std::vector<double> weights;
    for (const auto& token : tokens)
      weights.push_back(std::log(1 + static_cast<double>(num_documents_) /
                                         static_cast<double>(1 + document_counts_[token])));
    set_idf_weights(std::move(weights), static_cast<std::size_t>(table_->token_start()));
  }
  table_->set_tokens(std::move(tokens));
  reset_state();
  record_vocabulary_size();
}

template <typename Token>
void IndexLookupImpl<Token>::record_vocabulary_size() {
  if (!has_fixed_depth() && frozen_size_ && *frozen_size_ != vocabulary_size())
    throw ValueError(str("When using `output_mode=", arguments_.output_mode,
                         "` and `pad_to_max_tokens=False`, the vocabulary size cannot be changed "
                         "after the layer is called. Old vocab size is ",
                         *frozen_size_, ", new vocab size is ", vocabulary_size()));
  frozen_size_ = vocabulary_size();
}

/// The mean stands for what comes before the tokens; zeros fill up to `max_tokens`.
template <typename Token>
void IndexLookupImpl<Token>::set_idf_weights(std::vector<double> weights, std::size_t front) {
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) /
                      static_cast<double>(std::max<std::size_t>(1, weights.size()));
  weights.insert(weights.begin(), front, mean);
  if (arguments_.pad_to_max_tokens) weights.resize(static_cast<std::size_t>(depth()));
  const auto size = static_cast<std::int64_t>(weights.size());
  idf_weights_ = ops::cast(Tensor::from(weights, {size}), dtype_from_name(config::floatx())).eval();
}

template <typename Token>
std::vector<Token> IndexLookupImpl<Token>::special_tokens() const {
  std::vector<Token> special;
  if (table_->has_mask_index) special.push_back(*arguments_.mask_token);
  for (std::int64_t i = 0; i < arguments_.num_oov_indices; ++i)
    special.push_back(arguments_.oov_token.value_or(Token()));
  return special;
}

template <typename Token>
void IndexLookupImpl<Token>::check_tokens(const std::vector<Token>& vocabulary,
                                          std::size_t skipped) const {
  const std::vector<Token> tokens(vocabulary.begin() + static_cast<std::ptrdiff_t>(skipped),
                                  vocabulary.end());
  std::set<Token> seen;
  std::vector<Token> repeated;
  for (const auto& token : tokens)
    if (!seen.insert(token).second &&
        std::find(repeated.begin(), repeated.end(), token) == repeated.end())
      repeated.push_back(token);
  if (!repeated.empty())
    throw ValueError(
        str("The passed vocabulary has at least one repeated term. Please uniquify your dataset. "
            "The repeated terms are: ",
            list_text(repeated)));
  const auto refuse = [&](const char* kind, const char* argument, const Token& token) {
    const auto last = std::find(vocabulary.rbegin(), vocabulary.rend(), token);
    throw ValueError(
        str("Found reserved ", kind,
            " token at unexpected location in `vocabulary`. Note that passed `vocabulary` does not "
            "need to include the OOV and mask tokens. Either remove all mask and OOV tokens, or "
            "include them only at the start of the vocabulary in precisely this order: ",
            list_text(special_tokens()), ". Received: ", argument, "=", line_of(token),
            " at vocabulary index [", vocabulary.rend() - last - 1, "]"));
  };
  if (arguments_.mask_token && seen.contains(*arguments_.mask_token))
    refuse("mask", "mask_token", *arguments_.mask_token);
  if (arguments_.oov_token && arguments_.invert && seen.contains(*arguments_.oov_token))
    refuse("OOV", "oov_token", *arguments_.oov_token);
  const auto size = table_->token_start() + static_cast<std::int64_t>(tokens.size());
  if (arguments_.max_tokens && size > *arguments_.max_tokens)
    throw ValueError(
        str("Attempted to set a vocabulary larger than the maximum vocab size. "
            "Received vocabulary size is ",
            size, "; `max_tokens` is ", *arguments_.max_tokens, "."));
}

template <typename Token>
void IndexLookupImpl<Token>::set_vocabulary(const std::vector<Token>& vocabulary,
                                            const std::optional<std::vector<double>>& idf_weights) {
  const bool weighs = arguments_.output_mode == "tf_idf";
  if (weighs && !idf_weights)
    throw ValueError("`idf_weights` must be set if output_mode is 'tf_idf'.");
  if (!weighs && idf_weights)
    throw ValueError(
        str("`idf_weights` should only be set if output_mode is `'tf_idf'`. Received: "
            "output_mode=",
            arguments_.output_mode, " and idf_weights=", Config::list_of(*idf_weights)));
  if (vocabulary.empty())
    throw ValueError("Cannot set an empty vocabulary. Received: vocabulary=[]");
  if (weighs && vocabulary.size() != idf_weights->size())
    throw ValueError(
        str("`idf_weights` must be the same length as vocabulary. len(idf_weights) is ",
            idf_weights->size(), "; len(vocabulary) is ", vocabulary.size()));
  const std::vector<Token> special = special_tokens();
  const bool has_special = vocabulary.size() >= special.size() &&
                           std::equal(special.begin(), special.end(), vocabulary.begin());
  const std::size_t skipped = has_special ? special.size() : 0;
  check_tokens(vocabulary, skipped);
  table_->set_tokens({vocabulary.begin() + static_cast<std::ptrdiff_t>(skipped), vocabulary.end()});
  record_vocabulary_size();
  if (weighs) set_idf_weights(*idf_weights, has_special ? 0 : special.size());
}

template <typename Token>
std::vector<Token> IndexLookupImpl<Token>::get_vocabulary(bool include_special_tokens) const {
  std::vector<Token> out = include_special_tokens ? special_tokens() : std::vector<Token>();
  out.insert(out.end(), table_->tokens.begin(), table_->tokens.end());
  return out;
}

template <typename Token>
Config IndexLookupImpl<Token>::get_config() const {
  const auto& a = arguments_;
  Config config = LayerImpl::get_config();
  config.set("invert", a.invert);
  config.set("max_tokens", optional_config(a.max_tokens));
  config.set("num_oov_indices", a.num_oov_indices);
  config.set("oov_token", optional_config(a.oov_token));
  config.set("mask_token", optional_config(a.mask_token));
  config.set("output_mode", a.output_mode);
  config.set("sparse", a.sparse);
  config.set("pad_to_max_tokens", a.pad_to_max_tokens);
  if (!std::is_same_v<Token, std::string>) config.set("vocabulary_dtype", "int64");
  config.set("idf_weights", a.idf_weights ? Config::list_of(*a.idf_weights) : Config());
  config.set("vocabulary", a.vocabulary ? Config::list_of(*a.vocabulary) : Config());
  config.set("vocabulary_size", optional_config(frozen_size_));
  config.set("oov_method", a.oov_method);
  config.set("salt", salt_to_config(a.salt));
  return config;
}

template <typename Token>
std::map<std::string, std::string> IndexLookupImpl<Token>::assets() const {
  // A vocabulary that was given is part of the config.
  if (has_input_vocabulary_) return {};
  std::vector<std::string> lines;
  for (const auto& token : get_vocabulary(true)) lines.push_back(line_of(token));
  return {{kVocabularyFile, join(lines, "\n")}};
}

template <typename Token>
void IndexLookupImpl<Token>::load_asset(const std::string& name, const std::string& text) {
  if (name != kVocabularyFile || has_input_vocabulary_) return;
  std::vector<Token> vocabulary;
  const auto expected =
      static_cast<std::size_t>(std::max<std::int64_t>(0, frozen_size_.value_or(0)));
  for (const auto& line : lines_of(text, expected)) vocabulary.push_back(token_of<Token>(line));
  // A layer that was saved before it had a vocabulary has only the special ones.
  if (vocabulary.size() <= special_tokens().size()) return;
  std::optional<std::vector<double>> weights;
  if (arguments_.output_mode == "tf_idf" && idf_weights_.defined()) {
    weights = idf_weights_.template to_vector<double>();
    weights->resize(std::min(weights->size(), vocabulary.size()));
  }
  set_vocabulary(vocabulary, weights);
}

template <typename Token>
std::map<std::string, Tensor> IndexLookupImpl<Token>::own_arrays() const {
  if (arguments_.output_mode != "tf_idf" || !idf_weights_.defined()) return {};
  return {{"idf_weights", idf_weights_}};
}

template <typename Token>
void IndexLookupImpl<Token>::load_own_array(const std::string& name, const Tensor& value) {
  if (name == "idf_weights" && arguments_.output_mode == "tf_idf") idf_weights_ = value.eval();
}

template <typename Token>
Config IndexLookupImpl<Token>::state_as_arguments() const {
  Config out = Config::dict();
  if (has_input_vocabulary_ || table_->tokens.empty()) return out;
  out.set("vocabulary", Config::list_of(table_->tokens));
  if (arguments_.output_mode == "tf_idf" && idf_weights_.defined()) {
    const auto weights = idf_weights_.template to_vector<double>();
    const auto first = weights.begin() + static_cast<std::ptrdiff_t>(table_->token_start());
    const auto count = static_cast<std::ptrdiff_t>(table_->tokens.size());
    out.set("idf_weights", Config::list_of(std::vector<double>(first, first + count)));
  }
  return out;
}

template class IndexLookupImpl<std::string>;
template class IndexLookupImpl<std::int64_t>;

}  // namespace keras::layers
