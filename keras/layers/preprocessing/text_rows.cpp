#include "keras/layers/preprocessing/text_rows.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"

namespace keras::layers {
namespace {

class TextRowsFunction final : public ops::HostFunction {
 public:
  explicit TextRowsFunction(TextRows rows) : rows_(std::move(rows)) {}

  TensorSpec infer(const TensorSpec& input) const override {
    if (input.dtype != kString)
      throw DtypeError(
          str("TextVectorization needs a string tensor, received one of dtype ", input.dtype, "."),
          "make it with string_tensor({...}), or give Input the dtype \"string\".");
    Shape shape = input.shape;
    shape.push_back(rows_.length);
    return {shape, DType::kInt64};
  }

  void run(const TensorSpec& input, const void* from, const TensorSpec&, void* to) const override {
    if (rows_.table->tokens.empty())
      throw ValueError("TextVectorization: Table not initialized: there is no vocabulary.",
                       "give `vocabulary`, or call adapt() or set_vocabulary() first.");
    const auto* keys = static_cast<const std::uint64_t*>(from);
    auto* out = static_cast<std::int64_t*>(to);
    std::fill_n(out, input.shape.size() * rows_.length, std::int64_t{0});
    engine::StringReader read;
    for (std::int64_t i = 0; i < input.shape.size(); ++i)
      fill(rows_.rules.tokens_of(read(keys[i])), out + i * rows_.length);
  }

 private:
  void fill(const std::vector<std::string>& tokens, std::int64_t* row) const {
    const auto count = static_cast<std::int64_t>(tokens.size());
    if (rows_.whole && count > rows_.length)
      throw ValueError(
          "TextVectorization: the length of the outputs depends on the texts, which fit(), "
          "evaluate() and predict() do not allow.",
          "set `output_sequence_length`.");
    const bool counts = rows_.mode != TextRows::Mode::kIndices;
    for (std::int64_t i = 0; i < (counts ? count : std::min(count, rows_.length)); ++i) {
      const std::int64_t index = rows_.table->index_of(tokens[static_cast<std::size_t>(i)]);
      if (!counts) {
        row[i] = index;
      } else if (index >= 0 && index < rows_.length) {
        row[index] = rows_.mode == TextRows::Mode::kCounts ? row[index] + 1 : 1;
      }
    }
  }

  TextRows rows_;
};

}  // namespace

std::shared_ptr<const ops::HostFunction> make_text_rows(TextRows rows) {
  return std::make_shared<TextRowsFunction>(std::move(rows));
}

std::int64_t longest_text(const Tensor& texts, const TokenRules& rules) {
  std::size_t longest = 0;
  for (const auto& text : to_strings(texts))
    longest = std::max(longest, rules.tokens_of(text).size());
  return static_cast<std::int64_t>(longest);
}

}  // namespace keras::layers
