#include "keras/layers/normalization/group_normalization.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class GroupNormalizationImpl final : public LayerImpl {
 public:
  explicit GroupNormalizationImpl(GroupNormalizationOptions options)
      : LayerImpl({"GroupNormalization", options.name, options.trainable, options.dtype}),
        options_(std::move(options)),
        groups_(options_.groups) {
    if (groups_ <= 0 && groups_ != -1)
      throw ValueError(
          str("Received an invalid value for argument `groups`, expected a positive integer (or "
              "`-1` for instance normalization). Received: groups=",
              groups_));
    supports_masking_ = true;
    // Sums of 16-bit floats overflow: the layer computes in float32.
    autocast_ = false;
  }

  void build(const Shapes& input_shapes) override {
    const Shape& shape = input_shapes[0];
    axis_ = normalize_axis("GroupNormalization", options_.axis, shape.rank());
    channels_ = shape[axis_];
    if (channels_ == kUnknown)
      throw ValueError(str("Axis ", options_.axis,
                           " of input tensor should have a defined dimension but the layer "
                           "received an input with shape ",
                           shape, "."));
    if (groups_ == -1) groups_ = channels_;
    if (channels_ < groups_)
      throw ValueError(str("Number of groups (", groups_,
                           ") cannot be more than the number of channels (", channels_, ")."));
    if (channels_ % groups_ != 0)
      throw ValueError(str("Number of groups (", groups_,
                           ") must be a multiple of the number of channels (", channels_, ")."));
    if (options_.scale)
      gamma_ = add_weight("gamma", {channels_},
                          {.initializer = options_.gamma_initializer,
                           .regularizer = options_.gamma_regularizer,
                           .constraint = options_.gamma_constraint});
    if (options_.center)
      beta_ = add_weight("beta", {channels_},
                         {.initializer = options_.beta_initializer,
                          .regularizer = options_.beta_regularizer,
                          .constraint = options_.beta_constraint});
    input_spec_ = {{.ndim = shape.rank(), .axes = {{options_.axis, channels_}}}};
  }

  Tensor call(const Tensor& given, const CallContext&) override {
    const DType dtype = dtype_size(given.dtype()) < 4 ? DType::kFloat32 : given.dtype();
    const Tensor x = ops::reshape(ops::cast(given, dtype), grouped(given.shape()));
    std::vector<int> axes;
    for (int axis = 1; axis < x.rank(); ++axis)
      if (axis != axis_) axes.push_back(axis);
    const auto [mean, variance] = ops::moments(x, axes, {.keepdims = true});
    Tensor inverse = ops::rsqrt(variance + options_.epsilon);
    if (gamma_.defined()) inverse = inverse * along_channels(gamma_, x);
    Tensor rest = -mean * inverse;
    if (beta_.defined()) rest = rest + along_channels(beta_, x);
    return ops::cast(ops::reshape(x * inverse + rest, given.shape()), compute_dtype());
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("groups", groups_);
    config.set("axis", options_.axis);
    config.set("epsilon", options_.epsilon);
    config.set("center", options_.center);
    config.set("scale", options_.scale);
    config.set("beta_initializer", options_.beta_initializer.serialize());
    config.set("gamma_initializer", options_.gamma_initializer.serialize());
    config.set("beta_regularizer", options_.beta_regularizer.serialize());
    config.set("gamma_regularizer", options_.gamma_regularizer.serialize());
    config.set("beta_constraint", options_.beta_constraint.serialize());
    config.set("gamma_constraint", options_.gamma_constraint.serialize());
    return config;
  }

 private:
  /// The channel axis as two: groups and the channels of each.
  Shape grouped(const Shape& shape) const {
    Shape out;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (axis == axis_) out.push_back(groups_);
      out.push_back(axis == axis_ ? channels_ / groups_ : shape[axis]);
    }
    return out;
  }

  Tensor along_channels(const Variable& weight, const Tensor& x) const {
    Shape shape(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
    shape[axis_] = groups_;
    shape[axis_ + 1] = channels_ / groups_;
    return ops::reshape(ops::cast(weight.value(), x.dtype()), shape);
  }

  GroupNormalizationOptions options_;
  std::int64_t groups_;
  std::int64_t channels_ = 0;
  int axis_ = 0;
  Variable gamma_;
  Variable beta_;
};

}  // namespace

GroupNormalization::GroupNormalization(GroupNormalizationOptions options)
    : Layer(std::make_shared<GroupNormalizationImpl>(std::move(options))) {}

GroupNormalization GroupNormalization::from_config(const Config& config) {
  ConfigReader reader("GroupNormalization", config);
  GroupNormalizationOptions o;
  o.groups = reader.get("groups", 32);
  o.axis = reader.get("axis", -1);
  o.epsilon = reader.get("epsilon", 1e-3);
  o.center = reader.get("center", true);
  o.scale = reader.get("scale", true);
  const auto initializer = [&](const char* key, initializers::Initializer& into) {
    if (const Config& given = reader.get(key); !given.is_null())
      into = initializers::Initializer::deserialize(given);
  };
  initializer("beta_initializer", o.beta_initializer);
  initializer("gamma_initializer", o.gamma_initializer);
  o.beta_regularizer = regularizers::Regularizer::deserialize(reader.get("beta_regularizer"));
  o.gamma_regularizer = regularizers::Regularizer::deserialize(reader.get("gamma_regularizer"));
  o.beta_constraint = constraints::Constraint::deserialize(reader.get("beta_constraint"));
  o.gamma_constraint = constraints::Constraint::deserialize(reader.get("gamma_constraint"));
  return GroupNormalization(finish_options(reader, std::move(o)));
}

}  // namespace keras::layers
