#include "keras/layers/preprocessing/lookup_table.h"

#include <type_traits>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"
#include "keras/utils/string_hash.h"

namespace keras::layers {
namespace {

const std::string& text_of(const std::string& token) { return token; }
std::string text_of(std::int64_t token) { return std::to_string(token); }

/// The tensor's elements one after the other, as tokens.
class StringElements {
 public:
  explicit StringElements(const void* data) : keys_(static_cast<const std::uint64_t*>(data)) {}
  const std::string& operator[](std::int64_t i) { return read_(keys_[i]); }

 private:
  const std::uint64_t* keys_;
  engine::StringReader read_;
};

template <typename Token>
constexpr DType token_dtype() {
  return std::is_same_v<Token, std::string> ? kString : DType::kInt64;
}

void check_dtype(const std::string& where, DType dtype, DType wanted) {
  if (dtype != wanted)
    throw DtypeError(
        str(where, " needs a tensor of dtype ", wanted, ", received one of dtype ", dtype, "."),
        wanted == kString ? "make it with string_tensor({...}), or give Input the dtype \"string\"."
                          : "cast it.");
}

template <typename Token>
class Lookup final : public ops::HostFunction {
 public:
  Lookup(std::shared_ptr<const LookupTable<Token>> table, std::string where)
      : table_(std::move(table)), where_(std::move(where)) {}

  TensorSpec infer(const TensorSpec& input) const override {
    check_dtype(where_, input.dtype, token_dtype<Token>());
    return {input.shape, DType::kInt64};
  }

  void run(const TensorSpec& input, const void* from, const TensorSpec&, void* to) const override {
    if (table_->tokens.empty())
      throw ValueError(str(where_, ": Table not initialized: there is no vocabulary."),
                       "give `vocabulary`, or call adapt() or set_vocabulary() first.");
    auto* out = static_cast<std::int64_t*>(to);
    using Elements =
        std::conditional_t<std::is_same_v<Token, std::string>, StringElements, const std::int64_t*>;
    auto elements = Elements(static_cast<const std::int64_t*>(from));
    for (std::int64_t i = 0; i < input.shape.size(); ++i) out[i] = table_->index_of(elements[i]);
  }

 private:
  std::shared_ptr<const LookupTable<Token>> table_;
  std::string where_;
};

std::uint64_t element_of(const std::string& token) { return engine::key_of_lasting_string(token); }
std::uint64_t element_of(std::int64_t token) { return static_cast<std::uint64_t>(token); }

template <typename Token>
class InverseLookup final : public ops::HostFunction {
 public:
  InverseLookup(std::shared_ptr<const LookupTable<Token>> table, std::string where)
      : table_(std::move(table)), where_(std::move(where)) {}

  TensorSpec infer(const TensorSpec& input) const override {
    check_dtype(where_, input.dtype, DType::kInt64);
    return {input.shape, token_dtype<Token>()};
  }

  void run(const TensorSpec& input, const void* from, const TensorSpec&, void* to) const override {
    const auto* indices = static_cast<const std::int64_t*>(from);
    auto* out = static_cast<std::uint64_t*>(to);
    for (std::int64_t i = 0; i < input.shape.size(); ++i)
      out[i] = element_of(table_->token_at(indices[i]));
  }

 private:
  std::shared_ptr<const LookupTable<Token>> table_;
  std::string where_;
};

}  // namespace

template <typename Token>
void LookupTable<Token>::set_tokens(std::vector<Token> values) {
  tokens = std::move(values);
  indices.clear();
  indices.reserve(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i)
    indices.emplace(tokens[i], token_start() + static_cast<std::int64_t>(i));
}

template <typename Token>
std::int64_t LookupTable<Token>::index_of(const Token& token) const {
  if (mask_token && token == *mask_token) return has_mask_index ? 0 : -1;
  if (const auto found = indices.find(token); found != indices.end()) return found->second;
  return oov_start() + oov_bucket(token);
}

template <typename Token>
std::int64_t LookupTable<Token>::oov_bucket(const Token& token) const {
  if (num_oov_indices == 1) return 0;
  if (num_oov_indices == 0)
    throw ValueError(
        str("When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values [",
            text_of(token), "], consider setting `num_oov_indices=1`."));
  if constexpr (std::is_same_v<Token, std::int64_t>) {
    if (!uses_farmhash) {
      const std::int64_t rest = token % num_oov_indices;
      return rest < 0 ? rest + num_oov_indices : rest;
    }
  }
  const std::string text = text_of(token);
  const std::uint64_t hash = salt ? utils::sip_hash64(text, *salt) : utils::fingerprint64(text);
  return static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(num_oov_indices));
}

template <typename Token>
const Token& LookupTable<Token>::token_at(std::int64_t index) const {
  if (index == 0 && mask_token) return *mask_token;
  if (index >= token_start() && index < size())
    return tokens[static_cast<std::size_t>(index - token_start())];
  if (!oov_token)
    throw ValueError(str("There is no token for index ", index, ", and `oov_token` is not set."));
  return *oov_token;
}

template <typename Token>
std::shared_ptr<const ops::HostFunction> make_lookup(
    std::shared_ptr<const LookupTable<Token>> table, bool invert, const std::string& where) {
  if (invert) return std::make_shared<InverseLookup<Token>>(std::move(table), where);
  return std::make_shared<Lookup<Token>>(std::move(table), where);
}

template struct LookupTable<std::string>;
template struct LookupTable<std::int64_t>;
template std::shared_ptr<const ops::HostFunction> make_lookup(
    std::shared_ptr<const LookupTable<std::string>>, bool, const std::string&);
template std::shared_ptr<const ops::HostFunction> make_lookup(
    std::shared_ptr<const LookupTable<std::int64_t>>, bool, const std::string&);

}  // namespace keras::layers
