#include "keras/layers/core/dense.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/low_rank_adaptation.h"
#include "keras/layers/quantizable_layer.h"
#include "keras/layers/serialization.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// The product of the last axis with a matrix.
KernelProduct last_axis_product() {
  return {.forward = [](const Tensor& x, const Tensor& kernel) { return ops::matmul(x, kernel); },
          .gradient =
              [](const Tensor& upstream, const Tensor& kernel) {
                return ops::matmul(upstream, ops::transpose(kernel));
              }};
}

class DenseImpl final : public QuantizableLayer, public LowRankAdaptation {
 public:
  DenseImpl(int units, DenseOptions options)
      : QuantizableLayer({"Dense", options.name, options.trainable, options.dtype},
                         options.quantization_config),
        units_(units),
        options_(std::move(options)) {
    if (units <= 0)
      throw ValueError(
          str("Received an invalid value for `units`, expected a positive integer. "
              "Received: units=",
              units));
    if (options_.lora_rank) check_rank(*options_.lora_rank);
    supports_masking_ = true;
    activity_regularizer_ = options_.activity_regularizer;
    input_spec_ = {{.min_ndim = 2}};
  }

  void build(const Shapes& input_shapes) override {
    const std::int64_t size = input_shapes[0][-1];
    if (size == kUnknown)
      throw ValueError(
          str("The last dimension of the inputs to a Dense layer should be defined. "
              "Found None. Full input shape received: ",
              input_shapes[0]));
    add_kernel(matrix_layout("kernel", {size, units_}, 0),
               {.initializer = options_.kernel_initializer,
                .regularizer = options_.kernel_regularizer,
                .constraint = options_.kernel_constraint});
    if (options_.use_bias)
      bias_ = add_weight("bias", {units_},
                         {.initializer = options_.bias_initializer,
                          .regularizer = options_.bias_regularizer,
                          .constraint = options_.bias_constraint});
    input_spec_ = {{.min_ndim = 2, .axes = {{-1, size}}}};
    if (options_.lora_rank) enable_lora(*options_.lora_rank, {});
  }

  void enable_lora(int rank, const EnableLoraOptions& lora) {
    check_rank(rank);
    if (!has_kernel())
      throw NotBuiltError("Cannot enable lora on a layer that isn't yet built.",
                          "call the layer, or build it via: `layer.build(input_shape)`.");
    if (a_.defined())
      throw ValueError("lora is already enabled. This can only be done once per layer.");
    const auto factor = [&](const char* name, const Shape& shape,
                            const initializers::Initializer& initializer) {
      return add_weight(name, shape,
                        {.initializer = initializer,
                         .regularizer = options_.kernel_regularizer,
                         .dtype = DType::kFloat32});
    };
    a_ = factor("lora_kernel_a", {kernel().layout.shape[0], rank}, lora.a_initializer);
    b_ = factor("lora_kernel_b", {rank, units_}, lora.b_initializer);
    adapted_kernel().set_trainable(false);
    options_.lora_rank = rank;
    options_.lora_alpha = lora.lora_alpha.value_or(rank);
  }

  Variables factors() const override { return a_.defined() ? Variables{a_, b_} : Variables{}; }
  Variable adapted_kernel() const override { return kernel().values(); }
  std::vector<std::pair<Variable, Tensor>> merged_kernel() const override {
    const Tensor change = ops::matmul(a_.value(), b_.value()) * scale();
    if (kernel().quantized)
      return kernel().quantized->quantized(kernel().quantized->dequantized(compute_dtype()) +
                                           change);
    const Variable& floats = kernel().floats;
    const Tensor sum = ops::cast(floats.value(), DType::kFloat32) + change;
    return {{floats, ops::cast(sum, floats.dtype())}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    Tensor y = kernel().quantized ? quantized_product(x) : float_product(x);
    if (bias_.defined()) y = y + computed(bias_);
    return options_.activation(y);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("units", units_);
    config.set("activation", options_.activation.config());
    config.set("use_bias", options_.use_bias);
    config.set("kernel_initializer", options_.kernel_initializer.serialize());
    config.set("bias_initializer", options_.bias_initializer.serialize());
    config.set("kernel_regularizer", options_.kernel_regularizer.serialize());
    config.set("bias_regularizer", options_.bias_regularizer.serialize());
    config.set("activity_regularizer", options_.activity_regularizer.serialize());
    config.set("kernel_constraint", options_.kernel_constraint.serialize());
    config.set("bias_constraint", options_.bias_constraint.serialize());
    if (options_.lora_rank) {
      config.set("lora_rank", *options_.lora_rank);
      config.set("lora_alpha", options_.lora_alpha.value_or(*options_.lora_rank));
    }
    if (quantization_config().defined())
      config.set("quantization_config", quantization_config().serialize());
    return config;
  }

 private:
  Tensor float_product(const Tensor& x) const {
    Tensor factor = computed(kernel().floats);
    if (a_.defined()) factor = factor + ops::matmul(computed(a_), computed(b_)) * scale();
    return ops::matmul(x, factor);
  }

  Tensor quantized_product(const Tensor& x) const {
    const Tensor y = kernel().quantized->product(x, last_axis_product(), input_quantizer());
    if (!a_.defined()) return y;
    return y + ops::matmul(ops::matmul(x, computed(a_)), computed(b_)) * scale();
  }

  void check_rank(int rank) const {
    if (rank <= 0)
      throw ValueError(
          str("The rank of a low-rank adaptation must be a positive integer. "
              "Received: rank=",
              rank));
    if (options_.kernel_constraint.defined())
      throw ValueError("Lora is incompatible with kernel constraints.",
                       "remove the `kernel_constraint` argument.");
  }

  double scale() const {
    return static_cast<double>(*options_.lora_alpha) / static_cast<double>(*options_.lora_rank);
  }

  std::int64_t units_;
  DenseOptions options_;
  Variable bias_;
  Variable a_, b_;
};

/// A saved rank or α: an integer that fits, or none.
std::optional<int> optional_int(ConfigReader& reader, const char* name) {
  if (reader.get(name).is_null()) return std::nullopt;
  return reader.require_int(name);
}

}  // namespace

Dense::Dense(int units, DenseOptions options)
    : Layer(std::make_shared<DenseImpl>(units, std::move(options))) {}

void Dense::enable_lora(int rank, EnableLoraOptions options) const {
  static_cast<DenseImpl&>(*impl()).enable_lora(rank, options);
}

Dense Dense::from_config(const Config& config) {
  ConfigReader reader("Dense", config);
  const int units = reader.require_int("units");
  DenseOptions options;
  options.activation = activation_from_config(reader.get("activation"));
  options.use_bias = reader.get("use_bias", true);
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
  options.lora_rank = optional_int(reader, "lora_rank");
  options.lora_alpha = optional_int(reader, "lora_alpha");
  options.quantization_config =
      quantizers::QuantizationConfig::deserialize(reader.get("quantization_config"));
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return Dense(units, std::move(options));
}

}  // namespace keras::layers
