#include "keras/layers/merging/concatenate.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/merging/merge_shapes.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// Whether the shapes agree but for one axis, where unknown sizes agree with all.
bool fit(const Shape& a, const Shape& b, int axis) {
  if (a.rank() != b.rank()) return false;
  for (int i = 0; i < a.rank(); ++i)
    if (i != axis && a[i] != b[i] && a[i] != kUnknown && b[i] != kUnknown) return false;
  return true;
}

class ConcatenateImpl final : public LayerImpl {
 public:
  explicit ConcatenateImpl(const ConcatenateOptions& options)
      : LayerImpl({"Concatenate", options.name, options.trainable, options.dtype}),
        axis_(options.axis) {
    supports_masking_ = true;
  }

  void build(const Shapes& input_shapes) override {
    if (input_shapes.empty())
      throw ShapeError(
          "A `Concatenate` layer should be called on a list of at least 1 input. Received: "
          "input_shape=[]");
    const int axis = normalize_axis("Concatenate", axis_, input_shapes[0].rank());
    for (std::size_t i = 0; i < input_shapes.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (!fit(input_shapes[i], input_shapes[j], axis))
          throw ShapeError(
              str("A `Concatenate` layer requires inputs with matching shapes except for the "
                  "concatenation axis. Received: input_shape=",
                  shapes_to_string(input_shapes)));
  }

  Tensors call_list(const Tensors& xs, const CallContext&) override {
    build(shapes_of(xs));
    return {ops::concatenate(xs, {.axis = axis_})};
  }

  Tensor compute_mask(const Tensors& inputs) const override {
    if (std::none_of(inputs.begin(), inputs.end(), [](const Tensor& x) { return x.mask(); }))
      return {};
    Tensors masks;
    for (const auto& x : inputs) {
      if (!x.mask()) {
        masks.push_back(ops::ones_like(x, DType::kBool));
      } else if (x.mask()->rank() < x.rank()) {
        masks.push_back(ops::logical_or(ops::expand_dims(*x.mask(), {.axis = -1}),
                                        ops::zeros_like(x, DType::kBool)));
      } else {
        masks.push_back(*x.mask());
      }
    }
    return ops::any(ops::concatenate(masks, {.axis = axis_}), {.axis = -1});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("axis", axis_);
    return config;
  }

 private:
  int axis_;
};

}  // namespace

Concatenate::Concatenate(ConcatenateOptions options)
    : Layer(std::make_shared<ConcatenateImpl>(options)) {}

Concatenate Concatenate::from_config(const Config& config) {
  ConfigReader reader("Concatenate", config);
  ConcatenateOptions options;
  options.axis = reader.get("axis", -1);
  return Concatenate(finish_options(reader, std::move(options)));
}

Tensor concatenate(const Tensors& inputs, ConcatenateOptions options) {
  return Concatenate(std::move(options))(inputs);
}

}  // namespace keras::layers
