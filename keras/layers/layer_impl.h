#pragma once

#include <memory>
#include <string>
#include <vector>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/call_arguments.h"
#include "keras/layers/input_spec.h"
#include "keras/layers/layer.h"
#include "keras/random/seed_generator.h"
#include "keras/regularizers/regularizer.h"

namespace keras {

/// What every layer is told at construction.
struct LayerBase {
  std::string class_name;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Further arguments of `LayerImpl::add_weight`.
struct WeightOptions {
  initializers::Initializer initializer = "glorot_uniform";
  regularizers::Regularizer regularizer = {};
  constraints::Constraint constraint = {};
  bool trainable = true;
  /// The layer's variable dtype when unset.
  std::optional<DType> dtype = {};
};

/// What a layer derives from: override `call` (or `call_list` for several inputs or outputs), and
/// `build` where there are weights. Sub-layers are made known with `track`.
class LayerImpl : public Operation, public std::enable_shared_from_this<LayerImpl> {
 public:
  explicit LayerImpl(LayerBase base);

  /// Makes the weights. The first axis of each shape, the batch, is unknown unless
  /// `fixed_batch_size_`.
  virtual void build(const Shapes& /*input_shapes*/) {}
  /// Computes the output from inputs in the compute dtype.
  virtual Tensor call(const Tensor& x, const CallContext& context);
  virtual Tensors call_list(const Tensors& xs, const CallContext& context);
  /// The parameters of `call` as Keras's signature names them, the inputs first.
  virtual std::vector<std::string> call_parameters() const { return {"inputs", "training"}; }
  /// What a layer overrides that has more parameters than inputs and `training`: computes the
  /// outputs from arguments by name.
  virtual Tensors call_arguments(const CallArguments& arguments, const CallContext& context);
  /// Whether, in a model, the masks of what the layer was called on are gone afterwards.
  virtual bool takes_masks_away() const { return false; }
  /// The shapes that `build` is told: those of the inputs, unless overridden.
  virtual Shapes shapes_to_build(const CallArguments& arguments) const;
  /// The mask of the outputs where `supports_masking_`: the first input's, unless overridden.
  virtual Tensor compute_mask(const Tensors& inputs) const;
  /// The constructor's arguments; an override adds its own to these of the base class.
  virtual Config get_config() const;
  /// What `build` was told, as Keras saves it.
  virtual Config get_build_config() const;

  const std::string& name() const override { return name_; }
  void rename(const std::string& name) override { name_ = name; }
  std::string class_name() const override { return class_name_; }
  /// The module that Keras names in files: an inner one, "keras.src.…", of a class that it does not
  /// export.
  virtual std::string module() const { return "keras.layers"; }
  /// The name of Keras's Python class, where Keras exports it under another one.
  virtual std::string python_class_name() const { return class_name_; }
  Tensors replay(const Tensors& inputs, const Config& arguments,
                 const CallContext& context) override;

  /// A call as users write it.
  Tensors invoke(const Tensors& inputs, bool as_list, const CallOptions& options);
  /// Keeps the kernels in few bits from now on; see `Layer::quantize`.
  void quantize(const std::string& mode, const quantizers::QuantizationConfig& config);
  /// A call with its arguments as OperationNode has them and files record them.
  Tensors invoke_recorded(const Tensors& inputs, const Config& arguments);
  void ensure_built(const Shapes& input_shapes);

  bool built() const { return built_; }
  bool trainable() const { return trainable_; }
  virtual void set_trainable(bool trainable);
  const DTypePolicy& dtype_policy() const { return policy_; }
  DType compute_dtype() const { return policy_.compute_dtype(); }
  DType variable_dtype() const { return policy_.variable_dtype(); }
  Variables weights() const;
  Variables trainable_weights() const;
  Variables non_trainable_weights() const;
  /// Own variables as they lie in a file: the trainable ones, then the others.
  const Variables& own_variables() const { return variables_; }
  virtual std::vector<Layer> sublayers() const { return sublayers_; }
  /// The attribute that holds a layer inside, under which files have its weights; empty when it is
  /// one of a list of layers.
  std::string attribute_of(const Layer& sublayer) const;
  const Shapes& build_shapes() const { return build_shapes_; }
  /// The calls on symbolic tensors so far.
  const std::vector<std::weak_ptr<OperationNode>>& nodes() const { return nodes_; }

 protected:
  /// A new weight, in this layer's scope of names.
  Variable add_weight(const std::string& name, const Shape& shape, WeightOptions options);
  /// Makes this layer forget a weight.
  void remove_weight(const Variable& weight);
  /// Makes a layer part of this one: its weights, its state in files. `attribute` is the name of
  /// Keras's attribute that holds it, unless that is a list of layers.
  Layer track(Layer layer, const std::string& attribute = {});
  /// A weight in the compute dtype.
  Tensor computed(const Variable& weight) const;
  /// Adds to what training minimizes besides the loss, where somebody collects it (`LossScope`).
  void add_loss(const Tensor& loss) const;

  std::vector<InputSpec> input_spec_;
  bool supports_masking_ = false;
  /// Inputs of float dtypes come in the compute dtype unless unset.
  bool autocast_ = true;
  /// `build` is told the batch size, too, for what keeps a state for each sample.
  bool fixed_batch_size_ = false;
  regularizers::Regularizer activity_regularizer_;

 private:
  Tensors run(const CallArguments& arguments, const CallContext& context);
  Tensors with_masks(const Tensors& inputs, Tensors outputs) const;
  void add_activity_loss(const Tensors& outputs) const;

  std::string class_name_;
  std::string name_;
  bool trainable_;
  DTypePolicy policy_;
  bool built_ = false;
  Shapes build_shapes_;
  Variables variables_;
  std::vector<Layer> sublayers_;
  std::vector<std::string> attributes_;  ///< of the sublayers
  std::vector<std::weak_ptr<OperationNode>> nodes_;
};

/// Collects, on this thread, the losses that layers add while it lives; scopes nest.
class LossScope {
 public:
  LossScope();
  ~LossScope();
  LossScope(const LossScope&) = delete;
  LossScope& operator=(const LossScope&) = delete;

  const Tensors& losses() const { return losses_; }

 private:
  friend class LayerImpl;
  Tensors losses_;
  LossScope* outer_;
};

/// The penalties of all regularized trainable weights.
Tensors regularization_losses(const Variables& weights);

/// A Shape as Keras writes it, None as null; and back.
Config shape_to_config(const Shape& shape);
Shape shape_from_config(const Config& config);

}  // namespace keras
