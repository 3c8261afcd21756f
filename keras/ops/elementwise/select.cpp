#include "keras/engine/error.h"
#include "keras/engine/tensor/number.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {

using engine::Backward;
using engine::NoAttrs;

const engine::Op select_op = engine::define_op<NoAttrs>({
    .name = "select",
    .traits = {.elementwise = true},
    .infer =
        [](const Specs& in, const NoAttrs&) {
          if (in[0].dtype != DType::kBool || in[1].dtype != in[2].dtype)
            throw DtypeError(str("select takes bool and two tensors of one dtype, received ", in[0],
                                 ", ", in[1], " and ", in[2], "."));
          const Shape values = broadcast_shapes(in[1].shape, in[2].shape, "where");
          return Specs{{broadcast_shapes(in[0].shape, values, "where"), in[1].dtype}};
        },
    .gradient =
        [](const Backward& b, const NoAttrs&) {
          const Tensor &condition = b.input(0), &dy = b.cotangent(0);
          const Tensor nothing = zeros_like(dy);
          Tensors out(3);
          if (b.needs(1))
            out[1] = sum_to_shape(emit(select_op, {condition, dy, nothing}), b.input(1).shape());
          if (b.needs(2))
            out[2] = sum_to_shape(emit(select_op, {condition, nothing, dy}), b.input(2).shape());
          return out;
        },
});

const engine::Op cast_op = engine::define_op<CastAttrs>({
    .name = "cast",
    .traits = {.elementwise = true},
    .infer =
        [](const Specs& in, const CastAttrs& attrs) {
          if (in[0].dtype == kString || attrs.dtype == kString) promote(in[0].dtype, attrs.dtype);
          return Specs{{in[0].shape, attrs.dtype}};
        },
    .gradient =
        [](const Backward& b, const CastAttrs& attrs) {
          const DType from = b.input(0).dtype();
          if (!is_float(from) || !is_float(attrs.dtype)) return Tensors(1);
          return Tensors{cast(b.cotangent(0), from)};
        },
    .simplify = [](const engine::SimplifyView& view,
                   const CastAttrs& attrs) { return view.inputs[0].dtype == attrs.dtype ? 0 : -1; },
});

Tensor cast(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype && !(x.node()->weak && !x.is_symbolic())) return x;
  if (const auto number = engine::exact_number(x); number && dtype == DType::kFloat64)
    return Tensor::from(&*number, {});
  return call_or_record("Cast", {x}, {{"dtype", dtype_name(dtype)}}, [dtype](const Tensors& in) {
    return emit(cast_op, {in[0]}, CastAttrs{dtype});
  });
}

Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  return call_or_record("Where", {condition, a, b}, Config::dict(), [](const Tensors& in) {
    const DType dtype = common_dtype(in[1], in[2]);
    return emit(select_op, {cast(in[0], DType::kBool), cast(in[1], dtype), cast(in[2], dtype)});
  });
}

}  // namespace keras::ops
