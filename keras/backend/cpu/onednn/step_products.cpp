#include "keras/backend/cpu/onednn/step_products.h"

#include <algorithm>

#include "keras/backend/cpu/onednn/small_product.h"

namespace keras::backend::cpu {
namespace {

using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

/// Columns side by side, and rows up to which calling oneDNN costs more than it brings.
constexpr std::int64_t kSmallBlock = 64, kMostSmallRows = 6;

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

bool are_small(std::int64_t n, std::int64_t rows) {
  return n % kSmallBlock == 0 && rows <= kMostSmallRows && nn_functions().small_product;
}

}  // namespace

StepProducts::StepProducts(std::int64_t k, std::int64_t n, Type type, bool turned, bool adds,
                           const std::vector<std::int64_t>& bounds, const engine::LayoutPtr& layout)
    : k_(k),
      n_(n),
      small_(type == Type::f32 && !turned && !adds && are_small(n, bounds[1] - bounds[0])),
      in_blocks_(layout != nullptr),
      given_({k, n}, type, turned ? Tag::ba : Tag::ab) {
  if (small_) return;
  const SequentialOpenMp sequential;
  wanted_ = descriptor(bounds[1] - bounds[0], adds, {{k, n}, type, Tag::any}).weights_desc();
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const std::int64_t rows = bounds[i + 1] - bounds[i];
    if (products_.contains(rows)) continue;
    const auto made = descriptor(rows, adds, wanted_);
    products_.emplace(rows, std::make_unique<Primitive>(
                                made, dnnl::matmul(made),
                                std::vector<Primitive::Argument>{{DNNL_ARG_SRC, made.src_desc()},
                                                                 {DNNL_ARG_WEIGHTS, wanted_},
                                                                 {DNNL_ARG_DST, made.dst_desc()}}));
  }
  if (wanted_ == given_) return;
  const dnnl::reorder::primitive_desc reorder(onednn_engine(), given_, onednn_engine(), wanted_,
                                              user_scratchpad());
  reorder_ = std::make_unique<Primitive>(
      reorder, dnnl::reorder(reorder),
      std::vector<Primitive::Argument>{{DNNL_ARG_SRC, given_}, {DNNL_ARG_DST, wanted_}});
}

engine::LayoutPtr StepProducts::wanted_layout(const Shape& kernel, std::int64_t rows) {
  return are_small(kernel[1], rows) ? column_blocks_layout(kernel, kSmallBlock) : nullptr;
}

std::size_t StepProducts::packed_bytes() const {
  return reorder_ ? aligned(wanted_.get_size()) + aligned(reorder_->scratchpad_bytes()) : 0;
}

std::size_t StepProducts::scratchpad_bytes() const {
  std::size_t most = 0;
  for (const auto& [rows, product] : products_) most = std::max(most, product->scratchpad_bytes());
  return aligned(most);
}

void* StepProducts::packed(void* kernel, std::byte* place) const {
  if (!reorder_) return kernel;
  void* const addresses[] = {kernel, place};
  reorder_->run(addresses, place + aligned(wanted_.get_size()));
  return place;
}

void StepProducts::run(std::int64_t rows, void* x, void* kernel, void* y, void* scratchpad) const {
  if (small_) {
    nn_functions().small_product(small_product(rows, x, kernel, y));
    return;
  }
  void* const addresses[] = {x, kernel, y};
  products_.at(rows)->run(addresses, scratchpad);
}

int StepProducts::shares(std::int64_t groups, int most) const {
  int count = small_ ? most : 1;
  while (count > 1 && n_ % (groups * kSmallBlock * count) != 0) --count;
  return count;
}

void StepProducts::run_share(std::int64_t groups, int share, int count, std::int64_t rows, void* x,
                             void* kernel, void* y) const {
  const std::int64_t group = n_ / groups;
  for (std::int64_t first = group / count * share; first < n_; first += group) {
    SmallProduct product = small_product(rows, x, kernel, y);
    product.b += in_blocks_ ? first * k_ : first;
    product.c += first;
    product.columns = group / count;
    nn_functions().small_product(product);
  }
}

dnnl::matmul::primitive_desc StepProducts::descriptor(std::int64_t rows, bool adds,
                                                      const dnnl::memory::desc& kernel) const {
  auto attributes = user_scratchpad();
  if (adds) {
    dnnl::post_ops sum;
    sum.append_sum();
    attributes.set_post_ops(sum);
  }
  return {onednn_engine(),
          {{rows, k_}, kernel.get_data_type(), Tag::ab},
          kernel,
          {{rows, n_}, Type::f32, Tag::ab},
          attributes};
}

SmallProduct StepProducts::small_product(std::int64_t rows, void* x, void* kernel, void* y) const {
  SmallProduct product{};
  product.rows = rows;
  product.depth = product.a_stride = k_;
  product.columns = product.c_stride = n_;
  product.block = kSmallBlock;
  product.b_stride = in_blocks_ ? kSmallBlock : n_;
  product.block_stride = in_blocks_ ? kSmallBlock * k_ : kSmallBlock;
  product.a = static_cast<const float*>(x);
  product.b = static_cast<const float*>(kernel);
  product.c = static_cast<float*>(y);
  return product;
}

}  // namespace keras::backend::cpu
