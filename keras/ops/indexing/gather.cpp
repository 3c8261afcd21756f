#include "keras/ops/indexing/gather.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/indexing/indexing.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

/// An integer type that counts a tensor's elements.
DType place_dtype(const Tensor& x) {
  return x.size() > std::numeric_limits<std::int32_t>::max() ? DType::kInt64 : DType::kInt32;
}

/// x and the indices stretched to each other but for the axis.
std::pair<Tensor, Tensor> stretched(const Tensor& x, const Tensor& indices, int axis) {
  Shape x_shape = x.shape(), index_shape = indices.shape();
  const std::int64_t size = x_shape[axis], count = index_shape[axis];
  x_shape[axis] = index_shape[axis] = 1;
  Shape common = broadcast_shapes(x_shape, index_shape, "take_along_axis");
  common[axis] = size;
  const Tensor wide = broadcast_to(x, common);
  common[axis] = count;
  return {wide, broadcast_to(indices, common)};
}

/// Where in the flattened x the indices along an axis lead.
Tensor flat_places(const Tensor& x, const Tensor& indices, int axis) {
  const std::int64_t outer = x.shape().slice(0, axis).size();
  const std::int64_t size = x.shape()[axis];
  const std::int64_t inner = x.shape().slice(axis + 1).size();
  const DType dtype = place_dtype(x);
  const Tensor rows = iota({outer, 1, 1}, 0, dtype) * (size * inner);
  const Tensor columns = iota({1, 1, inner}, 2, dtype);
  const Tensor along = reshape(cast(indices, dtype), {outer, indices.shape()[axis], inner});
  return reshape(rows + along * inner + columns, indices.shape());
}

}  // namespace

Tensor gather_along_axis(const Tensor& x, const Tensor& indices, int axis) {
  return emit(take_op, {ravel(x), flat_places(x, indices, axis)}, TakeAttrs{0});
}

Tensor rows_or_zeros(const Tensor& x, const Tensor& indices) {
  const std::int64_t size = x.shape()[0];
  const Tensor place = cast(indices, DType::kInt64);
  const Tensor inside = logical_and(greater_equal(place, -size), less(place, size));
  const Tensor rows = take(x, where(inside, place, 0), {.axis = 0});
  Shape column(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
  column[0] = indices.size();
  return where(reshape(inside, column), rows, zeros({}, x.dtype()));
}

Tensor take_along_axis(const Tensor& x, const Tensor& indices, TakeAlongAxisOptions o) {
  const Config axis_config = o.axis ? Config(*o.axis) : Config();
  return call_or_record(
      "TakeAlongAxis", {x, indices}, {{"axis", axis_config}}, [o](const Tensors& in) {
        if (!is_integer(in[1].dtype()))
          throw DtypeError(
              str("take_along_axis: indices must be integers, received ", in[1].spec(), "."));
        if (!o.axis) return take(ravel(in[0]), ravel(in[1]), {.axis = 0});
        if (in[0].rank() != in[1].rank())
          throw ShapeError(str("take_along_axis: x and indices must have the same rank; received ",
                               in[0].shape(), " and ", in[1].shape(), "."));
        const int axis = normalize_axis("take_along_axis", *o.axis, in[0].rank());
        const auto [wide, given] = stretched(in[0], in[1], axis);
        const std::int64_t size = wide.shape()[axis];
        const Tensor place = cast(given, place_dtype(wide));
        const Tensor from_front = where(less(place, 0), place + size, place);
        const Tensor inside = logical_and(greater_equal(from_front, 0), less(from_front, size));
        // One past the end stays out of range for `take`, too.
        const Tensor flat = where(inside, flat_places(wide, from_front, axis), wide.size());
        return emit(take_op, {ravel(wide), flat}, TakeAttrs{0});
      });
}

}  // namespace keras::ops
