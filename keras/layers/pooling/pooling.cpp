#include "keras/layers/pooling/pooling.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

enum class Kind { kMax, kAverage };

std::string class_name_of(Kind kind, int rank, const char* prefix) {
  return str(prefix, kind == Kind::kMax ? "Max" : "Average", "Pooling", rank, "D");
}

class PoolingImpl final : public LayerImpl {
 public:
  PoolingImpl(Kind kind, int rank, const ops::SpatialSizes& pool_size, PoolingOptions options)
      : LayerImpl({class_name_of(kind, rank, ""), options.name, options.trainable, options.dtype}),
        kind_(kind),
        pool_size_(pool_size.for_axes(rank, "pool_size")),
        strides_(options.strides.given() ? options.strides.for_axes(rank, "strides") : pool_size_),
        padding_(ops::standardize_padding(options.padding)),
        data_format_(ops::standardize_data_format(options.data_format)) {
    input_spec_ = {{.ndim = rank + 2}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    const ops::PoolOptions options{
        .strides = strides_, .padding = padding_, .data_format = data_format_};
    return kind_ == Kind::kMax ? ops::max_pool(x, pool_size_, options)
                               : ops::average_pool(x, pool_size_, options);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("pool_size", Config::list_of(pool_size_));
    config.set("padding", padding_);
    config.set("strides", Config::list_of(strides_));
    config.set("data_format", data_format_);
    return config;
  }

 private:
  Kind kind_;
  std::vector<std::int64_t> pool_size_;
  std::vector<std::int64_t> strides_;
  std::string padding_;
  std::string data_format_;
};

class GlobalPoolingImpl final : public LayerImpl {
 public:
  GlobalPoolingImpl(Kind kind, int rank, const GlobalPoolingOptions& options)
      : LayerImpl(
            {class_name_of(kind, rank, "Global"), options.name, options.trainable, options.dtype}),
        kind_(kind),
        rank_(rank),
        data_format_(ops::standardize_data_format(options.data_format)),
        keepdims_(options.keepdims) {
    input_spec_ = {{.ndim = rank + 2}};
    supports_masking_ = kind == Kind::kAverage && rank == 1;
  }

  std::vector<std::string> call_parameters() const override {
    if (supports_masking_) return {"inputs", "mask"};
    return {"inputs"};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    std::vector<int> axes;
    for (int i = 0; i < rank_; ++i)
      axes.push_back(data_format_ == "channels_first" ? i + 2 : i + 1);
    const ops::ReduceOptions options{.axis = axes, .keepdims = keepdims_};
    if (kind_ == Kind::kMax) return ops::max(x, {.axis = axes, .keepdims = keepdims_});
    if (!x.mask() || !supports_masking_) return ops::mean(x, options);
    // Steps that are masked out count for nothing.
    const int channels = data_format_ == "channels_first" ? 1 : 2;
    const Tensor counts = ops::expand_dims(ops::cast(*x.mask(), x.dtype()), {.axis = channels});
    return ops::sum(x * counts, options) / ops::sum(counts, options);
  }

  /// The time axis, which a mask speaks of, is gone.
  Tensor compute_mask(const Tensors&) const override { return {}; }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("data_format", data_format_);
    config.set("keepdims", keepdims_);
    return config;
  }

 private:
  Kind kind_;
  int rank_;
  std::string data_format_;
  bool keepdims_;
};

template <typename PoolClass>
PoolClass read(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const auto pool_size = ops::SpatialSizes::from_config(reader.require("pool_size"));
  PoolingOptions options;
  options.strides = ops::SpatialSizes::from_config(reader.get("strides"));
  options.padding = reader.get("padding", "valid");
  options.data_format = reader.get("data_format", "");
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return PoolClass(pool_size, std::move(options));
}

template <typename PoolClass>
PoolClass read_global(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  GlobalPoolingOptions options;
  options.data_format = reader.get("data_format", "");
  options.keepdims = reader.get("keepdims", false);
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return PoolClass(std::move(options));
}

}  // namespace

#define KERAS_POOLING(name, kind, rank)                                                    \
  name::name(ops::SpatialSizes pool_size, PoolingOptions options)                          \
      : Layer(std::make_shared<PoolingImpl>(kind, rank, pool_size, std::move(options))) {} \
  name name::from_config(const Config& config) { return read<name>(#name, config); }
KERAS_POOLING(MaxPooling1D, Kind::kMax, 1)
KERAS_POOLING(MaxPooling2D, Kind::kMax, 2)
KERAS_POOLING(MaxPooling3D, Kind::kMax, 3)
KERAS_POOLING(AveragePooling1D, Kind::kAverage, 1)
KERAS_POOLING(AveragePooling2D, Kind::kAverage, 2)
KERAS_POOLING(AveragePooling3D, Kind::kAverage, 3)
#undef KERAS_POOLING

#define KERAS_GLOBAL_POOLING(name, kind, rank)                             \
  name::name(GlobalPoolingOptions options)                                 \
      : Layer(std::make_shared<GlobalPoolingImpl>(kind, rank, options)) {} \
  name name::from_config(const Config& config) { return read_global<name>(#name, config); }
KERAS_GLOBAL_POOLING(GlobalMaxPooling1D, Kind::kMax, 1)
KERAS_GLOBAL_POOLING(GlobalMaxPooling2D, Kind::kMax, 2)
KERAS_GLOBAL_POOLING(GlobalMaxPooling3D, Kind::kMax, 3)
KERAS_GLOBAL_POOLING(GlobalAveragePooling1D, Kind::kAverage, 1)
KERAS_GLOBAL_POOLING(GlobalAveragePooling2D, Kind::kAverage, 2)
KERAS_GLOBAL_POOLING(GlobalAveragePooling3D, Kind::kAverage, 3)
#undef KERAS_GLOBAL_POOLING

}  // namespace keras::layers
