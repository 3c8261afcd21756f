#include "keras/engine/runtime/compiled_function.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <thread>

#include "keras/engine/error.h"
#include "keras/engine/graph/graph.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras {
namespace {

std::vector<float> values(const Tensor& x) { return x.to_vector<float>(); }
Tensor vector_of(std::initializer_list<float> numbers) { return Tensor::of<float>(numbers); }

TEST(CompiledFunction, TracesOnceForEachSignature) {
  int traces = 0;
  const CompiledFunction f([&](const Tensors& in) {
    ++traces;
    return Tensors{in[0] * 2};
  });
  EXPECT_EQ(values(f({vector_of({1, 2})})[0]), (std::vector<float>{2, 4}));
  EXPECT_EQ(values(f({vector_of({3, 4})})[0]), (std::vector<float>{6, 8}));
  EXPECT_EQ(traces, 1);
  f({vector_of({1, 2, 3})});
  f({Tensor::of<std::int32_t>({1, 2})});
  EXPECT_EQ(traces, 3);
  f.clear();
  f({vector_of({1, 2})});
  EXPECT_EQ(traces, 4);
}

TEST(CompiledFunction, KeepsTheSignaturesUsedLast) {
  int traces = 0;
  const CompiledFunction f([&](const Tensors& in) {
    ++traces;
    return Tensors{in[0] + 1};
  });
  const int most = static_cast<int>(CompiledFunction::kCacheSize);
  for (int size = 1; size <= most + 1; ++size) f({ops::zeros({size})});
  EXPECT_EQ(traces, most + 1);
  f({ops::zeros({most + 1})});
  EXPECT_EQ(traces, most + 1);
  f({ops::zeros({1})});
  EXPECT_EQ(traces, most + 2) << "the oldest signature should have gone";
}

TEST(CompiledFunction, ReadsAndAssignsVariablesInOrder) {
  const Variable v(vector_of({1, 2}));
  const CompiledFunction f([&](const Tensors& in) {
    const Tensor before = v.value();
    v.assign(before + in[0]);
    const Tensor between = v.value();
    v.assign(between * 10);
    return Tensors{before, between, v.value()};
  });
  const Tensors out = f({vector_of({1, 1})});
  EXPECT_EQ(values(out[0]), (std::vector<float>{1, 2}));
  EXPECT_EQ(values(out[1]), (std::vector<float>{2, 3}));
  EXPECT_EQ(values(out[2]), (std::vector<float>{20, 30}));
  EXPECT_EQ(values(v.value()), (std::vector<float>{20, 30}));
}

TEST(CompiledFunction, VariablesMayChangePlaces) {
  const Variable a(vector_of({1})), b(vector_of({2})), c(vector_of({3}));
  const CompiledFunction rotate([&](const Tensors&) {
    const Tensor first = a.value();
    a.assign(b.value());
    b.assign(ops::reshape(ops::reshape(c.value(), {1, 1}), {1}));
    c.assign(first);
    return Tensors{};
  });
  rotate({});
  EXPECT_EQ(values(a.value())[0], 2);
  EXPECT_EQ(values(b.value())[0], 3);
  EXPECT_EQ(values(c.value())[0], 1);
}

TEST(CompiledFunction, ATensorReadFromAVariableKeepsItsValues) {
  const Variable v(vector_of({1, 2}));
  const CompiledFunction f([&](const Tensors&) {
    v.assign(v.value() + 1);
    return Tensors{};
  });
  const Tensor before = v.value();
  f({});
  EXPECT_EQ(values(before), (std::vector<float>{1, 2}));
  EXPECT_EQ(values(v.value()), (std::vector<float>{2, 3}));
}

TEST(CompiledFunction, ResultsMayBeArgumentsVariablesConstantsAndViews) {
  const Variable v(vector_of({5, 6}));
  const CompiledFunction f([&](const Tensors& in) {
    const Tensor sum = in[0] + 1;
    const Tensor old = v.value();
    v.assign(old * 2);
    return Tensors{in[0], in[0], old, vector_of({7}), ops::reshape(sum, {2, 1}), sum};
  });
  const Tensors out = f({vector_of({1, 2})});
  EXPECT_EQ(values(out[0]), (std::vector<float>{1, 2}));
  EXPECT_EQ(values(out[1]), (std::vector<float>{1, 2}));
  EXPECT_EQ(values(out[2]), (std::vector<float>{5, 6}));
  EXPECT_EQ(values(out[3]), (std::vector<float>{7}));
  EXPECT_EQ(values(out[4]), (std::vector<float>{2, 3}));
  EXPECT_EQ(values(out[5]), (std::vector<float>{2, 3}));
  EXPECT_EQ(values(v.value()), (std::vector<float>{10, 12}));
}

TEST(CompiledFunction, OverwritesOnlyResultsThatNobodyHolds) {
  const CompiledFunction f([](const Tensors& in) { return Tensors{in[0] + 1}; });
  Tensors out(1);
  f.call(Tensors{vector_of({1})}, out);
  const void* place = out[0].raw_data();
  f.call(Tensors{vector_of({2})}, out);
  EXPECT_EQ(out[0].raw_data(), place);
  const Tensor held = out[0];
  f.call(Tensors{vector_of({3})}, out);
  EXPECT_EQ(values(held)[0], 3);
  EXPECT_EQ(values(out[0])[0], 4);
  Tensors too_many(2);
  EXPECT_THROW(f.call(Tensors{vector_of({1})}, too_many), ValueError);
}

TEST(CompiledFunction, ValuesAreOutOfReachWhileTracing) {
  const CompiledFunction f([](const Tensors& in) {
    in[0].item<float>();
    return Tensors{in[0]};
  });
  EXPECT_THROW(f({vector_of({1})}), ValueError);
}

TEST(CompiledFunction, ATensorOfAnotherTraceIsRefused) {
  Tensor leaked;
  const CompiledFunction leak([&](const Tensors& in) {
    leaked = in[0];
    return in;
  });
  leak({vector_of({1})});
  const CompiledFunction use([&](const Tensors& in) { return Tensors{in[0] + leaked}; });
  EXPECT_THROW(use({vector_of({1})}), ValueError);
}

TEST(CompiledFunction, SeveralThreadsRunItAtOnce) {
  const Variable w(Tensor::from(std::vector<float>(64 * 64, 0.5f), {64, 64}));
  const CompiledFunction f(
      [&](const Tensors& in) { return Tensors{ops::relu(ops::matmul(in[0], w.value()))}; });
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const Tensor x = Tensor::from(std::vector<float>(64, static_cast<float>(t)), {1, 64});
        if (values(f({x})[0])[63] != 32.0f * static_cast<float>(t)) ++wrong;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

/// A random program of operations on square matrices, the same for the same seed.
Tensors random_program(const Tensors& in, const Variable& state, unsigned seed) {
  std::mt19937 random(seed);
  Tensors pool = in;
  pool.push_back(state.value());
  const auto pick = [&]() -> const Tensor& { return pool[random() % pool.size()]; };
  for (int i = 0; i < 25; ++i) {
    switch (random() % 9) {
      case 0:
        pool.push_back(pick() + pick());
        break;
      case 1:
        pool.push_back(pick() * 0.5f - pick());
        break;
      case 2:
        pool.push_back(ops::tanh(pick()));
        break;
      case 3:
        pool.push_back(ops::matmul(ops::tanh(pick()), ops::tanh(pick())) * 0.1f);
        break;
      case 4:
        pool.push_back(ops::transpose(pick()));
        break;
      case 5:
        pool.push_back(pick() + ops::mean(pick(), {.axis = 0}));
        break;
      case 6:
        pool.push_back(ops::relu(pick() + ops::sum(pick(), {.axis = 1, .keepdims = true})));
        break;
      case 7:
        pool.push_back(ops::reshape(ops::reshape(pick(), {-1}), {8, 8}));
        break;
      case 8:
        state.assign(ops::tanh(pick() + state.value()));
        break;
    }
  }
  return {pool.back(), pool[pool.size() / 2], pick()};
}

/// Inputs of a random program, and what it gives.
Tensors run_random_program(unsigned seed, bool compiled) {
  std::mt19937 random(seed);
  const auto matrix = [&] {
    std::vector<float> numbers(64);
    for (auto& number : numbers) number = static_cast<float>(random() % 1000) / 500.0f - 1.0f;
    return Tensor::from(numbers, {8, 8});
  };
  const Tensors in = {matrix(), matrix()};
  const Variable state(matrix());
  const auto program = [&](const Tensors& x) { return random_program(x, state, seed); };
  const CompiledFunction fast(program);
  Tensors out;
  for (int i = 0; i < 3; ++i) out = compiled ? fast(in) : program(in);
  out.push_back(state.value());
  for (const auto& tensor : out) tensor.eval();
  return out;
}

void expect_same(const Tensors& got, const Tensors& expected, const std::string& what) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto a = values(got[i]), b = values(expected[i]);
    for (std::size_t k = 0; k < b.size(); ++k)
      ASSERT_NEAR(a[k], b[k], 1e-4 * (1 + std::abs(b[k]))) << what << ", result " << i;
  }
}

TEST(CompiledFunction, RandomProgramsGiveWhatTheyGiveEagerly) {
  for (unsigned seed = 0; seed < 60; ++seed)
    expect_same(run_random_program(seed, true), run_random_program(seed, false),
                "seed " + std::to_string(seed));
}

class Settings : public testing::Test {
 protected:
  void TearDown() override { engine::set_compile_settings(before_); }
  engine::CompileSettings before_ = engine::compile_settings();
};

TEST_F(Settings, EveryPassCanBeLeftOut) {
  for (const auto& pass : engine::pass_names()) {
    engine::set_compile_settings({.disabled_passes = {pass}, .dump_folder = {}});
    for (unsigned seed = 0; seed < 10; ++seed)
      expect_same(run_random_program(seed, true), run_random_program(seed, false),
                  "without " + pass);
  }
  EXPECT_THROW(
      engine::set_compile_settings({.disabled_passes = {"no_such_pass"}, .dump_folder = {}}),
      ValueError);
  EXPECT_THROW(engine::set_compile_settings(
                   {.disabled_passes = {"decompose_unsupported"}, .dump_folder = {}}),
               ValueError);
}

TEST_F(Settings, KernelsCanBeLeftOut) {
  const Specs specs = {vector_of({1, 2}).spec()};
  const engine::Attrs attrs = engine::NoAttrs{};
  const engine::KernelCall call{ops::exp_op, attrs, specs, specs, 1, {}, {}};
  const engine::Kernel* first = engine::find_kernel(call);
  ASSERT_NE(first, nullptr);
  const CompiledFunction f([](const Tensors& in) { return Tensors{ops::exp(in[0]) + 1}; });
  const auto expected = f({vector_of({1, 2})})[0].to_vector<float>();
  engine::set_compile_settings({.disabled_passes = {"fuse_elementwise"},
                                .dump_folder = {},
                                .disabled_kernels = {std::string(first->name)}});
  const engine::Kernel* second = engine::find_kernel(call);
  ASSERT_NE(second, nullptr);
  EXPECT_NE(second, first);
  const auto other = f({vector_of({1, 2})})[0].to_vector<float>();
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_FLOAT_EQ(other[i], expected[i]);
  EXPECT_THROW(
      engine::set_compile_settings(
          {.disabled_passes = {}, .dump_folder = {}, .disabled_kernels = {"no_such_kernel"}}),
      ValueError);
}

TEST_F(Settings, GraphsAreDumpedBeforeAndAfterEachPass) {
  const auto folder = std::filesystem::temp_directory_path() / "keras_cpp_graph_dump";
  std::filesystem::remove_all(folder);
  engine::set_compile_settings({.disabled_passes = {}, .dump_folder = folder.string()});
  const CompiledFunction f([](const Tensors& in) { return Tensors{in[0] + 1}; });
  f({vector_of({1})});
  std::size_t text = 0, graphviz = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    text += file.path().extension() == ".txt";
    graphviz += file.path().extension() == ".dot";
  }
  // The graph as it was traced, and after each pass, one of which cannot be left out.
  EXPECT_EQ(text, engine::pass_names().size() + 2);
  EXPECT_EQ(graphviz, text);
  std::filesystem::remove_all(folder);
}

TEST(Passes, EqualCallsAreComputedOnceAndDeadOnesNotAtAll) {
  const CompiledFunction f([](const Tensors& in) {
    const Tensor unused = ops::exp(in[0]);
    return Tensors{ops::matmul(in[0], in[0]) + ops::matmul(in[0], in[0]) * 1};
  });
  const auto executable = f.executable({{{4, 4}}});
  int products = 0;
  for (const auto& call : executable->graph().calls) products += call.op->name == "matmul";
  EXPECT_EQ(products, 1) << engine::print_graph(executable->graph());
  EXPECT_EQ(engine::print_graph(executable->graph()).find("exp"), std::string::npos);
}

TEST(Passes, ConstantsAreComputedAtCompileTime) {
  const CompiledFunction f(
      [](const Tensors& in) { return Tensors{in[0] * (ops::sum(ops::ones({3})) - 2)}; });
  const auto executable = f.executable({{{4}}});
  EXPECT_TRUE(executable->graph().calls.empty()) << engine::print_graph(executable->graph());
}

TEST(Threads, CompiledFunctionsFollowTheirNumber) {
  const int before = engine::num_threads();
  const CompiledFunction f([](const Tensors& in) { return Tensors{ops::matmul(in[0], in[0])}; });
  const Tensor x = Tensor::from(std::vector<float>(300 * 300, 0.01f), {300, 300});
  const auto many = values(f({x})[0]);
  engine::set_num_threads(1);
  const auto one = values(f({x})[0]);
  engine::set_num_threads(before);
  EXPECT_NEAR(many[5], one[5], 1e-6);
  EXPECT_THROW(engine::set_num_threads(0), ValueError);
}

}  // namespace
}  // namespace keras
