#pragma once

#include <memory>
#include <string>
#include <utility>

#include "keras/layers/rnn/cell_config.h"
#include "keras/layers/rnn/rnn_impl.h"

namespace keras::layers {

/// A recurrent layer whose config holds its cell's arguments beside its own.
template <typename Options>
class UnitsRNNImpl final : public RNNImpl {
 public:
  UnitsRNNImpl(const std::string& class_name, int units, const Layer& cell, Options options)
      : RNNImpl(class_name, cell,
                {.return_sequences = options.return_sequences,
                 .return_state = options.return_state,
                 .go_backwards = options.go_backwards,
                 .stateful = options.stateful,
                 .unroll = options.unroll,
                 .zero_output_for_mask = options.zero_output_for_mask,
                 .activity_regularizer = options.activity_regularizer,
                 .name = options.name,
                 .trainable = options.trainable,
                 .dtype = options.dtype}),
        units_(units),
        options_(std::move(options)) {
    keep_rates_in_range(options_);
    sequence_rank_ = 3;
    if constexpr (requires { options_.use_cudnn; }) set_use_cudnn(options_.use_cudnn);
  }

  Config get_config() const override {
    Config config = base_config();
    config.set("units", units_);
    write_cell_arguments(config, options_);
    // Keras keeps it in the cell alone.
    if constexpr (!requires { options_.use_cudnn; }) config.erase("seed");
    return config;
  }

 private:
  int units_;
  Options options_;
};

template <typename Options>
std::shared_ptr<LayerImpl> make_units_rnn(const std::string& class_name, int units,
                                          const Layer& cell, Options options) {
  return std::make_shared<UnitsRNNImpl<Options>>(class_name, units, cell, std::move(options));
}

}  // namespace keras::layers
