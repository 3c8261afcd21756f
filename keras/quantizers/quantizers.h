#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/axes.h"
#include "keras/utils/config.h"

namespace keras::quantizers {

/// Whole numbers, and the scale that they were multiplied by: values = round(x · scale).
struct Quantized {
  Tensor values;
  Tensor scale;
};

struct AbsMaxQuantizeOptions {
  std::pair<int, int> value_range = {-127, 127};
  DType dtype = DType::kInt8;
  double epsilon = 1e-7;  ///< added to the largest magnitude, so that nothing is divided by 0
};

/// round(x · scale) within the range, halves to the even number, where scale is the range's upper
/// end over the largest magnitude along `axis`; the scale keeps these axes, with size 1, and has
/// the dtype of the inputs. Keras: keras.quantizers.abs_max_quantize.
Quantized abs_max_quantize(const Tensor& inputs, const Axes& axis,
                           AbsMaxQuantizeOptions options = {});

/// The same with a zero point for each scale: x = (values − zero_point) · scale.
struct QuantizedGroups {
  Tensor values;
  Tensor scale;
  Tensor zero_point;
};

struct GroupedQuantizeOptions {
  std::pair<int, int> value_range = {-8, 7};
  DType dtype = DType::kInt8;
  double epsilon = 1e-7;  ///< added to the difference of the extremes
};

/// Quantizes a matrix so that `block_size` rows in turn share a scale and a zero point in each
/// column: both have the shape (⌈rows / block_size⌉, columns). Throws ValueError for a block size
/// below 1 and ShapeError for what is no matrix.
/// Keras: keras.quantizers.abs_max_quantize_grouped_with_zero_point.
QuantizedGroups abs_max_quantize_grouped_with_zero_point(const Tensor& inputs,
                                                         std::int64_t block_size,
                                                         GroupedQuantizeOptions options = {});

/// (values − zero) · scale, where `scale` and `zero` have a group on `group_axis` and `g_idx` says
/// which group each place along that axis is of. Keras: keras.quantizers.dequantize_with_sz_map.
Tensor dequantize_with_sz_map(const Tensor& values, const Tensor& scale, const Tensor& zero,
                              const Tensor& g_idx, int group_axis = -1);

/// Numbers of four bits in [-8, 7], two in a byte along an axis: the first in the low half. An odd
/// one at the end stands alone. Throws TypeError unless `values` is int8.
/// Keras: keras.quantizers.pack_int4.
Tensor pack_int4(const Tensor& values, int axis = 0);
/// Back, to int8; `original_size` is the size along the axis before. Throws TypeError unless
/// `packed` is int8, and ValueError for a size that does not fit.
/// Keras: keras.quantizers.unpack_int4.
Tensor unpack_int4(const Tensor& packed, std::int64_t original_size, int axis = 0);

struct AbsMaxQuantizerOptions {
  std::optional<std::vector<int>> axis = {};  ///< the last one when unset
  std::pair<int, int> value_range = {-127, 127};
  double epsilon = 1e-7;
  DType output_dtype = DType::kInt8;
};

/// `abs_max_quantize` with its arguments. Keras: keras.quantizers.AbsMaxQuantizer.
class AbsMaxQuantizer {
 public:
  /// Throws ValueError for a range that is not in the output's dtype, holds no positive number or
  /// is not one, for an epsilon that is negative or not finite, and for a dtype that is not int8.
  AbsMaxQuantizer(AbsMaxQuantizerOptions options = {});

  const AbsMaxQuantizerOptions& options() const { return options_; }
  /// Along `axis` where that is given, else along the axis of construction.
  Quantized operator()(const Tensor& x, const Axes& axis = {}) const;

  Config serialize() const;
  /// From what `serialize` or Python's Keras wrote. Throws ValueError for another class.
  static AbsMaxQuantizer deserialize(const Config& config);

 private:
  AbsMaxQuantizerOptions options_;
};

}  // namespace keras::quantizers
