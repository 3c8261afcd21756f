#include "keras/layers/merging/merge.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/merging/merge_shapes.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

using BinaryOp = Tensor (*)(const Tensor&, const Tensor&);

/// A mask over time steps as one over the elements of x; undefined where there is none.
Tensor element_mask(const Tensor& x) {
  if (!x.mask()) return {};
  return ops::broadcast_to(ops::expand_dims(*x.mask(), {.axis = -1}), x.shape());
}

Tensor fold(BinaryOp op, const Tensors& xs) {
  Tensor out = xs[0];
  for (std::size_t i = 1; i < xs.size(); ++i) out = op(out, xs[i]);
  return out;
}

Tensor merge_add(const Tensors& xs) { return fold(ops::add, xs); }

Tensor merge_subtract(const Tensors& xs) { return ops::subtract(xs[0], xs[1]); }

Tensor merge_average(const Tensors& xs) {
  return fold(ops::add, xs) / static_cast<std::int64_t>(xs.size());
}

Tensor merge_multiply(const Tensors& xs) {
  Tensors factors;
  Tensors masks;
  for (const auto& x : xs) {
    const Tensor mask = element_mask(x);
    if (mask.defined()) masks.push_back(mask);
    factors.push_back(mask.defined() ? ops::where(mask, x, 1) : x);
  }
  const Tensor out = fold(ops::multiply, factors);
  if (masks.size() < xs.size()) return out;
  return ops::where(fold(ops::logical_or, masks), out, 0);
}

/// Where one side is hidden, the other one wins.
Tensor extremum(BinaryOp op, const Tensors& xs) {
  Tensor out = xs[0];
  Tensor out_mask = element_mask(xs[0]);
  for (std::size_t i = 1; i < xs.size(); ++i) {
    const Tensor mask = element_mask(xs[i]);
    const Tensor x = mask.defined() ? ops::where(mask, xs[i], out) : xs[i];
    if (out_mask.defined()) out = ops::where(out_mask, out, x);
    out_mask = mask.defined() && out_mask.defined() ? ops::logical_or(out_mask, mask) : Tensor();
    out = op(out, x);
  }
  return out;
}

Tensor merge_maximum(const Tensors& xs) { return extremum(ops::maximum, xs); }
Tensor merge_minimum(const Tensors& xs) { return extremum(ops::minimum, xs); }

using MergeFunction = Tensor (*)(const Tensors&);

class MergeImpl final : public LayerImpl {
 public:
  MergeImpl(const char* class_name, MergeFunction function, const MergeOptions& options)
      : LayerImpl({class_name, options.name, options.trainable, options.dtype}),
        function_(function) {
    supports_masking_ = true;
  }

  void build(const Shapes& input_shapes) override {
    check_merge_shapes(input_shapes);
    if (function_ == merge_subtract && input_shapes.size() != 2)
      throw ShapeError(
          str("A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape=",
              shapes_to_string(input_shapes)));
  }

  Tensors call_list(const Tensors& xs, const CallContext&) override {
    const Shapes shapes = shapes_of(xs);
    // Again, since later calls may have other inputs than the first.
    build(shapes);
    check_batch_sizes(shapes);
    int rank = 0;
    for (const auto& x : xs) rank = std::max(rank, x.rank());
    Tensors expanded;
    for (Tensor x : xs) {
      while (x.rank() < rank) x = ops::expand_dims(x, {.axis = std::min(1, x.rank())});
      expanded.push_back(x);
    }
    return {function_(expanded)};
  }

  Tensor compute_mask(const Tensors& inputs) const override {
    Tensors masks;
    for (const auto& input : inputs) {
      if (!input.mask()) return {};
      masks.push_back(*input.mask());
    }
    return fold(ops::logical_or, masks);
  }

 private:
  MergeFunction function_;
};

std::shared_ptr<LayerImpl> make(const char* class_name, MergeFunction function,
                                const MergeOptions& options) {
  return std::make_shared<MergeImpl>(class_name, function, options);
}

template <typename MergeClass>
MergeClass read(const char* class_name, const Config& config) {
  const ConfigReader reader(class_name, config);
  return MergeClass(finish_options(reader, MergeOptions{}));
}

}  // namespace

Add::Add(MergeOptions options) : Layer(make("Add", merge_add, options)) {}
Subtract::Subtract(MergeOptions options) : Layer(make("Subtract", merge_subtract, options)) {}
Multiply::Multiply(MergeOptions options) : Layer(make("Multiply", merge_multiply, options)) {}
Average::Average(MergeOptions options) : Layer(make("Average", merge_average, options)) {}
Maximum::Maximum(MergeOptions options) : Layer(make("Maximum", merge_maximum, options)) {}
Minimum::Minimum(MergeOptions options) : Layer(make("Minimum", merge_minimum, options)) {}

Add Add::from_config(const Config& config) { return read<Add>("Add", config); }
Subtract Subtract::from_config(const Config& config) { return read<Subtract>("Subtract", config); }
Multiply Multiply::from_config(const Config& config) { return read<Multiply>("Multiply", config); }
Average Average::from_config(const Config& config) { return read<Average>("Average", config); }
Maximum Maximum::from_config(const Config& config) { return read<Maximum>("Maximum", config); }
Minimum Minimum::from_config(const Config& config) { return read<Minimum>("Minimum", config); }

Tensor add(const Tensors& inputs, MergeOptions options) { return Add(std::move(options))(inputs); }
Tensor subtract(const Tensors& inputs, MergeOptions options) {
  return Subtract(std::move(options))(inputs);
}
Tensor multiply(const Tensors& inputs, MergeOptions options) {
  return Multiply(std::move(options))(inputs);
}
Tensor average(const Tensors& inputs, MergeOptions options) {
  return Average(std::move(options))(inputs);
}
Tensor maximum(const Tensors& inputs, MergeOptions options) {
  return Maximum(std::move(options))(inputs);
}
Tensor minimum(const Tensors& inputs, MergeOptions options) {
  return Minimum(std::move(options))(inputs);
}

}  // namespace keras::layers
