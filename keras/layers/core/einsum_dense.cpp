#include "keras/layers/core/einsum_dense.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/layers/base_options.h"
#include "keras/layers/core/einsum_quantization.h"
#include "keras/layers/core/einsum_weights.h"
#include "keras/layers/quantizable_layer.h"
#include "keras/layers/serialization.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// An initializer that scales with the fans is told which axes of the kernel are which.
initializers::Initializer with_fan_axes(const initializers::Initializer& given,
                                        const EinsumWeights& weights) {
  if (given.class_name() == "function") return given;
  Config config = given.get_config();
  const Config* input_axes = config.find("input_axes");
  if (!input_axes || (!input_axes->is_null() && !config.at("output_axes").is_null())) return given;
  config.set("input_axes", Config::list_of(weights.input_axes));
  config.set("output_axes", Config::list_of(weights.output_axes));
  Config serialized = given.serialize();
  serialized.set("config", config);
  return initializers::Initializer::deserialize(serialized);
}

class EinsumDenseImpl final : public QuantizableLayer {
 public:
  EinsumDenseImpl(std::string equation, Shape output_shape, EinsumDenseOptions options)
      : QuantizableLayer({"EinsumDense", options.name, options.trainable, options.dtype},
                         options.quantization_config),
        equation_(std::move(equation)),
        output_shape_(std::move(output_shape)),
        options_(std::move(options)) {
    activity_regularizer_ = options_.activity_regularizer;
  }

  void build(const Shapes& input_shapes) override {
    const EinsumWeights weights =
        einsum_weights(equation_, options_.bias_axes, input_shapes[0], output_shape_);
    input_spec_ = {{.ndim = input_shapes[0].rank()}};
    quantization_ = einsum_quantization(equation_, input_shapes[0].rank(), weights.kernel);
    add_kernel(quantization_.layout,
               {.initializer = with_fan_axes(options_.kernel_initializer, weights),
                .regularizer = options_.kernel_regularizer,
                .constraint = options_.kernel_constraint});
    if (weights.bias)
      bias_ = add_weight("bias", *weights.bias,
                         {.initializer = options_.bias_initializer,
                          .regularizer = options_.bias_regularizer,
                          .constraint = options_.bias_constraint});
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    Tensor y = kernel().quantized
                   ? kernel().quantized->product(x, quantization_.product, input_quantizer())
                   : ops::einsum(equation_, {x, computed(kernel().floats)});
    if (bias_.defined()) y = y + computed(bias_);
    return options_.activation(y);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("output_shape", shape_to_config(output_shape_));
    config.set("equation", equation_);
    config.set("activation", options_.activation.config());
    config.set("bias_axes", options_.bias_axes.empty() ? Config() : Config(options_.bias_axes));
    config.set("kernel_initializer", options_.kernel_initializer.serialize());
    config.set("bias_initializer", options_.bias_initializer.serialize());
    config.set("kernel_regularizer", options_.kernel_regularizer.serialize());
    config.set("bias_regularizer", options_.bias_regularizer.serialize());
    config.set("activity_regularizer", options_.activity_regularizer.serialize());
    config.set("kernel_constraint", options_.kernel_constraint.serialize());
    config.set("bias_constraint", options_.bias_constraint.serialize());
    config.set("quantization_config", quantization_config().serialize());
    return config;
  }

 private:
  std::string equation_;
  Shape output_shape_;
  EinsumDenseOptions options_;
  EinsumQuantization quantization_;
  Variable bias_;
};

}  // namespace

EinsumDense::EinsumDense(const std::string& equation, const Shape& output_shape,
                         EinsumDenseOptions options)
    : Layer(std::make_shared<EinsumDenseImpl>(equation, output_shape, std::move(options))) {}

EinsumDense EinsumDense::from_config(const Config& config) {
  ConfigReader reader("EinsumDense", config);
  const std::string equation = reader.require("equation").as_string();
  const Config& shape = reader.require("output_shape");
  EinsumDenseOptions options;
  options.activation = activation_from_config(reader.get("activation"));
  options.bias_axes = reader.get("bias_axes", "");
  options.kernel_initializer =
      initializers::Initializer::deserialize(reader.get("kernel_initializer"));
  options.bias_initializer = initializers::Initializer::deserialize(reader.get("bias_initializer"));
  options.kernel_regularizer =
      regularizers::Regularizer::deserialize(reader.get("kernel_regularizer"));
  options.bias_regularizer = regularizers::Regularizer::deserialize(reader.get("bias_regularizer"));
  options.activity_regularizer =
      regularizers::Regularizer::deserialize(reader.get("activity_regularizer"));
  options.kernel_constraint = constraints::Constraint::deserialize(reader.get("kernel_constraint"));
  options.bias_constraint = constraints::Constraint::deserialize(reader.get("bias_constraint"));
  options.quantization_config =
      quantizers::QuantizationConfig::deserialize(reader.get("quantization_config"));
  for (const char* key : {"lora_rank", "lora_alpha", "gptq_unpacked_column_size"})
    reader.expect(key, nullptr);
  return EinsumDense(equation, shape.is_list() ? shape_from_config(shape) : Shape{shape.as_int()},
                     finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
