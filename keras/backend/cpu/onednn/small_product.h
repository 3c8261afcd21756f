#pragma once

#include "keras/backend/cpu/onednn/matmul.h"

namespace keras::backend::cpu {

/// How many rows are expected: few as a rule, the samples of a dense layer, or more, the pixels of
/// a convolution. Each product takes what there is.
enum class SmallProductRows { kFew, kMore };

/// True of a product of so few rows, as a prediction for one sample or some makes it: how fast its
/// weights come from memory decides, and loops of our own are better at that than oneDNN's.
bool is_small_product(const MatmulProblem& problem, const MatmulOperands& operands,
                      SmallProductRows rows = SmallProductRows::kFew);

/// The layout in which such a product wants weights (…, columns), the same for any rows, so that a
/// variable is kept in it once: blocks of columns, in each one input after the other. Null where
/// the columns make no such blocks.
engine::LayoutPtr small_product_layout(const Shape& weights, SmallProductRows rows, int threads);
/// The same in blocks of so many columns, which must divide them.
engine::LayoutPtr column_blocks_layout(const Shape& weights, std::int64_t block);
bool is_small_product_layout(const engine::LayoutPtr& layout);

/// Adds the shares of a small product, each some columns or some rows, to the kernel's current
/// stage.
void add_small_product(StagedKernel& kernel, const MatmulProblem& problem,
                       const MatmulOperands& operands, int threads);

}  // namespace keras::backend::cpu
