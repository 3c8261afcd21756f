#pragma once

#include <memory>
#include <optional>
#include <string>

#include "keras/activations/activation.h"
#include "keras/layers/rnn/cell_config.h"
#include "keras/layers/rnn/rnn_cell.h"
#include "keras/ops/nn/recurrence.h"

namespace keras::layers {

/// The arguments of the cells whose states are vectors, those of all classes together.
struct CellOptions {
  std::int64_t units = 0;
  activations::Activation activation = "tanh";
  activations::Activation recurrent_activation = "sigmoid";
  bool use_bias = true;
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer recurrent_initializer = "orthogonal";
  initializers::Initializer bias_initializer = "zeros";
  bool unit_forget_bias = false;
  regularizers::Regularizer kernel_regularizer = {};
  regularizers::Regularizer recurrent_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  constraints::Constraint kernel_constraint = {};
  constraints::Constraint recurrent_constraint = {};
  constraints::Constraint bias_constraint = {};
  double dropout = 0.0;
  double recurrent_dropout = 0.0;
  bool reset_after = false;
  std::optional<std::int64_t> seed = {};
  int implementation = 2;
};

/// Copies the arguments that a public options struct has, and brings the rates into [0, 1] as Keras
/// does. Throws ValueError unless `units` is positive.
template <typename Options>
CellOptions cell_options(int units, Options& options);
/// As Keras does with `units` of a recurrent layer or cell.
void require_units(int units);

/// What the cells with vectors as states share: weights, dropout, products.
class UnitsCellImpl : public RNNCellImpl {
 public:
  /// `gates` matrices lie side by side in each kernel.
  UnitsCellImpl(LayerBase base, int gates, CellOptions options);

  void build(const Shapes& input_shapes) override;
  Shapes state_shapes() const override { return {Shape{options_.units}}; }
  Tensors step(const Tensor& input, const Tensors& states, const CallContext& context) override;
  SequenceConstants sequence_constants(const Tensor& input, const Tensors& states,
                                       const CallContext& context) override;

  std::optional<RNNLoopResult> run_sequence(const Tensor& sequences, const Tensors& states,
                                            const Tensor& mask, const RNNLoopOptions& options,
                                            const CallContext& context) override;

  const CellOptions& options() const { return options_; }
  /// The weights in the compute dtype; an undefined bias without `use_bias`.
  Tensor kernel() const { return computed(kernel_); }
  Tensor recurrent_kernel() const { return computed(recurrent_kernel_); }
  Tensor bias() const { return bias_.defined() ? computed(bias_) : Tensor(); }

 protected:
  virtual Shape bias_shape() const { return {gates_ * options_.units}; }
  /// The operation that does all steps; none for other activations than the usual ones.
  virtual std::optional<ops::RecurrentCell> recurrence() const { return std::nullopt; }
  /// What it takes beside the state, with the bias that it does not take among the inputs.
  struct SequenceBias {
    Tensor inputs;
    Tensor candidate;  ///< of a GRU
  };
  virtual SequenceBias sequence_bias() const { return {bias(), {}}; }
  /// Whether a rate drops anything; LSTM and GRU take 1 for nothing, as Keras does.
  virtual bool drops(double rate) const { return 0 < rate && rate < 1; }
  /// x · weight, with x dropped by one mask, or by another one for each gate.
  Tensor product(const Tensor& x, const Tensors& masks, const Tensor& weight) const;
  /// The columns of gates [first, last) of a tensor.
  Tensor gate_columns(const Tensor& x, int first, int last) const;

 private:
  Tensors masks(const Tensor& like, double rate) const;
  initializers::Initializer full_bias_initializer() const;

  std::int64_t gates_;
  CellOptions options_;
  random::SeedGenerator seed_;
  Variable kernel_;
  Variable recurrent_kernel_;
  Variable bias_;
};

template <typename Options>
CellOptions cell_options(int units, Options& o) {
  require_units(units);
  keep_rates_in_range(o);
  CellOptions c;
  c.units = units;
  c.activation = o.activation;
  if constexpr (requires { o.recurrent_activation; })
    c.recurrent_activation = o.recurrent_activation;
  c.use_bias = o.use_bias;
  c.kernel_initializer = o.kernel_initializer;
  c.recurrent_initializer = o.recurrent_initializer;
  c.bias_initializer = o.bias_initializer;
  if constexpr (requires { o.unit_forget_bias; }) c.unit_forget_bias = o.unit_forget_bias;
  c.kernel_regularizer = o.kernel_regularizer;
  c.recurrent_regularizer = o.recurrent_regularizer;
  c.bias_regularizer = o.bias_regularizer;
  c.kernel_constraint = o.kernel_constraint;
  c.recurrent_constraint = o.recurrent_constraint;
  c.bias_constraint = o.bias_constraint;
  c.dropout = o.dropout;
  c.recurrent_dropout = o.recurrent_dropout;
  if constexpr (requires { o.reset_after; }) c.reset_after = o.reset_after;
  c.seed = o.seed;
  if constexpr (requires { o.implementation; }) c.implementation = o.implementation;
  return c;
}

}  // namespace keras::layers
