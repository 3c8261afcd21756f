#include "keras/backend/cpu/simd/element_chains.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "keras/backend/cpu/simd/elementwise_plan.h"
#include "keras/backend/cpu/simd/program_builder.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/convert.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/models/sequential.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/adam.h"

namespace keras::backend::cpu::simd {
namespace {

using Dims = std::vector<std::int64_t>;

/// Adds a chain to a program whose arrays have these strides, and gives its results.
std::vector<Value> add_chain(const ElementChain& chain, ElementwiseProgram& program,
                             const Dims& strides, DType first = DType::kFloat32) {
  std::vector<Value> values;
  for (int i = 0; i < chain.sources; ++i) {
    const bool single = chain.single[static_cast<std::size_t>(i)];
    values.push_back(program.load(program.add_operand(i == 0 ? first : DType::kFloat32,
                                                      single ? Dims(strides.size()) : strides)));
    if (i == 0 && first != DType::kFloat32) values[0] = program.cast(values[0], DType::kFloat32);
  }
  for (int i = 0; i < chain.steps; ++i) {
    const ChainStep& step = chain.step[static_cast<std::size_t>(i)];
    std::vector<std::optional<Value>> sources;
    for (const int source : step.sources)
      sources.push_back(source < 0 ? std::nullopt
                                   : std::optional(values[static_cast<std::size_t>(source)]));
    const int arity = opcode_arity(step.opcode);
    values.push_back(program.apply(step.opcode, *sources[0], arity > 1 ? sources[1] : std::nullopt,
                                   arity > 2 ? sources[2] : std::nullopt));
  }
  std::vector<Value> results;
  for (int i = 0; i < chain.results; ++i)
    results.push_back(values[static_cast<std::size_t>(chain.result[static_cast<std::size_t>(i)])]);
  return results;
}

/// The operands of a chain's program: its sources, then its results.
ElementwiseProgram program_of(const ElementChain& chain, std::int64_t count,
                              DType first = DType::kFloat32) {
  ElementwiseProgram program({count});
  for (const Value result : add_chain(chain, program, {1}, first))
    program.store(program.add_operand(DType::kFloat32, {1}), result);
  return program;
}

using Arrays = std::vector<std::vector<float>>;

/// Positive where roots are taken, else of both signs and, among arrays, from beyond where
/// functions change their formulas.
Arrays sources_of(const ElementChain& chain, std::size_t count) {
  const bool has_roots = std::any_of(chain.step.begin(), chain.step.begin() + chain.steps,
                                     [](const ChainStep& s) { return s.opcode == Opcode::kSqrt; });
  Arrays sources;
  for (int i = 0; i < chain.sources; ++i) {
    const bool single = chain.single[static_cast<std::size_t>(i)];
    auto& source = sources.emplace_back(single ? 1 : count);
    for (std::size_t at = 0; at < source.size(); ++at) {
      const float wave = std::sin(static_cast<float>(at * 8) + static_cast<float>(i));
      source[at] = single || has_roots ? 0.01f + std::fabs(wave) : 6 * wave;
    }
  }
  return sources;
}

void run(const ElementwiseProgram& program, const std::vector<void*>& operands,
         const KernelTable* kernels, int threads) {
  const ElementwisePlan plan(program, {.threads = threads, .kernels = kernels});
  std::vector<char> scratch(plan.scratch_bytes() + 64);
  void* aligned = scratch.data();
  std::size_t space = scratch.size();
  plan.run(operands.data(), std::align(64, plan.scratch_bytes(), aligned, space));
}

/// What loops of one operation each make of the same.
Arrays step_by_step(const ElementChain& chain, const Arrays& sources, std::size_t count,
                    const KernelTable* kernels) {
  Arrays values;
  for (const auto& source : sources)
    values.push_back(source.size() == count ? source : std::vector<float>(count, source[0]));
  for (int i = 0; i < chain.steps; ++i) {
    const ChainStep& step = chain.step[static_cast<std::size_t>(i)];
    ElementwiseProgram program({static_cast<std::int64_t>(count)});
    std::vector<std::optional<Value>> loads(3);
    std::vector<void*> operands;
    for (int s = 0; s < opcode_arity(step.opcode); ++s) {
      loads[static_cast<std::size_t>(s)] = program.load(program.add_operand(DType::kFloat32, {1}));
      operands.push_back(values[static_cast<std::size_t>(step.sources[s])].data());
    }
    program.store(program.add_operand(DType::kFloat32, {1}),
                  program.apply(step.opcode, *loads[0], loads[1], loads[2]));
    std::vector<float> result(count);
    operands.push_back(result.data());
    run(program, operands, kernels, 1);
    values.push_back(std::move(result));
  }
  Arrays results;
  for (int i = 0; i < chain.results; ++i)
    results.push_back(values[static_cast<std::size_t>(chain.result[static_cast<std::size_t>(i)])]);
  return results;
}

TEST(ElementChains, MakeTheSameBitsAsStepByStep) {
  for (const ElementChain& chain : kElementChains)
    for (const std::size_t count : {1, 2, 16, 33, 4096, 30000})
      for (const KernelTable* kernels : available_kernels()) {
        const Arrays sources = sources_of(chain, count);
        const Arrays expected = step_by_step(chain, sources, count, kernels);
        for (const int threads : {1, 2}) {
          Arrays from = sources, to(expected.size(), std::vector<float>(count));
          std::vector<void*> operands;
          for (auto* arrays : {&from, &to})
            for (auto& array : *arrays) operands.push_back(array.data());
          run(program_of(chain, static_cast<std::int64_t>(count)), operands, kernels, threads);
          EXPECT_EQ(to, expected) << kernels->name << ", " << count << " elements";
          EXPECT_EQ(from, sources) << kernels->name;
        }
      }
}

TEST(ElementChains, WriteOverTheirSources) {
  for (const ElementChain& chain : kElementChains)
    for (const std::size_t count : {33, 9000})
      for (const KernelTable* kernels : available_kernels()) {
        Arrays sources = sources_of(chain, count);
        const Arrays expected = step_by_step(chain, sources, count, kernels);
        std::vector<void*> operands, arrays;
        for (auto& source : sources) {
          operands.push_back(source.data());
          if (source.size() == count) arrays.push_back(source.data());
        }
        // The last of them: an optimizer's variable and moments come after its gradient.
        for (std::size_t i = 0; i < expected.size(); ++i)
          operands.push_back(arrays[arrays.size() - 1 - i]);
        run(program_of(chain, static_cast<std::int64_t>(count)), operands, kernels, 2);
        for (std::size_t i = 0; i < expected.size(); ++i) {
          const auto* result = static_cast<const float*>(arrays[arrays.size() - 1 - i]);
          EXPECT_TRUE(std::equal(expected[i].begin(), expected[i].end(), result))
              << kernels->name << ", result " << i;
        }
      }
}

TEST(ElementChains, TakeBfloat16) {
  constexpr std::size_t kCount = 5000;
  for (const ElementChain& chain : kElementChains)
    for (const KernelTable* kernels : available_kernels()) {
      Arrays sources = sources_of(chain, kCount);
      std::vector<bfloat16> narrow(kCount);
      for (std::size_t i = 0; i < kCount; ++i) {
        narrow[i] = to_bfloat16(sources[0][i]);
        sources[0][i] = to_float32(narrow[i]);
      }
      const Arrays expected = step_by_step(chain, sources, kCount, kernels);
      Arrays results(expected.size(), std::vector<float>(kCount));
      std::vector<void*> operands = {narrow.data()};
      for (std::size_t i = 1; i < sources.size(); ++i) operands.push_back(sources[i].data());
      for (auto& result : results) operands.push_back(result.data());
      const auto program = program_of(chain, kCount, DType::kBfloat16);
      EXPECT_TRUE(match_chain(program));
      run(program, operands, kernels, 2);
      EXPECT_EQ(results, expected) << kernels->name;
    }
}

TEST(ElementChains, AreReduced) {
  constexpr std::int64_t kRows = 300, kColumns = 70, kCount = kRows * kColumns;
  for (const ElementChain& chain : kElementChains)
    for (const KernelTable* kernels : available_kernels())
      for (const bool stored : {false, true}) {
        ElementwiseProgram program({kRows, kColumns}, {true, false});
        const std::vector<Value> results = add_chain(chain, program, {kColumns, 1});
        std::vector<void*> operands;
        Arrays sources = sources_of(chain, kCount);
        for (auto& source : sources) operands.push_back(source.data());
        Arrays to(results.size(), std::vector<float>(kCount));
        Arrays sums(results.size(), std::vector<float>(kColumns));
        for (std::size_t i = 0; i < results.size(); ++i) {
          program.reduce(ReduceOp::kSum, program.add_operand(DType::kFloat32, {0, 1}), results[i]);
          operands.push_back(sums[i].data());
          if (!stored) continue;
          program.store(program.add_operand(DType::kFloat32, {kColumns, 1}), results[i]);
          operands.push_back(to[i].data());
        }
        EXPECT_TRUE(match_chain(program));
        run(program, operands, kernels, 2);
        const Arrays expected = step_by_step(chain, sources, kCount, kernels);
        if (stored) {
          EXPECT_EQ(to, expected) << kernels->name;
        }
        for (std::size_t i = 0; i < results.size(); ++i)
          for (std::size_t column = 0; column < kColumns; ++column) {
            double sum = 0;
            for (std::size_t row = 0; row < kRows; ++row)
              sum += static_cast<double>(expected[i][row * kColumns + column]);
            EXPECT_FLOAT_EQ(sums[i][column], static_cast<float>(sum)) << kernels->name;
          }
      }
}

TEST(ElementChains, MatchNothingElse) {
  for (const ElementChain& chain : kElementChains) {
    EXPECT_TRUE(match_chain(program_of(chain, 100)));
    ElementChain other = chain;
    other.steps -= 1;
    other.results -= 1;
    EXPECT_FALSE(match_chain(program_of(other, 100))) << "without its last step";
    other = chain;
    other.step[0].opcode = Opcode::kMaximum;
    EXPECT_FALSE(match_chain(program_of(other, 100))) << "with another operation";
    other = chain;
    std::swap(other.step[0].sources[0], other.step[0].sources[1]);
    EXPECT_FALSE(match_chain(program_of(other, 100))) << "with other sources";
    other = chain;
    const auto single = std::find(other.single.begin(), other.single.end(), true);
    if (single != other.single.end()) {
      *single = false;
      EXPECT_FALSE(match_chain(program_of(other, 100))) << "with numbers that differ";
    }
    other = chain;
    other.result[0] = chain.sources;
    EXPECT_FALSE(match_chain(program_of(other, 100))) << "with another result";
    auto longer = program_of(chain, 100);
    longer.store(longer.add_operand(DType::kFloat32, {1}), longer.load(0));
    EXPECT_FALSE(match_chain(longer)) << "with a copy beside it";
  }
}

TEST(ElementChains, MatchInAnotherOrder) {
  // Adam's second moment first.
  ElementwiseProgram program({100});
  const auto load = [&](std::int64_t stride) {
    return program.load(program.add_operand(DType::kFloat32, {stride}));
  };
  const auto apply = [&](Opcode opcode, Value a, Value b) { return program.apply(opcode, a, b); };
  const Value variable = load(1), epsilon = load(0), rate = load(0), gradient = load(1),
              v = load(1), m = load(1), beta_2 = load(0), beta_1 = load(0);
  const Value next_v =
      apply(Opcode::kAdd, v,
            apply(Opcode::kMultiply,
                  apply(Opcode::kSubtract, program.apply(Opcode::kSquare, gradient), v), beta_2));
  const Value spread = apply(Opcode::kAdd, program.apply(Opcode::kSqrt, next_v), epsilon);
  const Value next_m = apply(
      Opcode::kAdd, m, apply(Opcode::kMultiply, apply(Opcode::kSubtract, gradient, m), beta_1));
  const Value step = apply(Opcode::kDivide, apply(Opcode::kMultiply, next_m, rate), spread);
  const Value next = apply(Opcode::kSubtract, variable, step);
  for (const Value value : {next, next_v, next_m})
    program.store(program.add_operand(DType::kFloat32, {1}), value);
  const auto match = match_chain(program);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->sources,
            (std::vector<Value>{gradient, m, beta_1, rate, v, beta_2, epsilon, variable}));
  EXPECT_EQ(match->results, (std::vector<Value>{next_m, next_v, next}));
}

/// How many of a compiled function's programs are chains.
int chains_of(const engine::Executable& executable) {
  const engine::Graph& graph = executable.graph();
  int chains = 0;
  for (const auto& call : graph.calls) {
    if (call.op->traits.view) continue;
    const Specs inputs = graph.specs(call.inputs), outputs = graph.specs(call.outputs);
    const engine::KernelCall kernel_call{*call.op, call.attrs, inputs, outputs, 1, {}, {}};
    const engine::Kernel* kernel = engine::find_kernel(kernel_call);
    if (!kernel) continue;
    const auto prepared = kernel->prepare(kernel_call);
    const auto* program = dynamic_cast<const ProgramKernel*>(prepared.get());
    chains += program && program->plan().is_chain() ? 1 : 0;
  }
  return chains;
}

TEST(ElementChains, AreWhatOptimizersDo) {
  const Sequential model({Input({20}), layers::Dense(30)});
  const optimizers::Adam optimizer;
  optimizer.build(model.trainable_weights());
  const CompiledFunction train([&](const Tensors& in) {
    const auto [loss, gradients] = value_and_grad(
        [&] { return ops::sum(ops::square(model(in[0]))); }, model.trainable_weights());
    optimizer.apply(gradients, model.trainable_weights());
    return Tensors{loss};
  });
  EXPECT_EQ(chains_of(*train.executable({{{8, 20}, DType::kFloat32}})), 2);
}

// Of large tensors, whose gradient works out again what it needs.
TEST(ElementChains, AreWhatGeluIs) {
  const Sequential model(
      {Input({16}), layers::Dense(256, {.activation = "gelu"}), layers::Dense(8)});
  const CompiledFunction train([&](const Tensors& in) {
    const auto [loss, gradients] = value_and_grad(
        [&] { return ops::sum(ops::square(model(in[0]))); }, model.trainable_weights());
    return gradients;
  });
  // On one thread a loop over parts of the batch would have the first of them.
  engine::set_compile_settings({.disabled_passes = {"loop_over_batch"}, .dump_folder = {}});
  EXPECT_EQ(chains_of(*train.executable({{{1024, 16}, DType::kFloat32}})), 2);
  engine::set_compile_settings({});
}

}  // namespace
}  // namespace keras::backend::cpu::simd
