#include "keras/layers/preprocessing/category_encoding.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/categorical_inputs.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class CategoryEncodingImpl final : public LayerImpl {
 public:
  CategoryEncodingImpl(int num_tokens, const CategoryEncodingOptions& options)
      : LayerImpl({"CategoryEncoding", options.name, options.trainable, options.dtype}),
        num_tokens_(num_tokens),
        output_mode_(options.output_mode == "binary" ? "multi_hot" : options.output_mode) {
    if (output_mode_ != "count" && output_mode_ != "one_hot" && output_mode_ != "multi_hot")
      throw ValueError(str("Unknown arg for output_mode: ", output_mode_));
    if (num_tokens < 1)
      throw ValueError(str("`num_tokens` must be >= 1. Received: num_tokens=", num_tokens, "."));
    if (options.sparse)
      throw ValueError(
          "CategoryEncoding: `sparse=True` is not supported; the outputs are dense tensors.");
    // Class numbers that come as floats would be rounded in half precision.
    autocast_ = false;
  }

  std::vector<std::string> call_parameters() const override { return {"inputs", "count_weights"}; }

  Tensors call_arguments(const CallArguments& call, const CallContext&) override {
    Tensor weights = call.tensor("count_weights");
    if (weights.defined()) {
      if (output_mode_ != "count")
        throw ValueError(
            str("`count_weights` is not used when `output_mode` is not `'count'`. Received "
                "`output_mode='",
                output_mode_, "'`."));
      weights = ops::cast(weights, compute_dtype());
    }
    return {encode_categorical_inputs(call.inputs().at(0), output_mode_, num_tokens_,
                                      compute_dtype(), weights)};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("num_tokens", num_tokens_);
    config.set("output_mode", output_mode_);
    return config;
  }

 private:
  int num_tokens_;
  std::string output_mode_;
};

}  // namespace

CategoryEncoding::CategoryEncoding(int num_tokens, CategoryEncodingOptions options)
    : Layer(std::make_shared<CategoryEncodingImpl>(num_tokens, options)) {}

Tensor CategoryEncoding::operator()(const Tensor& inputs, const Tensor& count_weights) const {
  const auto reference = [](int i) { return Config{{"tensor", i}}; };
  const Config arguments{{"args", Config::list({reference(0)})},
                         {"kwargs", Config{{"count_weights", reference(1)}}}};
  return impl_->invoke_recorded({inputs, count_weights}, arguments)[0];
}

CategoryEncoding CategoryEncoding::from_config(const Config& config) {
  ConfigReader reader("CategoryEncoding", config);
  if (reader.get("num_tokens").is_null())
    throw ValueError(
        "num_tokens must be set to use this layer. If the number of tokens is not known "
        "beforehand, use the IntegerLookup layer instead.");
  CategoryEncodingOptions options;
  options.output_mode = reader.get("output_mode", "multi_hot");
  options.sparse = reader.get("sparse", false);
  return CategoryEncoding(reader.require_int("num_tokens"),
                          finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
