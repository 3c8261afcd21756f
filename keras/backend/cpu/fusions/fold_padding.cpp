#include "keras/backend/cpu/fusions/fold_padding.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "keras/ops/nn/conv.h"
#include "keras/ops/shape/layout.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;
using Sizes = std::vector<std::int64_t>;

bool all_are(const Sizes& sizes, std::int64_t wanted) {
  return std::all_of(sizes.begin(), sizes.end(), [&](std::int64_t size) { return size == wanted; });
}

/// True where an image's batch and channels are as they were.
bool only_spatial(const Sizes& sides) { return sides.front() == 0 && sides.back() == 0; }

bool pads_images_with_zeros(const ops::PadAttrs& pad) {
  const auto not_negative = [](const Sizes& sides) {
    return std::all_of(sides.begin(), sides.end(), [](std::int64_t side) { return side >= 0; });
  };
  return pad.value == 0 && pad.low.size() > 2 && all_are(pad.interior, 0) &&
         only_spatial(pad.low) && only_spatial(pad.high) && not_negative(pad.low) &&
         not_negative(pad.high);
}

/// The same convolution of an image that lacks `low` and `high` elements around it.
ops::ConvAttrs padded_by(ops::ConvAttrs conv, const Sizes& low, const Sizes& high) {
  for (std::size_t i = 0; i < conv.pad_low.size(); ++i) {
    conv.pad_low[i] += low[i + 1];
    conv.pad_high[i] += high[i + 1];
  }
  return conv;
}

class PaddingFolder {
 public:
  explicit PaddingFolder(Graph graph)
      : graph_(std::move(graph)), uses_(graph_.use_counts()), maker_(graph_.values.size(), -1) {
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      for (const ValueId made : graph_.calls[i].outputs)
        maker_[static_cast<std::size_t>(made)] = static_cast<int>(i);
  }

  Graph run() {
    for (GraphCall& call : graph_.calls) {
      if (call.op == &ops::conv_op || call.op == &ops::conv_kernel_gradient_op) read_unpadded(call);
      if (call.op == &ops::slice_op) take_cut_gradient(call);
    }
    drop_unused();
    return std::move(graph_);
  }

 private:
  const GraphCall* made_by(ValueId value, const engine::Op& op) const {
    const int maker = maker_[static_cast<std::size_t>(value)];
    if (maker < 0) return nullptr;
    const GraphCall& call = graph_.calls[static_cast<std::size_t>(maker)];
    return call.op == &op ? &call : nullptr;
  }

  void read_unpadded(GraphCall& call) {
    const GraphCall* padded = made_by(call.inputs[0], ops::pad_op);
    if (!padded || !pads_images_with_zeros(padded->attrs.as<ops::PadAttrs>())) return;
    const auto& pad = padded->attrs.as<ops::PadAttrs>();
    if (call.op == &ops::conv_op) {
      call.attrs = padded_by(call.attrs.as<ops::ConvAttrs>(), pad.low, pad.high);
    } else {
      auto attrs = call.attrs.as<ops::ConvGradientAttrs>();
      attrs.conv = padded_by(attrs.conv, pad.low, pad.high);
      call.attrs = std::move(attrs);
    }
    call.inputs[0] = padded->inputs[0];
  }

  /// A padding's gradient cuts its zeros off again: of a gradient that nobody else reads, the
  /// elements that are wanted are taken alone.
  void take_cut_gradient(GraphCall& call) {
    const ValueId whole = call.inputs[0];
    const GraphCall* gradient = made_by(whole, ops::conv_input_gradient_op);
    const auto& slice = call.attrs.as<ops::SliceAttrs>();
    if (!gradient || uses_[static_cast<std::size_t>(whole)] != 1 || !all_are(slice.step, 1)) return;
    Sizes high = graph_.spec(whole).shape.dims();
    for (std::size_t i = 0; i < high.size(); ++i) high[i] -= slice.stop[i];
    if (!only_spatial(slice.start) || !only_spatial(high)) return;
    auto attrs = gradient->attrs.as<ops::ConvGradientAttrs>();
    attrs.conv = padded_by(attrs.conv, slice.start, high);
    const Shape& wanted = graph_.spec(call.outputs[0]).shape;
    attrs.size.assign(wanted.begin() + 1, wanted.end() - 1);
    call = {&ops::conv_input_gradient_op, std::move(attrs), gradient->inputs, call.outputs};
  }

  void drop_unused() {
    const std::vector<int> uses = graph_.use_counts();
    std::erase_if(graph_.calls, [&](const GraphCall& call) {
      return (call.op == &ops::pad_op || call.op == &ops::conv_input_gradient_op) &&
             uses[static_cast<std::size_t>(call.outputs[0])] == 0;
    });
  }

  Graph graph_;
  std::vector<int> uses_;
  std::vector<int> maker_;  ///< the call that makes a value, -1 for leaves
};

}  // namespace

Graph fold_padding(Graph graph) { return PaddingFolder(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
