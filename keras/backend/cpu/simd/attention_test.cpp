#include "keras/ops/nn/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::backend::cpu {
namespace {

struct Case {
  std::int64_t batch = 2, queries = 5, keys = 7, heads = 2, key_heads = 2, key_depth = 16,
               value_depth = 32;
  bool causal = false;
  Shape mask = {};  ///< none where empty

  std::string text() const {
    return str(batch, " x ", queries, " queries, ", keys, " keys, ", heads, " of ", key_heads,
               " heads of ", key_depth, " and ", value_depth, causal ? ", causal" : "", ", mask ",
               mask);
  }
  ops::AttentionAttrs attrs() const {
    return {.scale = 0.3, .causal = causal, .masked = mask.rank() > 0};
  }
  Tensors operands() const {
    Tensors out = {random::normal({batch, queries, heads, key_depth}, {.seed = 1}),
                   random::normal({batch, keys, key_heads, key_depth}, {.seed = 2}),
                   random::normal({batch, keys, key_heads, value_depth}, {.seed = 3})};
    if (mask.rank() > 0) {
      // The first query of all sees nothing.
      std::vector<bool> seen(static_cast<std::size_t>(mask.size()));
      for (std::size_t i = 0; i < seen.size(); ++i)
        seen[i] = i >= static_cast<std::size_t>(mask[3]) && i % 5 != 3 && i % 7 != 2;
      out.push_back(Tensor::from(seen, mask));
    }
    return out;
  }
};

std::vector<Case> cases() {
  return {
      {},
      {.queries = 64, .keys = 16},
      {.queries = 130, .keys = 130, .key_depth = 32, .value_depth = 96},
      {.batch = 1, .queries = 1, .keys = 33, .heads = 1, .key_heads = 1, .value_depth = 16},
      {.queries = 9, .keys = 200, .heads = 6, .key_heads = 2},
      {.queries = 70, .keys = 70, .causal = true},
      {.queries = 100, .keys = 20, .heads = 4, .causal = true},
      {.queries = 20, .keys = 100, .causal = true},
      {.queries = 66, .keys = 50, .mask = {2, 2, 66, 50}},
      {.queries = 66, .keys = 50, .heads = 4, .mask = {2, 1, 1, 50}},
      {.queries = 66, .keys = 50, .mask = {1, 2, 66, 1}},
      {.queries = 20, .keys = 20, .causal = true, .mask = {2, 1, 20, 20}},
  };
}

/// y, the statistics and the gradients, compiled: by the kernels or without them.
Tensors run(const Case& c, bool with_kernels) {
  std::vector<std::string> disabled;
  if (!with_kernels) disabled = {"simd_attention", "simd_attention_gradient"};
  engine::set_compile_settings(
      {.disabled_passes = {}, .dump_folder = {}, .disabled_kernels = disabled});
  const std::size_t operands = c.operands().size();
  const CompiledFunction function([&](const Tensors& in) {
    const Tensors inputs(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(operands));
    Tensors out = engine::make_call(ops::attention_op, inputs, c.attrs());
    Tensors to_gradient = inputs;
    to_gradient.insert(to_gradient.end(), {out[1], out[2], in.back()});
    const Tensors gradients = engine::make_call(ops::attention_gradient_op, to_gradient, c.attrs());
    out.insert(out.end(), gradients.begin(), gradients.end());
    return out;
  });
  Tensors inputs = c.operands();
  inputs.push_back(random::normal({c.batch, c.queries, c.heads, c.value_depth}, {.seed = 4}));
  const Tensors out = function(inputs);
  engine::set_compile_settings({});
  return out;
}

const char* const kNames[] = {"y", "maximum", "sum", "dquery", "dkey", "dvalue"};

class Attention : public testing::Test {
 protected:
  void SetUp() override {
    if (!nn_functions().attention.attend) GTEST_SKIP() << "needs AVX-512";
  }
};

TEST_F(Attention, AgreesWithItsDecomposition) {
  for (const Case& c : cases()) {
    const Tensors got = run(c, true), expected = run(c, false);
    for (std::size_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(got[i].spec(), expected[i].spec());
      const auto a = got[i].to_vector<float>(), b = expected[i].to_vector<float>();
      for (std::size_t k = 0; k < a.size(); ++k)
        ASSERT_NEAR(a[k], b[k], 2e-5f * std::max(1.0f, std::abs(b[k])))
            << c.text() << ": " << kNames[i] << " at " << k;
    }
  }
}

TEST_F(Attention, GivesTheSameBitsOnAnyNumberOfThreads) {
  for (const Case& c : cases()) {
    const int threads = engine::num_threads();
    engine::set_num_threads(1);
    const Tensors alone = run(c, true);
    engine::set_num_threads(3);
    const Tensors shared = run(c, true);
    engine::set_num_threads(threads);
    for (std::size_t i = 0; i < alone.size(); ++i)
      EXPECT_EQ(alone[i].to_vector<float>(), shared[i].to_vector<float>())
          << c.text() << ": " << kNames[i];
  }
}

TEST_F(Attention, LetsNumbersThatAreNoneThrough) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    std::vector<float> query(2 * 16, 0.5f);
    query[3] = bad;
    const Tensor key = random::normal({1, 20, 1, 16}, {.seed = 1});
    const auto y =
        engine::make_call(ops::attention_op, {Tensor::from(query, {1, 2, 1, 16}), key, key},
                          ops::AttentionAttrs{})[0]
            .to_vector<float>();
    EXPECT_TRUE(std::isnan(y[0])) << bad;
    EXPECT_FALSE(std::isnan(y[16])) << bad;
  }
}

TEST_F(Attention, IsTakenOrRefused) {
  const auto refusal = [](const Case& c, ops::AttentionAttrs attrs, DType dtype) {
    Specs inputs;
    for (const auto& operand : c.operands())
      inputs.push_back({operand.shape(), operand.dtype() == DType::kBool ? DType::kBool : dtype});
    if (attrs.biased) inputs.push_back({{1, 1, 1, c.keys}, dtype});
    const engine::Attrs given = attrs;
    const Specs outputs = ops::attention_op.infer(inputs, given);
    std::string refusals;
    engine::find_kernel({ops::attention_op, given, inputs, outputs, 2, {}, {}}, &refusals);
    return refusals;
  };
  EXPECT_EQ(refusal({}, {}, DType::kFloat32), "");
  EXPECT_NE(refusal({}, {.biased = true}, DType::kFloat32).find("takes no bias"),
            std::string::npos);
  EXPECT_NE(refusal({}, {}, DType::kBfloat16).find("takes float32 only"), std::string::npos);
  EXPECT_NE(refusal({.key_depth = 24}, {}, DType::kFloat32).find("a multiple of 16"),
            std::string::npos);
  EXPECT_NE(refusal({.value_depth = 8}, {}, DType::kFloat32).find("a multiple of 16"),
            std::string::npos);
}

}  // namespace
}  // namespace keras::backend::cpu
