#pragma once

#include "keras/layers/convolutional/conv_geometry.h"
#include "keras/layers/rnn/conv_lstm.h"
#include "keras/layers/rnn/rnn_cell.h"

namespace keras::layers {

/// One step of ConvLSTM1D to 3D; Keras does not export it.
class ConvLSTMCellImpl final : public RNNCellImpl {
 public:
  ConvLSTMCellImpl(int rank, int filters, const ops::SpatialSizes& kernel_size,
                   ConvLSTMOptions options);

  void build(const Shapes& input_shapes) override;
  Shapes state_shapes() const override { return {state_shape_, state_shape_}; }
  SequenceConstants sequence_constants(const Tensor& input, const Tensors& states,
                                       const CallContext& context) override;
  Tensors step(const Tensor& input, const Tensors& states, const CallContext& context) override;
  Tensors step_with(const Tensor& input, const Tensors& states, const SequenceConstants& constants,
                    const CallContext& context) override;
  /// The arguments as they are in a layer's config.
  void write_config(Config& config) const;

 private:
  Tensors masks(const Tensor& like, double rate) const;
  Tensor convolved(const Tensor& x, const Tensors& masks, const Tensor& kernel,
                   bool recurrent) const;
  Tensor gate(const Tensor& x, int index) const;
  initializers::Initializer full_bias_initializer() const;
  void find_state_shape(const Shape& input, const Shape& kernel_shape);

  std::int64_t filters_;
  ConvGeometry geometry_;
  ConvLSTMOptions options_;
  random::SeedGenerator seed_;
  Shape state_shape_;
  InputSpec step_spec_;  ///< what `build` saw: states keep its size
  Variable kernel_;
  Variable recurrent_kernel_;
  Variable bias_;
};

}  // namespace keras::layers
