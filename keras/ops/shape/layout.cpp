#include "keras/ops/shape/layout.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {

using engine::Backward;

const engine::Op reshape_op = engine::define_op<ReshapeAttrs>({
    .name = "reshape",
    .traits = {.view = true},
    .infer =
        [](const Specs& in, const ReshapeAttrs& attrs) {
          if (in[0].shape.size() != attrs.shape.size())
            throw ShapeError(str("cannot reshape a tensor of shape ", in[0].shape, " (",
                                 in[0].shape.size(), " elements) into shape ", attrs.shape, "."));
          return Specs{{attrs.shape, in[0].dtype}};
        },
    .gradient =
        [](const Backward& b, const ReshapeAttrs&) {
          return Tensors{reshape(b.cotangent(0), b.input(0).shape())};
        },
    .simplify =
        [](const engine::SimplifyView& view, const ReshapeAttrs& attrs) {
          return view.inputs[0].shape == attrs.shape ? 0 : -1;
        },
});

const engine::Op transpose_op = engine::define_op<TransposeAttrs>({
    .name = "transpose",
    .infer =
        [](const Specs& in, const TransposeAttrs& attrs) {
          Shape shape;
          for (const int axis : attrs.order) shape.push_back(in[0].shape[axis]);
          return Specs{{shape, in[0].dtype}};
        },
    .gradient =
        [](const Backward& b, const TransposeAttrs& attrs) {
          std::vector<int> back(attrs.order.size());
          for (std::size_t i = 0; i < attrs.order.size(); ++i)
            back[static_cast<std::size_t>(attrs.order[i])] = static_cast<int>(i);
          return Tensors{emit(transpose_op, {b.cotangent(0)}, TransposeAttrs{back})};
        },
    .simplify =
        [](const engine::SimplifyView&, const TransposeAttrs& attrs) {
          for (std::size_t i = 0; i < attrs.order.size(); ++i)
            if (attrs.order[i] != static_cast<int>(i)) return -1;
          return 0;
        },
});

const engine::Op broadcast_to_op = engine::define_op<BroadcastAttrs>({
    .name = "broadcast_to",
    .infer =
        [](const Specs& in, const BroadcastAttrs& attrs) {
          if (broadcast_shapes(in[0].shape, attrs.shape, "broadcast_to") != attrs.shape)
            throw ShapeError(str("broadcast_to: a tensor of shape ", in[0].shape,
                                 " does not broadcast to ", attrs.shape, "."));
          return Specs{{attrs.shape, in[0].dtype}};
        },
    .gradient =
        [](const Backward& b, const BroadcastAttrs&) {
          return Tensors{sum_to_shape(b.cotangent(0), b.input(0).shape())};
        },
    .simplify =
        [](const engine::SimplifyView& view, const BroadcastAttrs& attrs) {
          return view.inputs[0].shape == attrs.shape ? 0 : -1;
        },
});

const engine::Op concatenate_op = engine::define_op<ConcatenateAttrs>({
    .name = "concatenate",
    .infer =
        [](const Specs& in, const ConcatenateAttrs& attrs) {
          TensorSpec out = in[0];
          for (std::size_t i = 1; i < in.size(); ++i) {
            Shape expected = in[i].shape;
            if (expected.rank() == out.shape.rank()) expected[attrs.axis] = out.shape[attrs.axis];
            if (expected != out.shape)
              throw ShapeError(str("concatenate: all shapes must match except along axis ",
                                   attrs.axis, "; received ", in[0].shape, " and ", in[i].shape,
                                   "."));
            out.shape[attrs.axis] += in[i].shape[attrs.axis];
          }
          return Specs{out};
        },
    .gradient =
        [](const Backward& b, const ConcatenateAttrs& attrs) {
          Tensors out;
          std::int64_t first = 0;
          for (int i = 0; i < b.input_count(); ++i) {
            const std::int64_t size = b.input(i).shape()[attrs.axis];
            out.push_back(slice_axis(b.cotangent(0), attrs.axis, first, first + size));
            first += size;
          }
          return out;
        },
    .simplify = [](const engine::SimplifyView& view,
                   const ConcatenateAttrs&) { return view.inputs.size() == 1 ? 0 : -1; },
});

const engine::Op pad_op = engine::define_op<PadAttrs>({
    .name = "pad",
    .infer =
        [](const Specs& in, const PadAttrs& attrs) {
          TensorSpec out = in[0];
          for (int axis = 0; axis < out.shape.rank(); ++axis) {
            const auto i = static_cast<std::size_t>(axis);
            const std::int64_t size = in[0].shape[axis];
            const std::int64_t spread = size == 0 ? 0 : size + (size - 1) * attrs.interior[i];
            out.shape[axis] = spread + attrs.low[i] + attrs.high[i];
            if (out.shape[axis] < 0) throw ShapeError("pad: cuts off more than there is.");
          }
          return Specs{out};
        },
    .gradient =
        [](const Backward& b, const PadAttrs& attrs) {
          // Negative padding cut elements off: put zeros in their place, then take every
          // (interior + 1)-th element of the middle.
          PadAttrs restore = attrs;
          SliceAttrs middle;
          for (std::size_t i = 0; i < attrs.low.size(); ++i) {
            restore.low[i] = std::max<std::int64_t>(0, -attrs.low[i]);
            restore.high[i] = std::max<std::int64_t>(0, -attrs.high[i]);
            restore.interior[i] = 0;
            const std::int64_t size = b.input(0).shape()[static_cast<int>(i)];
            const std::int64_t start = std::max<std::int64_t>(0, attrs.low[i]);
            const std::int64_t step = attrs.interior[i] + 1;
            middle.start.push_back(start);
            middle.stop.push_back(size == 0 ? start : start + (size - 1) * step + 1);
            middle.step.push_back(step);
          }
          restore.value = 0;
          return Tensors{emit(slice_op, {emit(pad_op, {b.cotangent(0)}, restore)}, middle)};
        },
    .simplify =
        [](const engine::SimplifyView&, const PadAttrs& attrs) {
          // The same shape is not enough: what is cut off on one side may come in at the other.
          for (std::size_t i = 0; i < attrs.low.size(); ++i)
            if (attrs.low[i] != 0 || attrs.high[i] != 0 || attrs.interior[i] != 0) return -1;
          return 0;
        },
});

const engine::Op slice_op = engine::define_op<SliceAttrs>({
    .name = "slice",
    .infer =
        [](const Specs& in, const SliceAttrs& attrs) {
          TensorSpec out = in[0];
          for (int axis = 0; axis < out.shape.rank(); ++axis) {
            const auto i = static_cast<std::size_t>(axis);
            if (attrs.start[i] < 0 || attrs.stop[i] > in[0].shape[axis] || attrs.step[i] < 1)
              throw ValueError(str("slice: [", attrs.start[i], ", ", attrs.stop[i],
                                   ") does not lie in axis ", axis, " of shape ", in[0].shape,
                                   "."));
            const std::int64_t length = attrs.stop[i] - attrs.start[i];
            out.shape[axis] = length <= 0 ? 0 : (length + attrs.step[i] - 1) / attrs.step[i];
          }
          return Specs{out};
        },
    .gradient =
        [](const Backward& b, const SliceAttrs& attrs) {
          PadAttrs pad;
          for (std::size_t i = 0; i < attrs.start.size(); ++i) {
            const int axis = static_cast<int>(i);
            const std::int64_t taken = b.cotangent(0).shape()[axis];
            const std::int64_t spread = taken == 0 ? 0 : (taken - 1) * attrs.step[i] + 1;
            const std::int64_t low = taken == 0 ? 0 : attrs.start[i];
            pad.low.push_back(low);
            pad.high.push_back(b.input(0).shape()[axis] - low - spread);
            pad.interior.push_back(attrs.step[i] - 1);
          }
          return Tensors{emit(pad_op, {b.cotangent(0)}, pad)};
        },
    .simplify =
        [](const engine::SimplifyView& view, const SliceAttrs&) {
          return view.inputs[0].shape == view.output.shape ? 0 : -1;
        },
});

const engine::Op flip_op = engine::define_op<FlipAttrs>({
    .name = "flip",
    .infer = [](const Specs& in, const FlipAttrs&) { return in; },
    .gradient =
        [](const Backward& b, const FlipAttrs& attrs) {
          return Tensors{emit(flip_op, {b.cotangent(0)}, attrs)};
        },
});

const engine::Op iota_op = engine::define_op<IotaAttrs>({
    .name = "iota",
    .infer =
        [](const Specs&, const IotaAttrs& attrs) {
          return Specs{{attrs.shape, attrs.dtype}};
        },
});

}  // namespace keras::ops
