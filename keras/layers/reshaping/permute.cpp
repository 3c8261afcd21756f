#include "keras/layers/reshaping/permute.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class PermuteImpl final : public LayerImpl {
 public:
  PermuteImpl(std::vector<int> dims, PermuteOptions options)
      : LayerImpl({"Permute", options.name, options.trainable, options.dtype}),
        dims_(std::move(dims)) {
    std::vector<int> sorted = dims_;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != static_cast<int>(i) + 1)
        throw ValueError(
            str("Invalid permutation argument `dims` for Permute Layer. The set of indices in "
                "`dims` must be consecutive and start from 1. Received dims=",
                Config::list_of(dims_)));
    input_spec_ = {{.ndim = static_cast<int>(dims_.size()) + 1}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    std::vector<int> axes = dims_;
    axes.insert(axes.begin(), 0);
    return ops::transpose(x, {.axes = axes});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("dims", Config::list_of(dims_));
    return config;
  }

 private:
  std::vector<int> dims_;
};

}  // namespace

Permute::Permute(std::vector<int> dims, PermuteOptions options)
    : Layer(std::make_shared<PermuteImpl>(std::move(dims), std::move(options))) {}

Permute Permute::from_config(const Config& config) {
  ConfigReader reader("Permute", config);
  std::vector<int> dims;
  for (const auto& dim : reader.require("dims").as_list())
    dims.push_back(static_cast<int>(dim.as_int()));
  PermuteOptions options;
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return Permute(std::move(dims), std::move(options));
}

}  // namespace keras::layers
