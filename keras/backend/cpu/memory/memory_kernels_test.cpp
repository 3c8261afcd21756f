#include "keras/backend/cpu/memory/memory_kernels.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "keras/ops/indexing/indexing.h"
#include "keras/ops/op_list.h"
#include "keras/ops/shape/layout.h"
#include "tests/support/tensors.h"

namespace keras::backend::cpu {
namespace {

using testing::ramp;

Tensor run(const engine::Kernel& kernel, const engine::Op& op, const engine::Attrs& attrs,
           const Tensors& inputs, int threads) {
  Specs in;
  std::vector<void*> from;
  for (const auto& input : inputs) {
    in.push_back(input.spec());
    from.push_back(input.storage().data());
  }
  const Specs out = op.infer(in, attrs);
  const engine::KernelCall call{op, attrs, in, out, threads};
  EXPECT_EQ(kernel.refusal(call), "");
  const Storage value =
      Storage::allocate(static_cast<std::size_t>(out[0].shape.size()) * dtype_size(out[0].dtype));
  void* to = value.data();
  kernel.prepare(call)->run({from.data(), &to, nullptr});
  return Tensor::from_storage(out[0], value);
}

void expect_same_for_threads(const engine::Kernel& kernel, const engine::Op& op,
                             const engine::Attrs& attrs, const Tensors& inputs) {
  const Tensor one = run(kernel, op, attrs, inputs, 1);
  const Tensor many = run(kernel, op, attrs, inputs, 5);
  EXPECT_EQ(std::memcmp(one.raw_data(), many.raw_data(),
                        static_cast<std::size_t>(one.size()) * dtype_size(one.dtype())),
            0)
      << kernel.name;
}

/// Uneven indices, some out of range on both sides.
Tensor indices(std::int64_t count, std::int32_t size) {
  std::vector<std::int32_t> values;
  for (std::int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<std::int32_t>(i * 7919 % (3 * size)) - size - size / 4);
  return Tensor::from(values, {count});
}

TEST(MemoryKernels, GiveTheSameBitsWithAnyNumberOfThreads) {
  const Tensor table = ramp({50, 300}), rows = ramp({700, 300}), images = ramp({4, 60, 60, 7});
  expect_same_for_threads(memory_take, ops::take_op, ops::TakeAttrs{0}, {table, indices(700, 50)});
  expect_same_for_threads(memory_take, ops::take_op, ops::TakeAttrs{1}, {rows, indices(400, 300)});
  expect_same_for_threads(memory_scatter_add, ops::scatter_add_op, ops::ScatterAddAttrs{50},
                          {indices(700, 50), rows});
  expect_same_for_threads(memory_concatenate, ops::concatenate_op, ops::ConcatenateAttrs{1},
                          {rows, ramp({700, 1}), rows});
  expect_same_for_threads(memory_pad, ops::pad_op,
                          ops::PadAttrs{{0, 1, 2, 0}, {0, 2, 1, 0}, {0, 0, 0, 0}, 0}, {images});
}

TEST(MemoryKernels, TakeMarksWhatIsOutOfRange) {
  const Tensor table = Tensor::from(std::vector<std::int32_t>{1, 2, 3, 4}, {2, 2});
  const Tensor found = run(memory_take, ops::take_op, ops::TakeAttrs{0},
                           {table, Tensor::of<std::int32_t>({-1, 2, -3})}, 1);
  constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::lowest();
  EXPECT_EQ(found.to_vector<std::int32_t>(),
            (std::vector<std::int32_t>{3, 4, kLeast, kLeast, kLeast, kLeast}));
}

TEST(MemoryKernels, ScatterAddPassesOverWhatIsOutOfRange) {
  const Tensor sums =
      run(memory_scatter_add, ops::scatter_add_op, ops::ScatterAddAttrs{3},
          {Tensor::of<std::int32_t>({1, -1, 7, 1}), Tensor::of<float>({1, 2, 4, 8})}, 1);
  EXPECT_EQ(sums.to_vector<float>(), (std::vector<float>{0, 9, 2}));
}

TEST(MemoryKernels, PadRefusesWhatItCannotDo) {
  const Specs in = {{{2, 3}, DType::kFloat32}};
  const engine::Attrs attrs = ops::PadAttrs{{-1, 0}, {0, 0}, {0, 0}, 0};
  const Specs out = ops::pad_op.infer(in, attrs);
  EXPECT_NE(memory_pad.refusal({ops::pad_op, attrs, in, out}), "");
}

}  // namespace
}  // namespace keras::backend::cpu
