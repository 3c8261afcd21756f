#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/layers/config_reader.h"
#include "keras/layers/rnn/rnn.h"
#include "keras/layers/rnn/rnn_cell.h"

namespace keras::layers {

/// What all recurrent layers derive from: masks, states, directions, around a cell.
class RNNImpl : public LayerImpl {
 public:
  RNNImpl(const std::string& class_name, const Layer& cell, RNNOptions options);

  void build(const Shapes& input_shapes) override;
  std::vector<std::string> call_parameters() const override {
    return {"sequences", "initial_state", "mask", "training"};
  }
  Shapes shapes_to_build(const CallArguments& call) const override;
  Tensors call_arguments(const CallArguments& call, const CallContext& context) override;
  Config get_config() const override;

  const RNNOptions& options() const { return rnn_options_; }
  void set_zero_output_for_mask(bool zero) { rnn_options_.zero_output_for_mask = zero; }
  void set_use_cudnn(std::optional<bool> use_cudnn) { use_cudnn_ = use_cudnn; }
  std::optional<bool> use_cudnn() const { return use_cudnn_; }
  RNNCellImpl& cell() const { return cell_; }
  const Variables& states() const { return states_; }
  /// What the layer asks of its input.
  InputSpec sequence_spec() const;
  void reset_state() const;

 protected:
  /// What the options say of all recurrent layers, without the cell.
  Config base_config() const;

  std::optional<int> sequence_rank_;  ///< required of the input

 private:
  void check_sequences(const Tensor& sequences) const;
  Tensors initial_states(const CallArguments& call, std::int64_t batch_size) const;
  void check_mask(const Shape& mask, const Shape& sequences) const;
  void keep(const Tensors& states) const;

  Layer cell_layer_;
  RNNCellImpl& cell_;
  RNNOptions rnn_options_;
  std::optional<bool> use_cudnn_;
  Variables states_;
};

/// A call of a recurrent layer or Bidirectional as users write it.
Tensors call_recurrent(const Layer& layer, const Tensor& sequences, const RNNCallOptions& options);

/// The arguments of RNN in the config of any recurrent layer.
template <typename Options>
void read_rnn_arguments(ConfigReader& reader, Options& o) {
  o.return_sequences = reader.get("return_sequences", false);
  o.return_state = reader.get("return_state", false);
  o.go_backwards = reader.get("go_backwards", false);
  o.stateful = reader.get("stateful", false);
  o.unroll = reader.get("unroll", false);
  o.zero_output_for_mask = reader.get("zero_output_for_mask", false);
  // Keras 2 wrote it.
  reader.expect("time_major", false);
}

}  // namespace keras::layers
