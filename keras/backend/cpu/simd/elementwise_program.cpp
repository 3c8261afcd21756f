#include "keras/backend/cpu/simd/elementwise_program.h"

#include <array>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::backend::cpu::simd {
namespace {

using Kind = Instruction::Kind;

struct OpcodeRow {
  std::string_view name;
  int arity;
  char lanes[kLaneCount];
  double cost;
};
constexpr std::array<OpcodeRow, kOpcodeCount> kOpcodes = {{
#define KERAS_ELEMENT(name, arity, f32, f64, i64, cost) \
  {#name, arity, {#f32[0], #f64[0], #i64[0]}, cost},
#include "keras/backend/cpu/simd/elementwise_ops.inc"
#undef KERAS_ELEMENT
}};

const OpcodeRow& row(Opcode opcode) { return kOpcodes[static_cast<std::size_t>(opcode)]; }

constexpr std::string_view kLaneNames[] = {"float32", "float64", "int64"};

std::string_view lane_name(Lane lane) { return kLaneNames[static_cast<std::size_t>(lane)]; }

}  // namespace

Lane lane_of(DType dtype) {
  if (dtype == DType::kFloat64) return Lane::kFloat64;
  return is_float(dtype) ? Lane::kFloat32 : Lane::kInt64;
}

std::string_view opcode_name(Opcode opcode) { return row(opcode).name; }
int opcode_arity(Opcode opcode) { return row(opcode).arity; }
bool opcode_takes(Opcode opcode, Lane lane) {
  return row(opcode).lanes[static_cast<std::size_t>(lane)] != 'N';
}
double opcode_cost(Opcode opcode, Lane lane) {
  constexpr double kOneByOne = 5000;
  if (row(opcode).lanes[static_cast<std::size_t>(lane)] == 'S') return kOneByOne;
  return row(opcode).cost * (lane == Lane::kFloat32 ? 1 : 2);
}

ElementwiseProgram::ElementwiseProgram(std::vector<std::int64_t> dims, std::vector<bool> reduced)
    : dims_(std::move(dims)), reduced_(std::move(reduced)) {
  if (reduced_.empty()) reduced_.resize(dims_.size(), false);
  if (reduced_.size() != dims_.size() || dims_.size() > 12)
    throw ValueError(str("ElementwiseProgram: at most 12 dimensions and a mark for each, received ",
                         dims_.size(), " dimensions and ", reduced_.size(), " marks."));
  for (const std::int64_t dim : dims_)
    if (dim < 0) throw ValueError(str("ElementwiseProgram: an extent of ", dim, "."));
}

int ElementwiseProgram::add_operand(DType dtype, std::vector<std::int64_t> strides) {
  if (strides.size() != dims_.size())
    throw ValueError(str("ElementwiseProgram: an operand needs ", dims_.size(),
                         " strides, received ", strides.size(), "."));
  operands_.push_back({dtype, std::move(strides)});
  return static_cast<int>(operands_.size()) - 1;
}

const Operand& ElementwiseProgram::operand_at(int operand) const {
  if (operand < 0 || operand >= static_cast<int>(operands_.size()))
    throw ValueError(str("ElementwiseProgram: there is no operand ", operand, "."));
  return operands_[static_cast<std::size_t>(operand)];
}

void ElementwiseProgram::check_value(Value value) const {
  if (value < 0 || value >= static_cast<Value>(instructions_.size()))
    throw ValueError(str("ElementwiseProgram: there is no value ", value, "."));
  const Kind kind = instructions_[static_cast<std::size_t>(value)].kind;
  if (kind == Kind::kStore || kind == Kind::kReduce)
    throw ValueError(str("ElementwiseProgram: instruction ", value, " makes no value."));
}

Value ElementwiseProgram::add(const Instruction& instruction) {
  instructions_.push_back(instruction);
  return static_cast<Value>(instructions_.size()) - 1;
}

Value ElementwiseProgram::load(int operand) {
  const DType dtype = operand_at(operand).dtype;
  return add({.kind = Kind::kLoad, .lane = lane_of(dtype), .operand = operand, .dtype = dtype});
}

Value ElementwiseProgram::load_as_float32(int operand) {
  const DType dtype = operand_at(operand).dtype;
  return add({.kind = Kind::kLoad, .lane = Lane::kFloat32, .operand = operand, .dtype = dtype});
}

Value ElementwiseProgram::constant(Lane lane, double value) {
  return add({.kind = Kind::kConstant,
              .lane = lane,
              .real = value,
              .integer = lane == Lane::kInt64 ? static_cast<std::int64_t>(value) : 0});
}

Value ElementwiseProgram::constant(std::int64_t value) {
  return add({.kind = Kind::kConstant, .lane = Lane::kInt64, .integer = value});
}

Value ElementwiseProgram::apply(Opcode opcode, Value a, std::optional<Value> b,
                                std::optional<Value> c) {
  const int given = 1 + (b ? 1 : 0) + (c ? 1 : 0);
  if (given != opcode_arity(opcode))
    throw ValueError(str("ElementwiseProgram: ", opcode_name(opcode), " takes ",
                         opcode_arity(opcode), " values, received ", given, "."));
  for (const auto& value : {std::optional(a), b, c})
    if (value) check_value(*value);
  const Lane result = lane(b.value_or(a));
  if (opcode == Opcode::kSelect && lane(a) != result)
    a = result == Lane::kInt64 ? cast(a, DType::kBool)
                               : cast(cast(a, DType::kBool),
                                      result == Lane::kFloat64 ? DType::kFloat64 : DType::kFloat32);
  if (lane(a) != result || (c && lane(*c) != result))
    throw ValueError(str("ElementwiseProgram: ", opcode_name(opcode),
                         " takes values of one class, received ", lane_name(lane(a)), " and ",
                         lane_name(c ? lane(*c) : result), "."));
  if (!opcode_takes(opcode, result))
    throw ValueError(
        str("ElementwiseProgram: ", opcode_name(opcode), " is not for ", lane_name(result), "."));
  return add({.kind = Kind::kElement,
              .lane = result,
              .sources = {a, b.value_or(-1), c.value_or(-1)},
              .opcode = opcode});
}

Value ElementwiseProgram::cast(Value value, DType dtype) {
  check_value(value);
  return add(
      {.kind = Kind::kCast, .lane = lane_of(dtype), .sources = {value, -1, -1}, .dtype = dtype});
}

void ElementwiseProgram::store(int operand, Value value) {
  check_value(value);
  const DType dtype = operand_at(operand).dtype;
  if (lane(value) != Lane::kFloat32 && lane(value) != lane_of(dtype)) value = cast(value, dtype);
  add({.kind = Kind::kStore,
       .lane = lane(value),
       .sources = {value, -1, -1},
       .operand = operand,
       .dtype = dtype});
}

void ElementwiseProgram::reduce(ReduceOp op, int operand, Value value, double scale) {
  check_value(value);
  const Operand& result = operand_at(operand);
  for (std::size_t d = 0; d < dims_.size(); ++d)
    if (reduced_[d] && result.strides[d] != 0)
      throw ValueError(
          "ElementwiseProgram: a reduction's result has stride 0 where it is reduced.");
  add({.kind = Kind::kReduce,
       .lane = lane(value),
       .sources = {value, -1, -1},
       .operand = operand,
       .dtype = result.dtype,
       .reduce = op,
       .real = scale});
}

}  // namespace keras::backend::cpu::simd
