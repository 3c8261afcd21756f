#include "keras/layers/reshaping/cropping.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class CroppingImpl final : public LayerImpl {
 public:
  CroppingImpl(int rank, const SpatialSides& cropping, CroppingOptions options)
      : LayerImpl({str("Cropping", rank, "D"), options.name, options.trainable, options.dtype}),
        cropping_(cropping.for_axes(rank, "cropping")),
        data_format_(ops::standardize_data_format(options.data_format)) {
    input_spec_ = {{.ndim = rank + 2}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    Tensor y = x;
    int axis = data_format_ == "channels_first" ? 2 : 1;
    for (const auto& [before, after] : cropping_) {
      const std::int64_t size = x.shape()[axis];
      if (size != kUnknown && before + after >= size)
        throw ValueError(
            str("Values in `cropping` argument should be smaller than the corresponding spatial "
                "dimension of the input. Received: inputs.shape=",
                x.shape(), ", cropping=", sides_to_config(cropping_)));
      if (before + after > 0) y = ops::slice_axis(y, axis, before, size - after);
      ++axis;
    }
    return y;
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("cropping", sides_to_config(cropping_));
    // Keras's Cropping1D has no data_format.
    if (cropping_.size() > 1) config.set("data_format", data_format_);
    return config;
  }

 private:
  std::vector<SpatialSides::Pair> cropping_;
  std::string data_format_;
};

std::shared_ptr<LayerImpl> make(int rank, const SpatialSides& cropping, CroppingOptions options) {
  return std::make_shared<CroppingImpl>(rank, cropping, std::move(options));
}

template <typename CroppingClass, typename Options>
CroppingClass read(const char* class_name, const Config& config, int fallback) {
  ConfigReader reader(class_name, config);
  const Config& given = reader.get("cropping");
  const SpatialSides cropping = given.is_null() ? fallback : SpatialSides::from_config(given);
  Options options;
  if constexpr (requires { options.data_format; })
    options.data_format = reader.get("data_format", "");
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return CroppingClass(cropping, std::move(options));
}

}  // namespace

Cropping1D::Cropping1D(SpatialSides cropping, Cropping1DOptions options)
    : Layer(make(1, cropping,
                 {.name = options.name, .trainable = options.trainable, .dtype = options.dtype})) {}
Cropping2D::Cropping2D(SpatialSides cropping, CroppingOptions options)
    : Layer(make(2, cropping, std::move(options))) {}
Cropping3D::Cropping3D(SpatialSides cropping, CroppingOptions options)
    : Layer(make(3, cropping, std::move(options))) {}

Cropping1D Cropping1D::from_config(const Config& config) {
  return read<Cropping1D, Cropping1DOptions>("Cropping1D", config, 1);
}
Cropping2D Cropping2D::from_config(const Config& config) {
  return read<Cropping2D, CroppingOptions>("Cropping2D", config, 0);
}
Cropping3D Cropping3D::from_config(const Config& config) {
  return read<Cropping3D, CroppingOptions>("Cropping3D", config, 1);
}

}  // namespace keras::layers
