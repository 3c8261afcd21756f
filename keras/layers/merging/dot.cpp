#include "keras/layers/merging/dot.h"

#include <numeric>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/merging/merge_shapes.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// The order of axes in which `axis` stands at `place`.
std::vector<int> order_with(int rank, int axis, int place) {
  std::vector<int> order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  order.erase(order.begin() + axis);
  order.insert(order.begin() + place, axis);
  return order;
}

void check_batch_dot(const Shape& x, const Shape& y) {
  if (x.rank() < 2 || y.rank() < 2)
    throw ShapeError(
        str("Cannot do batch_dot on inputs with rank < 2. Received inputs with shapes ", x, " and ",
            y, "."));
  if (x[0] != y[0])
    throw ShapeError(
        str("Cannot do batch_dot on inputs with different batch sizes. Received inputs with "
            "shapes ",
            x, " and ", y, "."));
}

/// Both as batches of matrices, (batch, rest, n) · (batch, n, rest), reshaped back at the end.
Tensor batch_dot(const Tensor& x, const Tensor& y, int x_axis, int y_axis) {
  const Shape xs = x.shape();
  const Shape ys = y.shape();
  const std::int64_t size = xs[x_axis];
  Shape rows = xs.slice(1);
  rows.erase(x_axis - 1);
  Shape columns = ys.slice(1);
  columns.erase(y_axis - 1);
  const Tensor left =
      ops::reshape(ops::transpose(x, {.axes = order_with(xs.rank(), x_axis, xs.rank() - 1)}),
                   {xs[0], rows.size(), size});
  const Tensor right = ops::reshape(ops::transpose(y, {.axes = order_with(ys.rank(), y_axis, 1)}),
                                    {xs[0], size, columns.size()});
  Shape out = Shape{xs[0]}.concat(rows).concat(columns);
  if (out.rank() == 1) out.push_back(1);
  return ops::reshape(ops::matmul(left, right), out);
}

class DotImpl final : public LayerImpl {
 public:
  DotImpl(DotAxes axes, const DotOptions& options)
      : LayerImpl({"Dot", options.name, options.trainable, options.dtype}),
        axes_(axes),
        normalize_(options.normalize) {
    supports_masking_ = true;
  }

  void build(const Shapes& input_shapes) override {
    if (input_shapes.size() != 2)
      throw ShapeError(
          str("A `Dot` layer should be called on a list of 2 inputs. Received: input_shape=",
              shapes_to_string(input_shapes)));
    const auto [first, second] = axes_for(input_shapes);
    const std::int64_t size1 = input_shapes[0][first];
    const std::int64_t size2 = input_shapes[1][second];
    if (size1 != size2)
      throw ShapeError(str("Incompatible input shapes: axis values ", size1, " (at axis ", first,
                           ") != ", size2, " (at axis ", second,
                           "). Full input shapes: ", input_shapes[0], ", ", input_shapes[1]));
  }

  Tensors call_list(const Tensors& xs, const CallContext&) override {
    const Shapes shapes = shapes_of(xs);
    build(shapes);
    check_batch_dot(shapes[0], shapes[1]);
    const auto [first, second] = axes_for(shapes);
    if (first == 0 || second == 0)
      throw ValueError(
          "Cannot perform batch_dot over axis 0. If your inputs are not batched, add a dummy batch "
          "dimension to your inputs using keras::ops::expand_dims(x, {.axis = 0})");
    if (!normalize_) return {batch_dot(xs[0], xs[1], first, second)};
    return {batch_dot(ops::normalize(xs[0], {.axis = first}),
                      ops::normalize(xs[1], {.axis = second}), first, second)};
  }

  Tensor compute_mask(const Tensors&) const override { return {}; }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("axes", axes_.config());
    config.set("normalize", normalize_);
    return config;
  }

 private:
  std::pair<int, int> axes_for(const Shapes& shapes) const {
    const auto [first, second] = axes_.axes();
    return {normalize_axis("Dot", first, shapes[0].rank()),
            normalize_axis("Dot", second, shapes[1].rank())};
  }

  DotAxes axes_;
  bool normalize_;
};

}  // namespace

DotAxes DotAxes::from_config(const Config& config) {
  if (!config.is_list()) return static_cast<int>(config.as_int());
  if (config.size() != 2)
    throw ValueError(
        str("Invalid format for argument `axes`: it should contain two elements. Received: axes=",
            config));
  const auto axis = [&](std::size_t i) { return static_cast<int>(config.at(i).as_int()); };
  return {axis(0), axis(1)};
}

Config DotAxes::config() const {
  if (single_) return axes_.first;
  return Config::list({axes_.first, axes_.second});
}

Dot::Dot(DotAxes axes, DotOptions options) : Layer(std::make_shared<DotImpl>(axes, options)) {}

Dot Dot::from_config(const Config& config) {
  ConfigReader reader("Dot", config);
  const auto axes = DotAxes::from_config(reader.require("axes"));
  DotOptions options;
  options.normalize = reader.get("normalize", false);
  return Dot(axes, finish_options(reader, std::move(options)));
}

Tensor dot(const Tensors& inputs, DotAxes axes, DotOptions options) {
  return Dot(axes, std::move(options))(inputs);
}

}  // namespace keras::layers
