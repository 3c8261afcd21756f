#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keras/layers/asset_holder.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/adapt_data.h"
#include "keras/layers/preprocessing/lookup_table.h"

namespace keras::layers {

/// The arguments that StringLookup and IntegerLookup share.
template <typename Token>
struct LookupArguments {
  LayerBase base;
  std::optional<std::int64_t> max_tokens;
  std::int64_t num_oov_indices = 1;
  std::optional<Token> mask_token;
  std::optional<Token> oov_token;
  std::optional<std::vector<Token>> vocabulary;
  std::optional<std::vector<double>> idf_weights;
  bool invert = false;
  std::string output_mode = "int";
  bool sparse = false;
  bool pad_to_max_tokens = false;
  std::string oov_method = "floormod";
  std::optional<std::array<std::uint64_t, 2>> salt;
  /// As a file says it.
  std::optional<std::int64_t> vocabulary_size;
};

/// What StringLookup and IntegerLookup are, and TextVectorization has inside (Keras's IndexLookup).
template <typename Token>
class IndexLookupImpl : public LayerImpl, public AssetHolder {
 public:
  using Rows = std::vector<std::vector<Token>>;

  explicit IndexLookupImpl(LookupArguments<Token> arguments);

  Tensor call(const Tensor& x, const CallContext& context) override;
  Config get_config() const override;
  Config get_build_config() const override { return Config::dict(); }

  void adapt(const AdaptData& data, std::optional<std::int64_t> steps);
  /// The steps of `adapt`: each row is a document.
  void reset_state();
  void update_state(const Rows& rows);
  void finalize_state();

  void set_vocabulary(const std::vector<Token>& vocabulary,
                      const std::optional<std::vector<double>>& idf_weights);
  std::vector<Token> get_vocabulary(bool include_special_tokens) const;
  std::int64_t vocabulary_size() const { return table_->size(); }

  /// Vectors in the output mode from what `index_of` gives.
  Tensor encode(const Tensor& indices) const;
  /// Counts of tokens times their weights, for "tf_idf".
  Tensor weighted(const Tensor& counts) const;
  /// The length of the vectors. Throws ValueError where it is not known yet.
  std::int64_t depth() const;
  const std::shared_ptr<LookupTable<Token>>& table() const { return table_; }
  const LookupArguments<Token>& arguments() const { return arguments_; }
  const Tensor& idf_weights() const { return idf_weights_; }

  std::map<std::string, std::string> assets() const override;
  void load_asset(const std::string& name, const std::string& text) override;
  std::map<std::string, Tensor> own_arrays() const override;
  void load_own_array(const std::string& name, const Tensor& value) override;
  Config state_as_arguments() const override;

 private:
  void check_arguments() const;
  /// Of a vocabulary whose first `skipped` tokens are the special ones.
  void check_tokens(const std::vector<Token>& vocabulary, std::size_t skipped) const;
  void record_vocabulary_size();
  void set_idf_weights(std::vector<double> weights, std::size_t front);
  std::vector<Token> special_tokens() const;
  bool has_fixed_depth() const {
    return arguments_.output_mode == "int" || arguments_.pad_to_max_tokens;
  }

  LookupArguments<Token> arguments_;
  bool has_input_vocabulary_;
  std::optional<std::int64_t> frozen_size_;
  std::shared_ptr<LookupTable<Token>> table_;
  std::shared_ptr<const ops::HostFunction> lookup_;
  Tensor idf_weights_;
  std::map<Token, std::int64_t> token_counts_;
  std::map<Token, std::int64_t> document_counts_;
  std::int64_t num_documents_ = 0;
};

extern template class IndexLookupImpl<std::string>;
extern template class IndexLookupImpl<std::int64_t>;

/// A config's `salt`: a number or a pair of them.
std::optional<std::array<std::uint64_t, 2>> salt_from_config(const std::string& class_name,
                                                             const Config& config);
Config salt_to_config(const std::optional<std::array<std::uint64_t, 2>>& salt);
/// "binary" and "tf-idf" are older names. Throws ValueError for an unknown mode.
std::string checked_output_mode(const std::string& class_name, const std::string& output_mode);

}  // namespace keras::layers
