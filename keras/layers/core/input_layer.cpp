#include "keras/layers/core/input_layer.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"

namespace keras {
namespace layers {
namespace {

class InputLayerImpl final : public LayerImpl {
 public:
  InputLayerImpl(TensorSpec spec, const std::string& name)
      : LayerImpl({"InputLayer", name}), spec_(std::move(spec)) {
    ensure_built({spec_.shape});
  }

  Tensor call(const Tensor& x, const CallContext&) override { return x; }

  Config get_config() const override {
    return {{"batch_shape", shape_to_config(spec_.shape)},
            {"dtype", dtype_name(spec_.dtype)},
            {"sparse", false},
            {"ragged", false},
            {"name", name()},
            {"optional", false}};
  }
  Config get_build_config() const override { return nullptr; }

  const TensorSpec& spec() const { return spec_; }

  /// Always of the same node while that lives: it is how models know their inputs. The node holds
  /// the layer; the layer only knows the node, or both would live forever.
  Tensor tensor() {
    auto node = node_.lock();
    if (!node) {
      node = std::make_shared<OperationNode>();
      node->operation = shared_from_this();
      node->arguments = {{"args", Config::list()}, {"kwargs", Config::dict()}};
      node->output_specs = {spec_};
      node_ = node;
    }
    return record_outputs(std::move(node))[0];
  }

 private:
  TensorSpec spec_;
  std::weak_ptr<OperationNode> node_;
};

InputLayerImpl& impl_of(const Layer& layer) { return static_cast<InputLayerImpl&>(*layer.impl()); }

}  // namespace

InputLayer::InputLayer(const Shape& batch_shape, DType dtype, const std::string& name)
    : Layer(std::make_shared<InputLayerImpl>(TensorSpec{batch_shape, dtype}, name)) {}

InputLayer InputLayer::from_config(const Config& config) {
  ConfigReader reader("InputLayer", config);
  const Config* shape = &reader.get("batch_shape");
  if (shape->is_null()) shape = &reader.require("batch_input_shape");
  const Config& dtype = config.at("dtype");
  reader.expect("sparse", false);
  reader.expect("ragged", false);
  reader.expect("optional", false);
  reader.finish();
  return InputLayer(shape_from_config(*shape),
                    dtype.is_string() ? dtype_from_name(dtype.as_string())
                                      : DTypePolicy::deserialize(dtype).compute_dtype(),
                    reader.name());
}

Tensor InputLayer::tensor() const { return impl_of(*this).tensor(); }
const TensorSpec& InputLayer::spec() const { return impl_of(*this).spec(); }

bool is_input_layer(const Layer& layer) {
  return dynamic_cast<const InputLayerImpl*>(layer.impl().get()) != nullptr;
}
const TensorSpec& input_layer_spec(const Layer& layer) { return impl_of(layer).spec(); }
Tensor input_layer_tensor(const Layer& layer) { return impl_of(layer).tensor(); }

}  // namespace layers

Tensor Input(const Shape& shape, InputOptions options) {
  Shape batch_shape = shape;
  for (const auto dim : shape)
    if (dim < kUnknown || dim == 0)
      throw ValueError(str("Cannot convert '", shape, "' to a shape. Found invalid entry '", dim,
                           "'. Use positive sizes, or kUnknown for an axis that stays open."));
  batch_shape.insert(0, options.batch_size.value_or(kUnknown));
  const DType dtype =
      options.dtype.empty() ? DTypePolicy().compute_dtype() : dtype_from_name(options.dtype);
  return layers::InputLayer(batch_shape, dtype, options.name).tensor();
}

}  // namespace keras
