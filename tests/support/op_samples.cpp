#include "tests/support/op_samples.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "keras/engine/graph/node.h"
#include "keras/ops/control/scan_op.h"
#include "keras/ops/control/while_op.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/gradient.h"
#include "keras/ops/host/host_map.h"
#include "keras/ops/indexing/indexing.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/factorizations.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn/attention.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/nn/normalization.h"
#include "keras/ops/nn/pool.h"
#include "keras/ops/nn/recurrence.h"
#include "keras/ops/nn/relu.h"
#include "keras/ops/nn/softmax.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"
#include "keras/ops/random/random.h"
#include "keras/ops/reduction/reduce.h"
#include "keras/ops/shape/layout.h"
#include "keras/ops/signal/dft.h"
#include "keras/ops/sorting/sorting.h"
#include "tests/support/tensors.h"

namespace keras::testing {
namespace {

using namespace keras::ops;
using Samples = std::vector<OpSample>;

/// Values spread over (low, high), all different.
Tensor within(double low, double high, const Shape& shape) {
  return (distinct(shape) + 2) * Tensor::from(std::vector<double>{(high - low) / 4}, {}) +
         Tensor::from(std::vector<double>{low}, {});
}

Tensor integers(const std::vector<std::int32_t>& values, const Shape& shape) {
  return Tensor::from(values, shape);
}

void add_unary(Samples& out) {
  for (const engine::Op* op :
       {&negative_op,    &abs_op,     &sign_op,     &exp_op,      &expm1_op, &reciprocal_op,
        &square_op,      &sin_op,     &cos_op,      &arctan_op,   &sinh_op,  &cosh_op,
        &tanh_op,        &arcsinh_op, &erf_op,      &floor_op,    &ceil_op,  &round_op,
        &trunc_op,       &sigmoid_op, &softplus_op, &isfinite_op, &isnan_op, &isinf_op,
        &logical_not_op, &tan_op})
    out.push_back({op, {within(-1.37, 1.46, {2, 3})}});
  for (const engine::Op* op : {&log_op, &sqrt_op, &rsqrt_op})
    out.push_back({op, {within(0.3, 3, {4})}});
  for (const engine::Op* op : {&log1p_op, &arcsin_op, &arccos_op, &arctanh_op})
    out.push_back({op, {within(-0.8, 0.8, {4})}});
  out.push_back({&relu_op, {within(-1.37, 1.46, {2, 3})}, ReluAttrs{}});
  out.push_back({&relu_op, {within(-1.37, 1.46, {2, 3})}, ReluAttrs{0.7}});
  out.push_back({&arccosh_op, {within(1.2, 3, {4})}});
  out.push_back({&bitwise_not_op, {integers({-3, 0, 7}, {3})}});
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kBfloat16, DType::kInt32})
    out.push_back({&cast_op, {within(-3, 3, {4})}, CastAttrs{dtype}, {dtype == DType::kFloat64}});
}

void add_binary(Samples& out) {
  const Tensor a = within(-1.9, 1.7, {2, 3}), b = within(0.4, 2.3, {2, 1});
  for (const engine::Op* op :
       {&add_op, &subtract_op, &multiply_op, &divide_op, &floor_divide_op, &mod_op, &maximum_op,
        &minimum_op, &arctan2_op, &equal_op, &not_equal_op, &less_op, &less_equal_op, &greater_op,
        &greater_equal_op, &logical_and_op, &logical_or_op, &logical_xor_op})
    out.push_back({op, {a, b}});
  out.push_back({&power_op, {within(0.3, 2, {2, 3}), within(-2, 2, {3})}});
  for (const engine::Op* op :
       {&bitwise_and_op, &bitwise_or_op, &bitwise_xor_op, &left_shift_op, &right_shift_op})
    out.push_back({op, {integers({5, -3, 12}, {3}), integers({3, 1}, {2, 1})}});
  for (const engine::Op* op : {&floor_divide_op, &mod_op, &multiply_op, &maximum_op})
    out.push_back({op, {integers({5, -3, 12}, {3}), integers({3, -2}, {2, 1})}});
  out.push_back({&select_op, {Tensor::from(std::vector<bool>{true, false}, {2, 1}), a, b}});
}

void add_reductions(Samples& out) {
  const Tensor x = within(-1.9, 2.1, {2, 3, 2});
  for (const ReduceKind kind :
       {ReduceKind::kSum, ReduceKind::kProd, ReduceKind::kMax, ReduceKind::kMin}) {
    out.push_back({&reduce_op, {x}, ReduceAttrs{kind, {0, 2}, false}});
    out.push_back({&reduce_op, {x}, ReduceAttrs{kind, {1}, true}});
  }
  for (const ReduceKind kind : {ReduceKind::kAny, ReduceKind::kAll})
    out.push_back({&reduce_op,
                   {Tensor::from(std::vector<bool>{true, false, true, true}, {2, 2})},
                   ReduceAttrs{kind, {1}, false}});
  for (const bool max : {true, false}) out.push_back({&arg_reduce_op, {x}, ArgReduceAttrs{max, 1}});
  for (const bool product : {true, false})
    for (const bool reverse : {true, false})
      out.push_back({&cumulative_op, {x}, CumulativeAttrs{product, 1, reverse}});
  out.push_back({&argsort_op, {x}, ArgsortAttrs{1, false}});
  out.push_back({&argsort_op, {x}, ArgsortAttrs{0, true}});
}

void add_layout(Samples& out) {
  const Tensor x = within(-2, 2, {2, 3});
  out.push_back({&reshape_op, {x}, ReshapeAttrs{{3, 2}}});
  out.push_back({&transpose_op, {within(-2, 2, {2, 3, 2})}, TransposeAttrs{{2, 0, 1}}});
  out.push_back({&broadcast_to_op, {within(-2, 2, {3, 1})}, BroadcastAttrs{{2, 3, 2}}});
  out.push_back({&concatenate_op, {x, within(-1, 1, {2, 1}), x}, ConcatenateAttrs{1}});
  out.push_back({&pad_op, {x}, PadAttrs{{1, 0}, {0, 2}, {0, 1}, 0.5}});
  out.push_back(
      {&pad_op, {within(-2, 2, {2, 2, 3})}, PadAttrs{{1, 2, 0}, {0, 1, 0}, {0, 0, 0}, 0}});
  out.push_back({&pad_op, {x}, PadAttrs{{0, 1}, {1, 2}, {0, 0}, 0.5}});
  out.push_back({&pad_op, {x}, PadAttrs{{-1, 1}, {1, -1}, {0, 0}, 0}});
  out.push_back({&pad_op, {x}, PadAttrs{{-1, 2}, {0, -1}, {1, 1}, 0}});
  out.push_back({&slice_op, {within(-2, 2, {4, 3})}, SliceAttrs{{1, 0}, {4, 2}, {2, 1}}});
  out.push_back({&flip_op, {x}, FlipAttrs{{1}}});
  out.push_back({&iota_op, {}, IotaAttrs{{2, 3}, 1, DType::kFloat32}});
}

void add_indexing(Samples& out) {
  const Tensor x = within(-2, 2, {3, 4}), rows = within(-1.9, 1.7, {3, 4});
  out.push_back({&take_op, {x, integers({2, 0, -1, 2}, {2, 2})}, TakeAttrs{1}});
  out.push_back({&take_op, {x, integers({1, 1}, {2})}, TakeAttrs{0}});
  out.push_back({&scatter_add_op, {integers({1, 9, 1}, {3}), x}, ScatterAddAttrs{5}});
  for (const ScatterKind kind :
       {ScatterKind::kUpdate, ScatterKind::kMax, ScatterKind::kMin, ScatterKind::kMultiply})
    out.push_back({&scatter_op, {x, integers({1, 7, 1}, {3}), rows}, ScatterAttrs{kind}});
}

void add_products(Samples& out) {
  out.push_back({&matmul_op, {within(-1, 1, {2, 3}), within(-1, 1, {3, 2})}, MatmulAttrs{}});
  out.push_back(
      {&matmul_op, {within(-1, 1, {2, 3, 2}), within(-1, 1, {2, 3})}, MatmulAttrs{true, true}});
  const ConvAttrs conv{{2, 1}, {1, 2}, {1, 0}, {0, 1}, 2};
  const Shape x{1, 4, 5, 2}, kernel{2, 2, 1, 2}, y{1, 2, 4, 2};
  out.push_back({&conv_op, {within(-1, 1, x), within(-1, 1, kernel)}, conv});
  out.push_back({&conv_input_gradient_op,
                 {within(-1, 1, y), within(-1, 1, kernel)},
                 ConvGradientAttrs{conv, {4, 5}}});
  out.push_back({&conv_kernel_gradient_op,
                 {within(-1, 1, x), within(-1, 1, y)},
                 ConvGradientAttrs{conv, {2, 2}}});
}

void add_factorizations(Samples& out) {
  const Tensor unit = eye(3, {.dtype = DType::kFloat64});
  const Tensor square = within(-1, 1, {2, 3, 3}) + unit * 2;
  for (const engine::Op* op : {&slogdet_op, &eigh_op}) out.push_back({op, {square}});
  out.push_back({&solve_op, {square, within(-1, 1, {2, 3, 2})}});
  out.push_back({&lu_factor_op, {square}, engine::NoAttrs{}, {false}});
  out.push_back({&cholesky_op, {within(-1, 1, {3, 3}) + unit * 3}});
  out.push_back({&qr_op, {within(-1, 1, {2, 3, 2})}, FactorizationAttrs{}});
  out.push_back({&svd_op, {within(-1, 1, {2, 3, 2})}, FactorizationAttrs{}});
  out.push_back({&svd_op, {within(-1, 1, {2, 3})}, FactorizationAttrs{}});
  for (const engine::Op* op : {&qr_op, &svd_op})
    for (const Shape& shape : {Shape{3, 2}, Shape{2, 3}})
      out.push_back({op, {within(-1, 1, shape)}, FactorizationAttrs{true}, {false}});
}

void add_pools(Samples& out) {
  const PoolAttrs pool{{2, 2}, {2, 1}, {0, 1}, {1, 0}};
  const Tensor x = within(-2, 2, {1, 3, 3, 2}), y = within(-1, 1, {1, 2, 3, 2});
  out.push_back({&max_pool_op, {x}, pool});
  out.push_back({&max_pool_gradient_op, {x, y}, pool});
  out.push_back({&max_pool_select_op, {x, within(-1, 1, {1, 3, 3, 2})}, pool});
  out.push_back({&average_pool_op, {x}, pool});
  out.push_back({&average_pool_gradient_op, {y}, PoolGradientAttrs{pool, {3, 3}}});
}

void add_normalizations(Samples& out) {
  const Tensor x = within(-2, 2, {4, 2}), dy = within(-1, 1, {4, 2});
  const Tensor gamma = within(0.5, 1.5, {2}), beta = within(-1, 1, {2});
  out.push_back({&softmax_op, {x}, SoftmaxAttrs{1}});
  out.push_back({&softmax_op, {x}, SoftmaxAttrs{0}});
  out.push_back({&log_softmax_op, {x}, SoftmaxAttrs{1}});
  out.push_back({&batch_norm_training_op, {x, gamma, beta}, BatchNormAttrs{}});
  out.push_back({&batch_norm_training_op, {x}, BatchNormAttrs{1e-3, false, false}});
  out.push_back({&batch_norm_gradient_op,
                 {x, gamma, beta, within(1, 2, {2}), dy},
                 BatchNormAttrs{1e-3, true, false}});
  out.push_back({&layer_norm_op, {x, gamma, beta}, LayerNormAttrs{}});
  out.push_back({&layer_norm_gradient_op,
                 {x, gamma, within(-1, 1, {4}), within(1, 2, {4}), dy},
                 LayerNormAttrs{1, 1e-3, true, false}});
}

void add_attention(Samples& out) {
  const auto add = [&](std::int64_t heads, AttentionAttrs attrs, const Tensors& given) {
    Tensors inputs = {within(-1, 1, {2, 3, heads, 2}), within(-1, 1, {2, 4, 2, 2}),
                      within(-1, 1, {2, 4, 2, 3})};
    inputs.insert(inputs.end(), given.begin(), given.end());
    out.push_back({&attention_op, inputs, attrs});
    if (attrs.biased) return;
    inputs.push_back(within(0.5, 1.5, {2, heads, 3}));
    inputs.push_back(within(2, 4, {2, heads, 3}));
    inputs.push_back(within(-1, 1, {2, 3, heads, 3}));
    out.push_back({&attention_gradient_op, inputs, attrs});
  };
  std::vector<bool> seen(24, true);
  for (const std::size_t i : {2, 5, 11, 16, 17, 19, 20}) seen[i] = false;
  const Tensor mask = Tensor::from(seen, {2, 1, 3, 4});
  const Tensor row = Tensor::from(std::vector<bool>{true, true, false, true}, {1, 1, 1, 4});
  add(2, {.scale = 0.7}, {});
  add(4, {.scale = 0.7, .causal = true}, {});
  add(2, {.scale = 0.7, .masked = true}, {mask});
  add(4, {.scale = 0.7, .causal = true, .masked = true}, {row});
  add(4, {.scale = 0.7, .biased = true, .masked = true}, {within(-1, 1, {1, 4, 3, 4}), mask});
}

void add_recurrences(Samples& out) {
  for (const auto cell : {RecurrentCell::kSimple, RecurrentCell::kLstm, RecurrentCell::kGru})
    for (const bool masked : {false, true}) {
      const std::int64_t gates = gate_count(cell) * 2;
      const Tensor kernel = within(-1, 1, {2, gates}), state = within(-0.9, 0.9, {3, 2});
      const Tensor mask =
          Tensor::from(std::vector<bool>{true, false, true, true, false, false}, Shape{3, 2});
      RecurrenceAttrs attrs{.cell = cell, .go_backwards = masked, .masked = masked};
      Tensors inputs = {within(-1, 1, {3, 2, gates}), kernel, state};
      if (cell == RecurrentCell::kLstm) inputs.push_back(within(-0.8, 0.7, {3, 2}));
      if (cell == RecurrentCell::kGru) inputs.push_back(within(-0.8, 0.7, {2}));
      if (masked) inputs.push_back(mask);
      out.push_back({&recurrence_op, inputs, attrs});
      attrs.zero_masked = masked;
      attrs.from_outputs = true;
      attrs.from_state = !masked;
      attrs.from_carry = cell == RecurrentCell::kLstm;
      inputs = {kernel, within(-0.9, 0.9, {3, 2, 2}),
                within(0.1, 0.9, {3, 2, 2 * saved_count(cell)})};
      if (masked) inputs.push_back(mask);
      inputs.push_back(within(-1, 1, {3, 2, 2}));
      if (!masked) inputs.push_back(state);
      if (attrs.from_carry) inputs.push_back(state);
      out.push_back({&recurrence_gradient_op, inputs, attrs});
    }
}

/// Bodies know their dtypes: float32 here, and gradients in the tests of loops.
void add_loops(Samples& out) {
  const auto given = [](const Shape& shape) { return cast(within(-1, 1, shape), DType::kFloat32); };
  const auto parameter = [](const Shape& shape) {
    return engine::make_placeholder({shape, DType::kFloat32});
  };
  const Tensor factor = parameter({2, 2}), carry = parameter({3, 2}), x = parameter({3, 2});
  const Tensor sum = carry + x;
  const auto body = std::make_shared<const Subgraph>(
      Subgraph{{factor, carry, x}, {matmul(sum, factor), sin(sum), carry}});
  for (const bool backwards : {false, true})
    out.push_back({&scan_op,
                   {given({2, 2}), given({3, 2}), given({5, 3, 2})},
                   ScanAttrs{.body = body,
                             .length = 5,
                             .captures = 1,
                             .carries = 1,
                             .x_backwards = {backwards},
                             .y_backwards = {!backwards, backwards},
                             .keeps = {backwards}}});
}

void add_while(Samples& out) {
  const Tensor step = engine::make_placeholder({Shape{}, DType::kFloat32});
  const Tensor x = engine::make_placeholder({Shape{2}, DType::kFloat32});
  const Tensor next = x * 2 + step;
  const auto body =
      std::make_shared<const Subgraph>(Subgraph{{step, x}, {next, less(sum(next), 100)}});
  const Tensor start = cast(within(0.5, 1, {2}), DType::kFloat32);
  for (const std::int64_t maximum : {-1, 0, 3})
    out.push_back({&while_op,
                   {Tensor(0.5f), start, Tensor(true)},
                   WhileAttrs{.body = body, .captures = 1, .maximum = maximum}});
}

void add_random(Samples& out) {
  const Tensor seed = Tensor::of<std::uint32_t>({7, 11});
  for (const engine::Op* op : {&random_uniform_op, &random_normal_op, &random_truncated_normal_op})
    out.push_back({op, {seed}, RandomAttrs{{3, 5}, DType::kFloat32}});
  out.push_back({&random_integers_op, {seed}, RandomIntegersAttrs{{{3, 5}, DType::kInt32}, -2, 9}});
  out.push_back({&random_permutation_op, {seed}, RandomAttrs{{9}, DType::kInt32}});
}

/// What changes gradients on purpose, or is only a name.
void add_views(Samples& out) {
  const Tensor x = within(-2, 2, {3});
  out.push_back({&stop_gradient_op, {x}, engine::NoAttrs{}, {false}});
  out.push_back({&alias_op, {x}, engine::NoAttrs{}, {false}});
  const auto unchanged = custom_gradient([](const Tensors& in) {
    return ValueWithGradient{in[0] * 1, [](const Tensor& dy) { return Tensors{dy}; }};
  });
  const Tensor call = unchanged({x});
  out.push_back({&custom_gradient_op, call.node()->inputs, call.node()->attrs, {false, false}});
}

/// Doubles integers.
class Doubling final : public HostFunction {
 public:
  TensorSpec infer(const TensorSpec& input) const override { return input; }
  void run(const TensorSpec& input, const void* from, const TensorSpec&, void* to) const override {
    for (std::int64_t i = 0; i < input.shape.size(); ++i)
      static_cast<std::int32_t*>(to)[i] = 2 * static_cast<const std::int32_t*>(from)[i];
  }
};

void add_host(Samples& out) {
  // A power of two, other small factors, and a prime for which there is another way.
  for (const std::int64_t length : {8, 30, 67})
    for (const bool inverse : {false, true})
      out.push_back(
          {&dft_op, {within(-2, 2, {2, length}), within(1, 3, {2, length})}, DftAttrs{inverse}});
  out.push_back({&host_map_op,
                 {integers({3, 1, 2, 5}, {2, 2})},
                 HostMapAttrs{std::make_shared<Doubling>()},
                 {false}});
}

}  // namespace

std::vector<OpSample> op_samples() {
  Samples out;
  for (auto* add : {add_unary, add_binary, add_reductions, add_layout, add_indexing, add_products,
                    add_factorizations, add_pools, add_normalizations, add_attention,
                    add_recurrences, add_loops, add_while, add_random, add_host, add_views})
    add(out);
  // Given values: what they were computed with is of no interest.
  for (auto& sample : out)
    for (auto& input : sample.inputs) input = Tensor::from_storage(input.spec(), input.storage());
  return out;
}

}  // namespace keras::testing
