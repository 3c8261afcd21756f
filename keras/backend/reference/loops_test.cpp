// The kernels of loops, which run a compiled body on slices where they lie.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/control/scan_op.h"
#include "keras/ops/control/while_op.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "tests/support/allocation_count.h"

namespace keras::reference {
namespace {

using ops::ScanAttrs;
using ops::Subgraph;
using ops::WhileAttrs;

using Values = std::vector<float>;

Tensor vector(const Shape& shape) { return engine::make_placeholder({shape, DType::kFloat32}); }
Values values(const Tensor& x) { return x.to_vector<float>(); }

CompiledFunction scan_of(Subgraph body, ScanAttrs attrs) {
  attrs.body = std::make_shared<const Subgraph>(std::move(body));
  return CompiledFunction(
      [=](const Tensors& in) { return ops::emit_all(ops::scan_op, in, attrs); });
}

TEST(Loops, ScanReadsAndWritesFromBothEnds) {
  const Tensor h = vector({}), x = vector({}), z = vector({2});
  Subgraph body{{h, x, z}, {h + x, h * 1, z + x}};
  const CompiledFunction f = scan_of(body, {.body = {},
                                            .length = 4,
                                            .captures = 0,
                                            .carries = 1,
                                            .x_backwards = {false, true},
                                            .y_backwards = {true, false},
                                            .keeps = {false}});
  const Tensor z_values = Tensor::from(Values{1, 2, 3, 4, 5, 6, 7, 8}, {4, 2});
  const Tensors out = f({Tensor(10.0f), Tensor::of<float>({100, 200, 300, 400}), z_values});
  EXPECT_EQ(values(out[0]), (Values{1010}));
  EXPECT_EQ(values(out[1]), (Values{610, 310, 110, 10})) << "the first step's is the last";
  EXPECT_EQ(values(out[2]), (Values{107, 108, 205, 206, 303, 304, 401, 402}));
}

TEST(Loops, ScanKeepsCarriesBeforeEachStep) {
  const Tensor a = vector({}), b = vector({});
  const Subgraph body{{a, b}, {a + 1, b * 2}};
  const auto with = [&](std::vector<bool> keeps) {
    return scan_of(body, {.body = {},
                          .length = 3,
                          .captures = 0,
                          .carries = 2,
                          .x_backwards = {},
                          .y_backwards = {},
                          .keeps = std::move(keeps)})({Tensor(5.0f), Tensor(1.0f)});
  };
  const Tensors both = with({true, true});
  EXPECT_EQ(values(both[0]), (Values{8}));
  EXPECT_EQ(values(both[2]), (Values{5, 6, 7}));
  EXPECT_EQ(values(both[3]), (Values{1, 2, 4}));
  const Tensors second = with({false, true});
  ASSERT_EQ(second.size(), 3u);
  EXPECT_EQ(values(second[1]), (Values{8}));
  EXPECT_EQ(values(second[2]), (Values{1, 2, 4}));
}

TEST(Loops, ScanCarriesChangePlaces) {
  const Tensor a = vector({2}), b = vector({2}), c = vector({2});
  for (const bool keep : {false, true})
    for (const std::int64_t length : {1, 2, 5}) {
      const Tensors out = scan_of({{a, b, c}, {b, a, c}}, {.body = {},
                                                           .length = length,
                                                           .captures = 0,
                                                           .carries = 3,
                                                           .x_backwards = {},
                                                           .y_backwards = {},
                                                           .keeps = {keep, keep, keep}})(
          {Tensor::of<float>({1, 2}), Tensor::of<float>({3, 4}), Tensor::of<float>({5, 6})});
      const bool swapped = length % 2 == 1;
      EXPECT_EQ(values(out[0]), swapped ? (Values{3, 4}) : (Values{1, 2}));
      EXPECT_EQ(values(out[1]), swapped ? (Values{1, 2}) : (Values{3, 4}));
      EXPECT_EQ(values(out[2]), (Values{5, 6}));
    }
}

TEST(Loops, ScanOfNothing) {
  const Tensor h = vector({0, 3}), x = vector({0, 3}), w = vector({3});
  const Tensors out = scan_of({{w, h, x}, {h + x, x * w}}, {.body = {},
                                                            .length = 2,
                                                            .captures = 1,
                                                            .carries = 1,
                                                            .x_backwards = {true},
                                                            .y_backwards = {false},
                                                            .keeps = {true}})(
      {ops::ones({3}), ops::ones({0, 3}), ops::ones({2, 0, 3})});
  EXPECT_EQ(out[0].shape(), (Shape{0, 3}));
  EXPECT_EQ(out[1].shape(), (Shape{2, 0, 3}));
  EXPECT_EQ(out[2].shape(), (Shape{2, 0, 3}));
}

TEST(Loops, ScanTakesSlicesOfAnyWidth) {
  // One byte a slice, so that the others of a vector's width lie at odd addresses.
  const Tensor flag = engine::make_placeholder({Shape{}, DType::kBool}), x = vector({3}),
               h = vector({3});
  const Tensors out =
      scan_of({{h, flag, x}, {ops::where(flag, h + ops::sqrt(x), h), ops::logical_not(flag)}},
              {.body = {},
               .length = 4,
               .captures = 0,
               .carries = 1,
               .x_backwards = {false, false},
               .y_backwards = {true},
               .keeps = {false}})(
          {ops::zeros({3}), Tensor::from(std::vector<bool>{true, false, true, true}, {4}),
           Tensor::from(Values{1, 4, 9, 1, 1, 1, 16, 25, 36, 4, 4, 4}, {4, 3})});
  EXPECT_EQ(values(out[0]), (Values{7, 9, 11}));
  EXPECT_EQ(out[1].to_vector<bool>(), (std::vector<bool>{false, false, true, false}));
}

TEST(Loops, ScanComputesOnConstantsBeforehand) {
  const Tensor h = vector({3});
  const Tensor constant = ops::exp(Tensor::of<float>({0, 1, 2}));
  const Tensors out = scan_of({{h}, {h + constant}}, {.body = {},
                                                      .length = 5,
                                                      .captures = 0,
                                                      .carries = 1,
                                                      .x_backwards = {},
                                                      .y_backwards = {},
                                                      .keeps = {false}})({ops::zeros({3})});
  for (int i = 0; i < 3; ++i)
    EXPECT_FLOAT_EQ(values(out[0])[static_cast<std::size_t>(i)], 5 * std::exp(float(i)));
}

CompiledFunction while_of(Subgraph body, std::int64_t captures, std::int64_t maximum) {
  const WhileAttrs attrs{std::make_shared<const Subgraph>(std::move(body)), captures, maximum};
  return CompiledFunction(
      [=](const Tensors& in) { return ops::emit_all(ops::while_op, in, attrs); });
}

TEST(Loops, WhileCarriesChangePlacesAndStay) {
  const Tensor limit = vector({}), a = vector({}), b = vector({}), stays = vector({2});
  const CompiledFunction f =
      while_of({{limit, a, b, stays}, {b, a + 1, stays, ops::less(a + 1, limit)}}, 1, -1);
  const auto run = [&](float bound, bool first) {
    const Tensors out =
        f({Tensor(bound), Tensor(0.0f), Tensor(100.0f), Tensor::of<float>({7, 8}), Tensor(first)});
    EXPECT_EQ(values(out[2]), (Values{7, 8}));
    return Values{out[0].item<float>(), out[1].item<float>()};
  };
  EXPECT_EQ(run(50, false), (Values{0, 100})) << "no turn at all";
  EXPECT_EQ(run(1, true), (Values{100, 1}));
  EXPECT_EQ(run(50, true), (Values{1, 101}));
}

TEST(Loops, WhileEndsAtItsBound) {
  const Tensor x = vector({});
  for (const std::int64_t bound : {0, 1, 5, 6})
    EXPECT_EQ(while_of({{x}, {x + 1, Tensor(true)}}, 0, bound)({Tensor(0.0f), Tensor(true)})[0]
                  .item<float>(),
              static_cast<float>(bound));
}

TEST(Loops, SeveralThreadsRunOneLoop) {
  const Tensor h = vector({8}), x = vector({8});
  const CompiledFunction f = scan_of({{h, x}, {ops::sin(h) + x, h}}, {.body = {},
                                                                      .length = 200,
                                                                      .captures = 0,
                                                                      .carries = 1,
                                                                      .x_backwards = {false},
                                                                      .y_backwards = {false},
                                                                      .keeps = {true}});
  const auto input = [](int i) {
    return Tensors{ops::ones({8}) * i, ops::reshape(ops::arange(1600), {200, 8}) * 0.001f * i};
  };
  std::vector<Values> expected;
  for (int i = 0; i < 4; ++i) expected.push_back(values(f(input(i))[1]));
  std::vector<Values> got(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int run = 0; run < 10; ++run) got[static_cast<std::size_t>(i)] = values(f(input(i))[1]);
    });
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(got[i], expected[i]);
}

TEST(Loops, WhileAllocatesNothingOnceWarm) {
  const Tensor a = vector({16});
  const CompiledFunction f = while_of({{a}, {a * 0.5f, ops::greater(ops::max(a), 1)}}, 0, -1);
  const Tensors in = {ops::ones({16}) * 1000, Tensor(true)};
  Tensors results(1);
  for (int i = 0; i < 3; ++i) f.call(in, results);
  const long before = keras::testing::allocation_count();
  f.call(in, results);
  EXPECT_EQ(keras::testing::allocation_count(), before);
}

}  // namespace
}  // namespace keras::reference
