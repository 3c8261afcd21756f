#include "keras/layers/pooling/adaptive_pooling.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/layers/base_options.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"

namespace keras::layers {
namespace {

using AdaptivePool = Tensor (*)(const Tensor& inputs, ops::SpatialSizes output_size,
                                ops::AdaptivePoolOptions options);

class AdaptivePoolingImpl final : public LayerImpl {
 public:
  AdaptivePoolingImpl(const char* class_name, AdaptivePool pool, int rank,
                      const ops::SpatialSizes& output_size, const AdaptivePoolingOptions& options)
      : LayerImpl({class_name, options.name, options.trainable, options.dtype}),
        pool_(pool),
        output_size_(output_size.for_axes(rank, "output_size")),
        data_format_(ops::standardize_data_format(options.data_format)) {
    input_spec_ = {{.ndim = rank + 2}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return pool_(x, output_size_, {.data_format = data_format_});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("output_size", Config::list_of(output_size_));
    config.set("data_format", data_format_);
    return config;
  }

 private:
  AdaptivePool pool_;
  std::vector<std::int64_t> output_size_;
  std::string data_format_;
};

template <typename PoolClass>
PoolClass read(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const auto output_size = ops::SpatialSizes::from_config(reader.require("output_size"));
  AdaptivePoolingOptions options;
  options.data_format = reader.get("data_format", "");
  return PoolClass(output_size, finish_options(reader, std::move(options)));
}

}  // namespace

#define KERAS_ADAPTIVE_POOLING(name, pool, rank)                                                 \
  name::name(ops::SpatialSizes output_size, AdaptivePoolingOptions options)                      \
      : Layer(std::make_shared<AdaptivePoolingImpl>(#name, pool, rank, output_size, options)) {} \
  name name::from_config(const Config& config) { return read<name>(#name, config); }
KERAS_ADAPTIVE_POOLING(AdaptiveMaxPooling1D, ops::adaptive_max_pool, 1)
KERAS_ADAPTIVE_POOLING(AdaptiveMaxPooling2D, ops::adaptive_max_pool, 2)
KERAS_ADAPTIVE_POOLING(AdaptiveMaxPooling3D, ops::adaptive_max_pool, 3)
KERAS_ADAPTIVE_POOLING(AdaptiveAveragePooling1D, ops::adaptive_average_pool, 1)
KERAS_ADAPTIVE_POOLING(AdaptiveAveragePooling2D, ops::adaptive_average_pool, 2)
KERAS_ADAPTIVE_POOLING(AdaptiveAveragePooling3D, ops::adaptive_average_pool, 3)
#undef KERAS_ADAPTIVE_POOLING

}  // namespace keras::layers
