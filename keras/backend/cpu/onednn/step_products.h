#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "keras/backend/cpu/onednn/primitive.h"
#include "keras/backend/cpu/simd/nn_functions.h"

namespace keras::backend::cpu {

/// The products of a recurrence's steps: dense (rows, k) times a kernel (k, n) in float32, for each
/// number of rows that a part has. The kernel is brought once a run into the layout that the
/// products want.
class StepProducts {
 public:
  /// `turned`: the kernel lies as (n, k); `adds`: the product is added to what is there; `bounds`:
  /// where the parts' rows begin, and the end; `layout`: null, or the one of `wanted_layout`.
  StepProducts(std::int64_t k, std::int64_t n, dnnl::memory::data_type type, bool turned, bool adds,
               const std::vector<std::int64_t>& bounds, const engine::LayoutPtr& layout = nullptr);

  /// The layout in which products of so many rows in float32, neither turned nor adding, want a
  /// kernel (k, n) that stays the same from run to run; null for row-major.
  static engine::LayoutPtr wanted_layout(const Shape& kernel, std::int64_t rows);

  std::size_t packed_bytes() const;
  std::size_t scratchpad_bytes() const;

  /// The kernel as the products want it; `place` has `packed_bytes`.
  void* packed(void* kernel, std::byte* place) const;
  void run(std::int64_t rows, void* x, void* kernel, void* y, void* scratchpad) const;

  /// Into how many parts of the same size the columns of each of `groups` can be cut so that
  /// `run_share` computes one, at most `most`; 1 where it cannot.
  int shares(std::int64_t groups, int most) const;
  /// The columns of one of `count` shares, of each of `groups`.
  void run_share(std::int64_t groups, int share, int count, std::int64_t rows, void* x,
                 void* kernel, void* y) const;

 private:
  dnnl::matmul::primitive_desc descriptor(std::int64_t rows, bool adds,
                                          const dnnl::memory::desc& kernel) const;
  SmallProduct small_product(std::int64_t rows, void* x, void* kernel, void* y) const;

  std::int64_t k_, n_;
  bool small_;
  bool in_blocks_;  ///< of columns, which are contiguous
  dnnl::memory::desc given_, wanted_;
  std::map<std::int64_t, std::unique_ptr<Primitive>> products_;
  std::unique_ptr<Primitive> reorder_;
};

}  // namespace keras::backend::cpu
