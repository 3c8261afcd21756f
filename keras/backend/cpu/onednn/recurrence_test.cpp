#include "keras/backend/cpu/onednn/recurrence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/variable.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/nn/recurrence.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::backend::cpu {
namespace {

using ops::RecurrenceAttrs;
using ops::RecurrentCell;

constexpr std::int64_t kBatch = 5, kSteps = 4, kUnits = 19;
/// bfloat16 has 8 bits, and a few steps add up.
constexpr float kTolerance = 0.04f;

/// Numbers of no pattern in [-scale, scale] that bfloat16 holds.
Tensor scattered(Shape shape, double scale) {
  const auto size = static_cast<double>(shape.size());
  const Tensor angles = ops::square(ops::arange(1.0, size + 1.0));
  const Tensor values = ops::multiply(ops::sin(angles), scale);
  return ops::cast(ops::cast(ops::reshape(values, std::move(shape)), DType::kBfloat16),
                   DType::kFloat32);
}

Tensors narrowed(const Tensors& inputs) {
  Tensors out;
  for (const auto& input : inputs)
    out.push_back(input.dtype() == DType::kFloat32 ? ops::cast(input, DType::kBfloat16) : input);
  return out;
}

/// Checks the kernels of bfloat16 against the operation in simpler ones of float32.
Tensors expect_near(const engine::Op& op, const Tensors& inputs, const RecurrenceAttrs& attrs) {
  const Tensors want = op.decompose(inputs, attrs);
  const Tensors got = ops::emit_all(op, narrowed(inputs), attrs);
  EXPECT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i].dtype(), DType::kBfloat16);
    const auto a = ops::cast(got[i], DType::kFloat32).to_vector<float>();
    const auto b = want[i].to_vector<float>();
    float worst = 0;
    for (std::size_t k = 0; k < b.size(); ++k) worst = std::max(worst, std::abs(a[k] - b[k]));
    EXPECT_LT(worst, kTolerance) << op.name << " output " << i;
  }
  return want;
}

void check_cell(RecurrentCell cell, bool masked) {
  SCOPED_TRACE(str("cell ", static_cast<int>(cell), masked ? " with a mask" : ""));
  const std::int64_t gates = ops::gate_count(cell) * kUnits;
  const Tensor kernel = scattered({kUnits, gates}, 0.3), state = scattered({kBatch, kUnits}, 0.9);
  RecurrenceAttrs attrs{.cell = cell, .go_backwards = masked, .masked = masked};
  Tensors inputs = {scattered({kBatch, kSteps, gates}, 2.0), kernel, state};
  if (cell == RecurrentCell::kLstm) inputs.push_back(scattered({kBatch, kUnits}, 0.8));
  if (cell == RecurrentCell::kGru) inputs.push_back(scattered({kUnits}, 0.5));
  const Tensor mask = ops::greater(scattered({kBatch, kSteps}, 1.0), -0.3);
  if (masked) inputs.push_back(mask);
  const Tensors out = expect_near(ops::recurrence_op, inputs, attrs);
  attrs.saves = false;
  expect_near(ops::recurrence_op, inputs, attrs);

  attrs.saves = true;
  attrs.zero_masked = masked;
  attrs.from_outputs = attrs.from_state = true;
  attrs.from_carry = cell == RecurrentCell::kLstm;
  inputs = {kernel, out[2], out[3]};
  if (masked) inputs.push_back(mask);
  inputs.push_back(scattered({kBatch, kSteps, kUnits}, 0.5));
  inputs.push_back(state);
  if (attrs.from_carry) inputs.push_back(scattered({kBatch, kUnits}, 0.4));
  expect_near(ops::recurrence_gradient_op, inputs, attrs);
}

TEST(OnednnRecurrence, IsNearTheFloat32OneInBfloat16) {
  for (const auto cell : {RecurrentCell::kSimple, RecurrentCell::kLstm, RecurrentCell::kGru})
    for (const bool masked : {false, true}) check_cell(cell, masked);
}

/// One sample's steps are shared by the threads.
TEST(OnednnRecurrence, GivesTheSameWhenThreadsShareTheSteps) {
  const int before = engine::num_threads();
  for (const auto cell : {RecurrentCell::kSimple, RecurrentCell::kLstm, RecurrentCell::kGru})
    for (const bool backwards : {false, true}) {
      const std::int64_t units = 256, gates = ops::gate_count(cell) * units;
      const RecurrenceAttrs attrs{.cell = cell, .go_backwards = backwards, .saves = false};
      Tensors inputs = {scattered({1, 7, gates}, 2.0), scattered({units, gates}, 0.1),
                        scattered({1, units}, 0.9)};
      if (cell == RecurrentCell::kLstm) inputs.push_back(scattered({1, units}, 0.8));
      if (cell == RecurrentCell::kGru) inputs.push_back(scattered({units}, 0.5));
      engine::set_num_threads(1);
      const Tensors want = ops::emit_all(ops::recurrence_op, inputs, attrs);
      for (const int threads : {2, 3, 4}) {
        engine::set_num_threads(threads);
        const Tensors got = ops::emit_all(ops::recurrence_op, inputs, attrs);
        ASSERT_EQ(got.size(), want.size());
        for (std::size_t i = 0; i < want.size(); ++i)
          EXPECT_EQ(got[i].to_vector<float>(), want[i].to_vector<float>())
              << "cell " << static_cast<int>(cell) << " output " << i << " threads " << threads;
      }
    }
  engine::set_num_threads(before);
}

/// A kernel that is only read lies in blocks of columns.
TEST(OnednnRecurrence, GivesTheSameWithAKernelInBlocks) {
  const int before = engine::num_threads();
  for (const auto cell : {RecurrentCell::kSimple, RecurrentCell::kLstm, RecurrentCell::kGru})
    for (const std::int64_t batch : {1, 3})
      for (const int threads : {1, 2}) {
        engine::set_num_threads(threads);
        const std::int64_t units = 128, gates = ops::gate_count(cell) * units;
        const RecurrenceAttrs attrs{.cell = cell, .saves = false};
        const Variable kernel{scattered({units, gates}, 0.1)};
        Tensors inputs = {scattered({batch, 7, gates}, 2.0), kernel.value(),
                          scattered({batch, units}, 0.9)};
        if (cell == RecurrentCell::kLstm) inputs.push_back(scattered({batch, units}, 0.8));
        if (cell == RecurrentCell::kGru) inputs.push_back(scattered({units}, 0.5));
        const Tensors want = ops::emit_all(ops::recurrence_op, inputs, attrs);
        const CompiledFunction compiled([&](const Tensors& in) {
          Tensors all = inputs;
          all[0] = in[0];
          all[1] = kernel.value();
          return ops::emit_all(ops::recurrence_op, all, attrs);
        });
        const auto& graph = compiled.executable({inputs[0].spec()})->graph();
        EXPECT_EQ(graph.layout(graph.variables[0].initial) != nullptr,
                  nn_functions().small_product != nullptr);
        const Tensors got = compiled({inputs[0]});
        for (std::size_t i = 0; i < want.size(); ++i)
          EXPECT_EQ(got[i].to_vector<float>(), want[i].to_vector<float>())
              << "cell " << static_cast<int>(cell) << " output " << i << " threads " << threads;
      }
  engine::set_num_threads(before);
}

}  // namespace
}  // namespace keras::backend::cpu
