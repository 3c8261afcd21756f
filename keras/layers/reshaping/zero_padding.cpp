#include "keras/layers/reshaping/zero_padding.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class ZeroPaddingImpl final : public LayerImpl {
 public:
  ZeroPaddingImpl(int rank, const SpatialSides& padding, ZeroPaddingOptions options)
      : LayerImpl({str("ZeroPadding", rank, "D"), options.name, options.trainable, options.dtype}),
        padding_(padding.for_axes(rank, "padding")),
        data_format_(ops::standardize_data_format(options.data_format)) {
    input_spec_ = {{.ndim = rank + 2}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    std::vector<SpatialSides::Pair> all = padding_;
    all.insert(data_format_ == "channels_first" ? all.begin() : all.end(), {0, 0});
    all.insert(all.begin(), {0, 0});
    return ops::pad(x, all);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("padding", sides_to_config(padding_));
    config.set("data_format", data_format_);
    return config;
  }

 private:
  std::vector<SpatialSides::Pair> padding_;
  std::string data_format_;
};

std::shared_ptr<LayerImpl> make(int rank, const SpatialSides& padding, ZeroPaddingOptions options) {
  return std::make_shared<ZeroPaddingImpl>(rank, padding, std::move(options));
}

template <typename PaddingClass>
PaddingClass read(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const Config& given = reader.get("padding");
  const SpatialSides padding = given.is_null() ? 1 : SpatialSides::from_config(given);
  ZeroPaddingOptions options;
  options.data_format = reader.get("data_format", "");
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return PaddingClass(padding, std::move(options));
}

}  // namespace

ZeroPadding1D::ZeroPadding1D(SpatialSides padding, ZeroPaddingOptions options)
    : Layer(make(1, padding, std::move(options))) {}
ZeroPadding2D::ZeroPadding2D(SpatialSides padding, ZeroPaddingOptions options)
    : Layer(make(2, padding, std::move(options))) {}
ZeroPadding3D::ZeroPadding3D(SpatialSides padding, ZeroPaddingOptions options)
    : Layer(make(3, padding, std::move(options))) {}

ZeroPadding1D ZeroPadding1D::from_config(const Config& config) {
  return read<ZeroPadding1D>("ZeroPadding1D", config);
}
ZeroPadding2D ZeroPadding2D::from_config(const Config& config) {
  return read<ZeroPadding2D>("ZeroPadding2D", config);
}
ZeroPadding3D ZeroPadding3D::from_config(const Config& config) {
  return read<ZeroPadding3D>("ZeroPadding3D", config);
}

}  // namespace keras::layers
