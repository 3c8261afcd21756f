#include "keras/layers/rnn/stacked_rnn_cells.h"

#include <map>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/rnn/rnn_cell.h"
#include "keras/layers/serialization.h"
#include "keras/ops/core.h"
#include "keras/utils/naming.h"

namespace keras::layers {
namespace {

RNNCellImpl& one_of_cells(const Layer& layer) {
  if (!layer.defined())
    throw ValueError(
        "All cells must have a `call` method. Received cell without a `call` method: None");
  auto* cell = dynamic_cast<RNNCellImpl*>(layer.impl().get());
  if (!cell)
    throw ValueError(
        str("All cells must have a `state_size` attribute. Received cell without a `state_size`: ",
            layer.class_name()),
        "derive your own cell from layers::RNNCellImpl.");
  return *cell;
}

class StackedRNNCellsImpl final : public RNNCellImpl {
 public:
  StackedRNNCellsImpl(std::vector<Layer> cells, const StackedRNNCellsOptions& options)
      : RNNCellImpl({"StackedRNNCells", options.name, options.trainable, options.dtype}) {
    if (cells.empty()) throw ValueError("StackedRNNCells needs at least one cell.");
    std::map<std::string, int> counts;
    for (const auto& cell : cells) {
      cells_.push_back(&one_of_cells(cell));
      // Where Keras's files have the elements of a list of layers.
      std::string place = "cells/" + to_snake_case(cell.class_name());
      const int count = counts[place]++;
      track(cell, count == 0 ? place : str(place, "_", count));
    }
  }

  void build(const Shapes& input_shapes) override {
    Shape input = input_shapes[0];
    const std::vector<Layer> layers = sublayers();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      layers[i].build(input);
      const Shape output = cells_[i]->state_shapes()[cells_[i]->output_state()];
      input = Shape{input[0]};
      for (const auto dim : output) input.push_back(dim);
    }
  }

  Shapes state_shapes() const override {
    Shapes shapes;
    for (const auto* cell : cells_)
      for (const auto& shape : cell->state_shapes()) shapes.push_back(shape);
    return shapes;
  }

  Tensors initial_state(std::int64_t batch_size) const override {
    Tensors states;
    for (const auto* cell : cells_)
      for (const auto& state : cell->initial_state(batch_size)) states.push_back(state);
    return states;
  }

  /// The last cell's output.
  std::size_t output_state() const override {
    return state_shapes().size() - cells_.back()->state_shapes().size() +
           cells_.back()->output_state();
  }

  std::vector<RNNCellImpl*> inner_cells() const override { return cells_; }

  SequenceConstants sequence_constants(const Tensor& input, const Tensors& states,
                                       const CallContext& context) override {
    SequenceConstants constants;
    for_each_cell(input, states, [&](std::size_t i, const Tensor& x, const Tensors& own) {
      constants.cells.push_back(cells_[i]->sequence_constants(x, own, context));
      return cells_[i]->step_with(x, own, constants.cells.back(), context);
    });
    return constants;
  }

  Tensors step(const Tensor& input, const Tensors& states, const CallContext& context) override {
    return step_with(input, states, sequence_constants(input, states, context), context);
  }

  Tensors step_with(const Tensor& input, const Tensors& states, const SequenceConstants& constants,
                    const CallContext& context) override {
    return for_each_cell(input, states, [&](std::size_t i, const Tensor& x, const Tensors& own) {
      return cells_[i]->step_with(x, own, constants.cells[i], context);
    });
  }

  Config get_config() const override {
    Config cells = Config::list();
    for (const auto& cell : sublayers()) cells.as_list().push_back(layers::serialize(cell));
    Config config = LayerImpl::get_config();
    config.set("cells", std::move(cells));
    return config;
  }

 private:
  /// Hands the output of each cell to the next one; gives the last output and all new states.
  template <typename Step>
  Tensors for_each_cell(const Tensor& input, const Tensors& states, const Step& step) const {
    Tensors results = {input};
    auto next = states.begin();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const auto end = next + static_cast<std::ptrdiff_t>(cells_[i]->state_shapes().size());
      Tensors own(next, end);
      next = end;
      const DType dtype = cells_[i]->compute_dtype();
      for (auto& state : own) state = ops::cast(state, dtype);
      const Tensors out = step(i, ops::cast(results[0], dtype), own);
      results[0] = out[0];
      results.insert(results.end(), out.begin() + 1, out.end());
    }
    for (auto& result : results) result = ops::cast(result, compute_dtype());
    return results;
  }

  std::vector<RNNCellImpl*> cells_;
};

}  // namespace

StackedRNNCells::StackedRNNCells(std::vector<Layer> cells, StackedRNNCellsOptions options)
    : Layer(std::make_shared<StackedRNNCellsImpl>(std::move(cells), options)) {}

StackedRNNCells StackedRNNCells::from_config(const Config& config) {
  ConfigReader reader("StackedRNNCells", config);
  std::vector<Layer> cells;
  for (const auto& cell : reader.require("cells").as_list())
    cells.push_back(layers::deserialize(cell));
  return StackedRNNCells(std::move(cells), finish_options(reader, StackedRNNCellsOptions{}));
}

}  // namespace keras::layers
