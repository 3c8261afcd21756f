#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "keras/backend/reference/kernel_list.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"
#include "keras/ops/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/op_samples.h"

// Every primitive, tried with its samples: whatever else an operation's own tests look at, its
// rules and its kernels must agree with each other.
namespace keras::ops {
namespace {

using testing::op_samples;
using testing::OpSample;

std::string title(const OpSample& sample) {
  std::string out(sample.op->name);
  for (const auto& input : sample.inputs) out += " " + to_text(input.spec());
  return out + " {" + sample.attrs.to_string() + "}";
}

Tensors call(const OpSample& sample, const Tensors& inputs) {
  return engine::make_call(*sample.op, inputs, sample.attrs);
}

Specs specs_of(const Tensors& tensors) {
  Specs out;
  for (const auto& tensor : tensors) out.push_back(tensor.spec());
  return out;
}

void expect_same(const Tensors& actual, const Tensors& expected, double tolerance,
                 const std::string& where) {
  ASSERT_EQ(actual.size(), expected.size()) << where;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].spec(), expected[i].spec()) << where;
    const auto a = actual[i].to_vector<double>(), b = expected[i].to_vector<double>();
    for (std::size_t k = 0; k < a.size(); ++k)
      EXPECT_NEAR(a[k], b[k], tolerance * std::max(1.0, std::abs(b[k])))
          << where << ", output " << i << ", element " << k;
  }
}

/// The outputs that one kernel computes.
Tensors run_kernel(const engine::Kernel& kernel, const engine::KernelCall& call,
                   const Tensors& inputs) {
  const auto prepared = kernel.prepare(call);
  std::vector<void*> in, out;
  for (const auto& input : inputs) in.push_back(input.storage().data());
  std::vector<Storage> values;
  for (const auto& spec : call.outputs)
    values.push_back(
        Storage::allocate(static_cast<std::size_t>(spec.shape.size()) * dtype_size(spec.dtype)));
  for (const auto& value : values) out.push_back(value.data());
  const Storage scratch = Storage::allocate(prepared->scratch_bytes());
  prepared->run({in.data(), out.data(), scratch.data()});
  Tensors results;
  for (std::size_t i = 0; i < values.size(); ++i)
    results.push_back(Tensor::from_storage(call.outputs[i], values[i]));
  return results;
}

/// The inputs with float64 ones in another float dtype.
Tensors in_dtype(const Tensors& inputs, DType dtype) {
  Tensors out;
  for (const auto& input : inputs)
    out.push_back(input.dtype() == DType::kFloat64 ? cast(input, dtype).eval() : input);
  return out;
}

using KernelTable = std::unordered_map<const engine::Op*, std::vector<const engine::Kernel*>>;

KernelTable by_op(const std::vector<engine::KernelRow>& rows) {
  KernelTable out;
  for (const auto& row : rows) out[row.op] = row.kernels;
  return out;
}

TEST(AllOps, HaveSamples) {
  std::set<const engine::Op*> sampled;
  for (const auto& sample : op_samples()) sampled.insert(sample.op);
  for (const engine::Op* op : all_ops())
    EXPECT_TRUE(sampled.contains(op))
        << op->name << " has no sample in tests/support/op_samples.cpp";
}

TEST(AllOps, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const engine::Op* op : all_ops())
    EXPECT_TRUE(names.insert(op->name).second) << op->name << " names two operations";
}

TEST(AllOps, KernelsAgreeWithTheReference) {
  KernelTable rows = by_op(engine::active_backend().kernels);
  const KernelTable reference = by_op(reference::kernel_rows());
  for (const auto& sample : op_samples()) {
    if (sample.op->traits.view) continue;
    const auto plain = reference.find(sample.op);
    ASSERT_TRUE(plain != reference.end() || sample.op->decompose)
        << sample.op->name << " has neither a reference kernel nor simpler parts";
    for (const auto& [dtype, tolerance] :
         {std::pair{DType::kFloat64, 1e-12}, {DType::kFloat32, 2e-5}}) {
      const Tensors inputs = in_dtype(sample.inputs, dtype);
      const Specs in = specs_of(inputs), out = sample.op->infer(in, sample.attrs);
      const engine::KernelCall kernel_call{*sample.op, sample.attrs, in, out};
      const Tensors expected = plain == reference.end()
                                   ? sample.op->decompose(inputs, sample.attrs)
                                   : run_kernel(*plain->second.front(), kernel_call, inputs);
      for (const engine::Kernel* kernel : rows[sample.op])
        if (kernel->refusal(kernel_call).empty())
          expect_same(run_kernel(*kernel, kernel_call, inputs), expected, tolerance,
                      title(sample) + " by " + std::string(kernel->name));
    }
  }
}

TEST(AllOps, CompiledAgreesWithEager) {
  for (const auto& sample : op_samples()) {
    const Tensors inputs = in_dtype(sample.inputs, DType::kFloat32);
    const CompiledFunction compiled([&](const Tensors& in) { return call(sample, in); });
    expect_same(compiled(inputs), call(sample, inputs), 2e-5, title(sample));
  }
}

TEST(AllOps, DecompositionsAgreeWithKernels) {
  for (const auto& sample : op_samples()) {
    if (!sample.op->decompose) continue;
    expect_same(sample.op->decompose(sample.inputs, sample.attrs), call(sample, sample.inputs),
                1e-9, title(sample));
  }
}

TEST(AllOps, SymbolicCallsHaveTheSameShapes) {
  for (const auto& sample : op_samples()) {
    if (sample.inputs.empty()) continue;
    Tensors symbolic;
    for (const auto& input : sample.inputs)
      symbolic.push_back(engine::make_symbolic(input.spec(), std::make_shared<OperationHistory>()));
    EXPECT_EQ(specs_of(emit_all(*sample.op, symbolic, sample.attrs)),
              specs_of(call(sample, sample.inputs)))
        << title(sample);
  }
}

/// The sample as a function of its smooth inputs, giving all float outputs as one vector.
struct SmoothPart {
  explicit SmoothPart(const OpSample& sample) : inputs(sample.inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].dtype() == DType::kFloat64 && (sample.smooth_in.empty() || sample.smooth_in[i]))
        places.push_back(i);
    for (const std::size_t place : places) smooth.push_back(inputs[place]);
  }
  Tensor operator()(const OpSample& sample, const Tensors& in) const {
    Tensors all = inputs;
    for (std::size_t i = 0; i < places.size(); ++i) all[places[i]] = in[i];
    Tensors parts;
    for (const auto& output : call(sample, all))
      if (is_float(output.dtype())) parts.push_back(ravel(output));
    return parts.empty() ? zeros({1}, DType::kFloat64) : concatenate(parts);
  }
  Tensors inputs, smooth;
  std::vector<std::size_t> places;
};

TEST(AllOps, GradientsAgreeWithFiniteDifferences) {
  for (const auto& sample : op_samples()) {
    const SmoothPart part(sample);
    if (part.smooth.empty()) continue;
    SCOPED_TRACE(title(sample));
    ASSERT_TRUE(sample.op->gradient) << sample.op->name << " has no gradient";
    const CompiledFunction compiled([&](const Tensors& in) { return Tensors{part(sample, in)}; });
    testing::expect_gradients([&](const Tensors& in) { return compiled(in)[0]; }, part.smooth);
  }
}

TEST(AllOps, SecondGradientsAgreeWithFiniteDifferences) {
  for (const auto& sample : op_samples()) {
    const SmoothPart part(sample);
    if (part.smooth.empty()) continue;
    SCOPED_TRACE(title(sample));
    testing::expect_second_gradients([&](const Tensors& in) { return part(sample, in); },
                                     part.smooth);
  }
}

}  // namespace
}  // namespace keras::ops
