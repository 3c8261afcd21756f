#include "keras/engine/runtime/program.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras::engine {
namespace {

using Values = std::vector<float>;
using Function = std::function<Tensors(const Tensors&)>;

Graph traced(const Function& function, const Specs& specs) {
  const Trace scope(Trace::Mode::kCompile);
  Tensors arguments;
  for (const auto& spec : specs) arguments.push_back(make_placeholder(spec));
  return build_graph(arguments, function(arguments), scope);
}

/// What whoever runs a program provides: a table, memory, and the addresses only a run knows.
class Runner {
 public:
  explicit Runner(const Program& program)
      : program_(program),
        memory_(Storage::allocate(program.working_bytes())),
        table_(program.table_size()) {
    program_.fill(table_.data(), memory_.data());
  }

  /// `variables` are the variables' own memory.
  std::vector<Values> operator()(std::vector<Values> arguments,
                                 std::vector<Values*> variables = {}) {
    const Graph& graph = program_.graph();
    std::vector<Values> results;
    for (const ValueId result : graph.results)
      results.emplace_back(static_cast<std::size_t>(graph.spec(result).shape.size()));
    for (const auto& patch : program_.patches()) {
      const auto i = static_cast<std::size_t>(patch.location.index);
      switch (patch.location.kind) {
        case Location::Kind::kArgument:
          table_[patch.entry] = arguments[i].data();
          break;
        case Location::Kind::kVariable:
          table_[patch.entry] = variables.at(i)->data();
          break;
        case Location::Kind::kResult:
          table_[patch.entry] = results[i].data();
          break;
        default:
          ADD_FAILURE() << "an address that is known beforehand";
      }
    }
    program_.run(table_.data(), memory_.data());
    return results;
  }

 private:
  const Program& program_;
  Storage memory_;
  std::vector<void*> table_;
};

const TensorSpec kPair{Shape{2}, DType::kFloat32};

TEST(Program, RunsOnAddressesThatItIsGiven) {
  const Program program(optimize(traced(
      [](const Tensors& in) {
        return Tensors{ops::exp(in[0] * 0) + in[1], ops::matmul(in[0], in[1])};
      },
      {kPair, kPair})));
  Runner run(program);
  EXPECT_EQ(run({{1, 2}, {3, 4}}), (std::vector<Values>{{4, 5}, {11}}));
  EXPECT_EQ(run({{0, 1}, {5, 6}}), (std::vector<Values>{{6, 7}, {6}})) << "the table serves again";
}

TEST(Program, HasAKernelForEachCallButViews) {
  const Program program(traced(
      [](const Tensors& in) {
        return Tensors{ops::reshape(ops::sin(ops::reshape(in[0], {2, 1})), {1, 2})};
      },
      {kPair}));
  EXPECT_EQ(program.graph().calls.size(), 3u);
  EXPECT_EQ(program.kernel_names().size(), 1u);
}

TEST(Program, GivesArgumentsAndConstantsBack) {
  const Program program(traced(
      [](const Tensors& in) {
        return Tensors{in[0], Tensor::of<float>({8, 9}), ops::reshape(in[0], {2, 1}), in[0]};
      },
      {kPair}));
  EXPECT_EQ(Runner(program)({{1, 2}}), (std::vector<Values>{{1, 2}, {8, 9}, {1, 2}, {1, 2}}));
}

TEST(Program, VariablesChangePlaces) {
  const Variable a(Tensor::of<float>({1, 2})), b(Tensor::of<float>({3, 4})),
      c(Tensor::of<float>({5, 6}));
  const Program program(optimize(traced(
      [&](const Tensors& in) {
        const Tensor old = a.value();
        a.assign(b.value());
        b.assign(ops::reshape(ops::reshape(old, {2, 1}), {2}));
        c.assign(c.value() + old + in[0]);
        return Tensors{old};
      },
      {kPair})));
  Values x = {1, 2}, y = {3, 4}, z = {5, 6};
  Runner run(program);
  EXPECT_EQ(run({{10, 10}}, {&x, &y, &z})[0], (Values{1, 2}));
  EXPECT_EQ(x, (Values{3, 4}));
  EXPECT_EQ(y, (Values{1, 2}));
  EXPECT_EQ(z, (Values{16, 18}));
  run({{10, 10}}, {&x, &y, &z});
  EXPECT_EQ(x, (Values{1, 2}));
  EXPECT_EQ(z, (Values{29, 32}));
}

TEST(Program, SeveralThreadsRunIt) {
  const Program program(optimize(traced(
      [](const Tensors& in) {
        Tensor x = in[0];
        for (int i = 0; i < 20; ++i) x = ops::matmul(x, in[1]) * 0.5f + ops::flip(x);
        return Tensors{x};
      },
      {{Shape{4, 4}, DType::kFloat32}, {Shape{4, 4}, DType::kFloat32}})));
  const auto input = [](float scale) {
    Values x(16);
    for (std::size_t i = 0; i < 16; ++i) x[i] = scale * (static_cast<float>(i) - 8) / 16;
    return x;
  };
  std::vector<Values> expected, got(3);
  for (int i = 0; i < 3; ++i)
    expected.push_back(Runner(program)({input(1.0f + static_cast<float>(i)), input(0.5f)})[0]);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&, i] {
      Runner run(program);
      for (int turn = 0; turn < 50; ++turn)
        got[static_cast<std::size_t>(i)] =
            run({input(1.0f + static_cast<float>(i)), input(0.5f)})[0];
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(got, expected);
}

TEST(Program, NamesTheCallThatNoKernelTakes) {
  const Op riddle = define_op<NoAttrs>(
      {.name = "riddle", .infer = [](const Specs& in, const NoAttrs&) { return in; }});
  const auto make = [&] {
    Program(traced([&](const Tensors& in) { return make_call(riddle, in, NoAttrs{}); }, {kPair}));
  };
  keras::testing::expect_error<BackendError>(make, "No kernel of the backend cpu takes riddle(");
}

}  // namespace
}  // namespace keras::engine
