#include "keras/backend/cpu/fusions/bias_before_reshape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

class BiasBeforeReshape : public ::testing::Test {
 protected:
  void TearDown() override { engine::set_compile_settings(before_); }
  engine::CompileSettings before_ = engine::compile_settings();
};

/// A projection to several heads with a bias of a shape, compiled; and whether the product took the
/// bias along.
Tensor project(const Shape& bias_shape, const std::string& without_pass, bool* fused) {
  engine::set_compile_settings({.disabled_passes = {without_pass}, .dump_folder = {}});
  const Variable kernel{testing::ramp({5, 2, 3})}, bias{testing::ramp(bias_shape)};
  const auto compiled = compile([&](const Tensors& in) {
    return Tensors{ops::einsum("abc,cde->abde", {in[0], kernel.value()}) + bias.value()};
  });
  const Tensor x = testing::ramp({4, 3, 5});
  const auto names = compiled.executable({x.spec()})->kernel_names();
  *fused = std::any_of(names.begin(), names.end(),
                       [](std::string_view name) { return name == "onednn_fused_matmul"; });
  return compiled({x})[0];
}

TEST_F(BiasBeforeReshape, LetsProductsTakeTheBiasAlong) {
  bool fused = false, plain_fused = false;
  const Tensor fast = project({2, 3}, "fold_constants", &fused);
  const Tensor plain = project({2, 3}, "bias_before_reshape", &plain_fused);
  EXPECT_TRUE(fused);
  EXPECT_FALSE(plain_fused);
  testing::expect_values(fast, {4, 3, 2, 3}, plain.to_vector<float>());
}

TEST_F(BiasBeforeReshape, LeavesOtherBiasesAlone) {
  for (const Shape& shape : {Shape{3}, Shape{2, 1}, Shape{3, 2, 3}}) {
    bool fused = true;
    const Tensor out = project(shape, "fold_constants", &fused);
    EXPECT_FALSE(fused);
    testing::expect_values(
        out, {4, 3, 2, 3},
        (ops::einsum("abc,cde->abde", {testing::ramp({4, 3, 5}), testing::ramp({5, 2, 3})}) +
         testing::ramp(shape))
            .to_vector<float>());
  }
}

}  // namespace
}  // namespace keras
