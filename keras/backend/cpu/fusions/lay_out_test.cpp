#include "keras/backend/cpu/fusions/lay_out.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "keras/backend/cpu/onednn/small_product.h"

namespace keras::backend::cpu {
namespace {

/// A call on a matrix of four rows and 64 columns with these layouts.
struct Call {
  std::vector<engine::LayoutPtr> input, output;
  Specs specs = {{{4, 64}, DType::kFloat32}};
  engine::Attrs attrs = engine::NoAttrs{};

  engine::KernelCall call() const { return {lay_out_op, attrs, specs, specs, 1, input, output}; }
};

TEST(LayOut, PutsElementsWhereTheLayoutHasThem) {
  const engine::LayoutPtr blocks = column_blocks_layout({4, 64}, 32);
  const Call call{{nullptr}, {blocks}};
  ASSERT_EQ(memory_lay_out.refusal(call.call()), "");
  std::vector<float> from(4 * 64), to(4 * 64);
  std::iota(from.begin(), from.end(), 0.0f);
  void* const input = from.data();
  void* const output = to.data();
  memory_lay_out.prepare(call.call())->run({&input, &output, nullptr});
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 64; ++column)
      EXPECT_EQ(to[static_cast<std::size_t>(column / 32 * 4 * 32 + row * 32 + column % 32)],
                static_cast<float>(row * 64 + column));
}

TEST(LayOut, TakesRowMajorOperandsIntoALayoutOnly) {
  const engine::LayoutPtr blocks = column_blocks_layout({4, 64}, 32);
  EXPECT_NE(memory_lay_out.refusal(Call{{blocks}, {blocks}}.call()), "");
  EXPECT_NE(memory_lay_out.refusal(Call{{nullptr}, {nullptr}}.call()), "");
}

}  // namespace
}  // namespace keras::backend::cpu
