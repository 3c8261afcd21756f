#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/variable.h"
#include "keras/layers/layer_impl.h"
#include "keras/quantizers/quantization_config.h"

namespace keras {

/// How Keras lays out a kernel that it quantizes.
struct KernelLayout {
  std::string name;          ///< of the variable; its scale is called name + "_scale"
  Shape shape;               ///< of the kernel in floats
  std::vector<int> reduced;  ///< its axes that products sum over: along them int8 shares a scale
  std::vector<int> scale_axes = {};  ///< the axes of int8's scale in the order of the product's
  Shape scale_shape = {};            ///< of int8's scale, without the axes of size 1 or with more
  Shape matrix = {};                 ///< in which int4 quantizes the kernel
  int group_axis = 0;                ///< of the matrix: where int4 has its groups
  int packed_axis = 1;               ///< of the matrix: along which two numbers share a byte
  bool scale_follows = true;         ///< whether int4's scale fits the product's last axis
  bool own_groups = true;            ///< whether int4 has the groups' numbers as a variable
};

/// Of a kernel that is a matrix, of which products sum over one axis.
KernelLayout matrix_layout(const std::string& name, const Shape& shape, int reduced);

/// How a layer multiplies its inputs with its kernel.
struct KernelProduct {
  std::function<Tensor(const Tensor& x, const Tensor& kernel)> forward;
  /// The inputs' gradient; that of the rounded numbers themselves where empty.
  std::function<Tensor(const Tensor& upstream, const Tensor& kernel)> gradient = {};
  Axes input_axes = -1;  ///< of the inputs: those that are summed over
  /// Lays out what the inputs were scaled by like the product; as it is where empty.
  std::function<Tensor(const Tensor& scale)> align = {};
};

/// A kernel kept in 8 or 4 bits, with the variables that Keras keeps it in. Products with it round
/// the inputs to 8 bits too where there is a quantizer for them, and add in int32.
class QuantizedKernel {
 public:
  using AddWeight =
      std::function<Variable(const std::string& name, const Shape& shape, WeightOptions options)>;

  /// Makes the variables: zeros with scales of one. `mode` is "int8" or "int4"; without a
  /// `block_size` all rows share a scale.
  QuantizedKernel(KernelLayout layout, const std::string& mode, std::optional<int> block_size,
                  const AddWeight& add_weight);

  const KernelLayout& layout() const { return layout_; }
  /// Values, scales, and, where there are groups, zero points and each row's group.
  const Variables& variables() const { return variables_; }
  /// What the variables hold for these floats. Throws ValueError where the quantizer's axes do not
  /// give the scales that the layer has.
  std::vector<std::pair<Variable, Tensor>> quantized(
      const Tensor& kernel, const std::optional<quantizers::AbsMaxQuantizer>& quantizer = {}) const;

  /// The kernel in floats.
  Tensor dequantized(DType dtype) const;
  /// Rows of a matrix in floats.
  Tensor rows(const Tensor& indices, DType dtype) const;
  /// The inputs' product with the kernel, in the inputs' dtype.
  Tensor product(const Tensor& x, const KernelProduct& how,
                 const std::optional<quantizers::AbsMaxQuantizer>& input_quantizer) const;

 private:
  bool packed() const { return bits_ == 4; }
  bool grouped() const { return block_size_.has_value(); }
  Shape scale_shape() const;
  Tensor integers() const;
  Tensor scale(DType dtype) const;
  Tensor rounded_product(const Tensor& x, const KernelProduct& how,
                         const std::optional<quantizers::AbsMaxQuantizer>& input_quantizer) const;
  std::vector<std::pair<Variable, Tensor>> quantized_in_groups(const Tensor& matrix) const;

  KernelLayout layout_;
  int bits_;
  std::optional<int> block_size_;
  Variables variables_;
};

}  // namespace keras
