#include "keras/backend/cpu/simd/program_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include "keras/engine/text.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn/relu.h"
#include "keras/ops/reduction/reduce.h"

namespace keras::backend::cpu {
namespace {

using simd::Lane;
using simd::Opcode;

const std::unordered_map<const engine::Op*, Opcode>& opcodes() {
  static const std::unordered_map<const engine::Op*, Opcode> table = {
      {&ops::negative_op, Opcode::kNegative},
      {&ops::abs_op, Opcode::kAbs},
      {&ops::sign_op, Opcode::kSign},
      {&ops::square_op, Opcode::kSquare},
      {&ops::sqrt_op, Opcode::kSqrt},
      {&ops::rsqrt_op, Opcode::kRsqrt},
      {&ops::reciprocal_op, Opcode::kReciprocal},
      {&ops::exp_op, Opcode::kExp},
      {&ops::expm1_op, Opcode::kExpm1},
      {&ops::log_op, Opcode::kLog},
      {&ops::log1p_op, Opcode::kLog1p},
      {&ops::sin_op, Opcode::kSin},
      {&ops::cos_op, Opcode::kCos},
      {&ops::tan_op, Opcode::kTan},
      {&ops::arcsin_op, Opcode::kAsin},
      {&ops::arccos_op, Opcode::kAcos},
      {&ops::arctan_op, Opcode::kAtan},
      {&ops::sinh_op, Opcode::kSinh},
      {&ops::cosh_op, Opcode::kCosh},
      {&ops::tanh_op, Opcode::kTanh},
      {&ops::arcsinh_op, Opcode::kAsinh},
      {&ops::arccosh_op, Opcode::kAcosh},
      {&ops::arctanh_op, Opcode::kAtanh},
      {&ops::erf_op, Opcode::kErf},
      {&ops::sigmoid_op, Opcode::kSigmoid},
      {&ops::softplus_op, Opcode::kSoftplus},
      {&ops::floor_op, Opcode::kFloor},
      {&ops::ceil_op, Opcode::kCeil},
      {&ops::round_op, Opcode::kRound},
      {&ops::trunc_op, Opcode::kTrunc},
      {&ops::isfinite_op, Opcode::kIsFinite},
      {&ops::isinf_op, Opcode::kIsInf},
      {&ops::isnan_op, Opcode::kIsNan},
      {&ops::logical_not_op, Opcode::kLogicalNot},
      {&ops::bitwise_not_op, Opcode::kBitwiseNot},
      {&ops::add_op, Opcode::kAdd},
      {&ops::subtract_op, Opcode::kSubtract},
      {&ops::multiply_op, Opcode::kMultiply},
      {&ops::divide_op, Opcode::kDivide},
      {&ops::floor_divide_op, Opcode::kFloorDivide},
      {&ops::mod_op, Opcode::kMod},
      {&ops::power_op, Opcode::kPower},
      {&ops::maximum_op, Opcode::kMaximum},
      {&ops::minimum_op, Opcode::kMinimum},
      {&ops::arctan2_op, Opcode::kAtan2},
      {&ops::equal_op, Opcode::kEqual},
      {&ops::not_equal_op, Opcode::kNotEqual},
      {&ops::less_op, Opcode::kLess},
      {&ops::less_equal_op, Opcode::kLessEqual},
      {&ops::greater_op, Opcode::kGreater},
      {&ops::greater_equal_op, Opcode::kGreaterEqual},
      {&ops::logical_and_op, Opcode::kLogicalAnd},
      {&ops::logical_or_op, Opcode::kLogicalOr},
      {&ops::logical_xor_op, Opcode::kLogicalXor},
      {&ops::bitwise_and_op, Opcode::kBitwiseAnd},
      {&ops::bitwise_or_op, Opcode::kBitwiseOr},
      {&ops::bitwise_xor_op, Opcode::kBitwiseXor},
      {&ops::left_shift_op, Opcode::kLeftShift},
      {&ops::right_shift_op, Opcode::kRightShift},
      {&ops::select_op, Opcode::kSelect},
      {&ops::relu_op, Opcode::kMaximum},
  };
  return table;
}

simd::ReduceOp reduce_opcode(const engine::Op& op, const engine::Attrs& attrs) {
  if (&op == &ops::arg_reduce_op)
    return attrs.as<ops::ArgReduceAttrs>().max ? simd::ReduceOp::kArgmax : simd::ReduceOp::kArgmin;
  switch (attrs.as<ops::ReduceAttrs>().kind) {
    case ops::ReduceKind::kSum:
      return simd::ReduceOp::kSum;
    case ops::ReduceKind::kProd:
      return simd::ReduceOp::kProd;
    case ops::ReduceKind::kMax:
      return simd::ReduceOp::kMax;
    case ops::ReduceKind::kMin:
      return simd::ReduceOp::kMin;
    case ops::ReduceKind::kAny:
      return simd::ReduceOp::kAny;
    case ops::ReduceKind::kAll:
      break;
  }
  return simd::ReduceOp::kAll;
}

std::vector<bool> flags(const std::vector<int>& axes, int rank) {
  std::vector<bool> out(static_cast<std::size_t>(rank), false);
  for (const int axis : axes) out[static_cast<std::size_t>(axis)] = true;
  return out;
}

bool yields_truth(const engine::Op& op) {
  const Specs probe = op.infer(
      {{{}, DType::kFloat32}, {{}, DType::kFloat32}, {{}, DType::kFloat32}}, engine::NoAttrs{});
  return probe[0].dtype == DType::kBool;
}

}  // namespace

std::vector<std::int64_t> broadcast_strides(const Shape& from, const Shape& to) {
  const auto own = row_major_strides(from);
  std::vector<std::int64_t> strides(static_cast<std::size_t>(to.rank()), 0);
  const int added = to.rank() - from.rank();
  for (int axis = 0; axis < from.rank(); ++axis)
    if (from[axis] != 1)
      strides[static_cast<std::size_t>(axis + added)] = own[static_cast<std::size_t>(axis)];
  return strides;
}

ProgramBuilder::ProgramBuilder(const Shape& shape, const std::vector<int>& reduced_axes)
    : shape_(shape),
      reduced_axes_(reduced_axes),
      program_(shape.dims(),
               reduced_axes.empty() ? std::vector<bool>{} : flags(reduced_axes, shape.rank())) {}

ProgramBuilder::Typed ProgramBuilder::input(const TensorSpec& spec) {
  return input(spec.dtype, broadcast_strides(spec.shape, shape_));
}

ProgramBuilder::Typed ProgramBuilder::input(DType dtype, std::vector<std::int64_t> strides) {
  return {program_.load(program_.add_operand(dtype, std::move(strides))), dtype};
}

/// Truth values live in whatever class they were found in; others are in their dtype's own.
simd::Value ProgramBuilder::in_lane(const Typed& value, Lane lane) {
  if (program_.lane(value.value) == lane) return value.value;
  if (lane == Lane::kInt64) return program_.cast(value.value, DType::kBool);
  return program_.cast(value.value, lane == Lane::kFloat32 ? DType::kFloat32 : DType::kFloat64);
}

/// What arithmetic in a wider class leaves of a narrow dtype.
ProgramBuilder::Typed ProgramBuilder::finished(simd::Value value, DType dtype) {
  const bool exact = dtype == DType::kFloat32 || dtype == DType::kFloat64 ||
                     dtype == DType::kInt64 || dtype == DType::kBool;
  return {exact ? value : program_.cast(value, dtype), dtype};
}

ProgramBuilder::Typed ProgramBuilder::apply(const engine::Op& op, const engine::Attrs& attrs,
                                            const std::vector<Typed>& sources) {
  if (&op == &ops::cast_op) {
    const DType dtype = attrs.as<ops::CastAttrs>().dtype;
    return {program_.cast(sources[0].value, dtype), dtype};
  }
  const Opcode opcode = opcodes().at(&op);
  const bool select = &op == &ops::select_op;
  const Typed& first = sources[select ? 1 : 0];
  const Lane lane = first.dtype == DType::kBool ? Lane::kInt64 : simd::lane_of(first.dtype);
  if (&op == &ops::relu_op) {
    const double most = attrs.as<ops::ReluAttrs>().max_value;
    simd::Value y = program_.apply(opcode, sources[0].value, program_.constant(lane, 0.0));
    if (std::isfinite(most)) y = program_.apply(Opcode::kMinimum, y, program_.constant(lane, most));
    return finished(y, first.dtype);
  }
  std::array<std::optional<simd::Value>, 3> values;
  for (std::size_t i = 0; i < sources.size(); ++i)
    values[i] = select && i == 0 ? sources[i].value : in_lane(sources[i], lane);
  const simd::Value result = program_.apply(opcode, *values[0], values[1], values[2]);
  const DType dtype = !select && yields_truth(op) ? DType::kBool : first.dtype;
  return finished(result, dtype);
}

void ProgramBuilder::output(const Typed& value) {
  program_.store(program_.add_operand(value.dtype, row_major_strides(shape_)), value.value);
}

void ProgramBuilder::reduce(const engine::Op& op, const engine::Attrs& attrs, const Typed& value,
                            DType result) {
  Shape kept = shape_;
  for (const int axis : reduced_axes_) kept[axis] = 1;
  const int operand = program_.add_operand(result, broadcast_strides(kept, shape_));
  const Lane lane = value.dtype == DType::kBool ? Lane::kInt64 : simd::lane_of(value.dtype);
  program_.reduce(reduce_opcode(op, attrs), operand, in_lane(value, lane));
}

std::string ProgramBuilder::refusal(const engine::Op& op, const Specs& inputs) {
  constexpr int kMostAxes = 12;
  for (const auto& spec : inputs)
    if (spec.shape.rank() > kMostAxes) return str("takes at most ", kMostAxes, " axes");
  if (&op == &ops::cast_op || &op == &ops::reduce_op || &op == &ops::arg_reduce_op) return {};
  const auto opcode = opcodes().find(&op);
  if (opcode == opcodes().end()) return "is not one of the element-wise loops";
  const Lane lane = simd::lane_of(inputs.back().dtype);
  if (!simd::opcode_takes(opcode->second, lane))
    return str("has no loop for ", inputs.back().dtype);
  return {};
}

double ProgramBuilder::cost(const engine::Op& op, const Specs& inputs) {
  constexpr double kCast = 30;
  const auto opcode = opcodes().find(&op);
  if (opcode == opcodes().end()) return kCast;
  return simd::opcode_cost(opcode->second, simd::lane_of(inputs.back().dtype));
}

ProgramKernel::ProgramKernel(const simd::ElementwiseProgram& program, int threads, int inputs,
                             std::vector<std::vector<bool>> in_place)
    : plan_(program, {.threads = threads}),
      inputs_(static_cast<std::size_t>(inputs)),
      operands_(program.operands().size()),
      offsets_(operands_, 0),
      in_place_(std::move(in_place)) {}

void ProgramKernel::set_input_offset(int input, std::size_t bytes) {
  offsets_[static_cast<std::size_t>(input)] = bytes;
}

std::size_t ProgramKernel::scratch_bytes() const {
  return plan_.scratch_bytes() + operands_ * sizeof(void*);
}

void ProgramKernel::run(const engine::Buffers& buffers) const {
  auto* scratch = static_cast<std::byte*>(buffers.scratch);
  auto** operands = reinterpret_cast<void**>(scratch + plan_.scratch_bytes());
  for (std::size_t i = 0; i < operands_; ++i) {
    void* base = i < inputs_ ? buffers.inputs[i] : buffers.outputs[i - inputs_];
    operands[i] = static_cast<std::byte*>(base) + offsets_[i];
  }
  plan_.run(operands, scratch);
}

}  // namespace keras::backend::cpu
