#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "keras/backend/cpu/simd/kernel_table.h"
#include "keras/engine/tensor/dtype.h"

namespace keras::backend::cpu::simd {

/// The register class in which a dtype's values are computed.
Lane lane_of(DType dtype);

/// "Negative", "Add", ….
std::string_view opcode_name(Opcode opcode);
int opcode_arity(Opcode opcode);
/// False where the operation has no meaning in the class, such as Exp of int64.
bool opcode_takes(Opcode opcode, Lane lane);
/// Nanoseconds for 1,024 elements, roughly.
double opcode_cost(Opcode opcode, Lane lane);

/// A value of a program: the number of the instruction that makes it.
using Value = int;

/// An array that a program reads or writes. Its strides are in elements, one for each dimension of
/// the iteration space, 0 where it is broadcast (or, for a reduction's result, reduced).
struct Operand {
  DType dtype;
  std::vector<std::int64_t> strides;
};

struct Instruction {
  enum class Kind : std::uint8_t { kLoad, kConstant, kElement, kCast, kStore, kReduce };
  Kind kind;
  Lane lane;
  Value sources[3] = {-1, -1, -1};
  Opcode opcode = Opcode::kAdd;
  int operand = -1;
  DType dtype = DType::kFloat32;
  ReduceOp reduce = ReduceOp::kSum;
  /// A constant, or what a reduction's result is multiplied by.
  double real = 0;
  std::int64_t integer = 0;
};

/// What is to be computed for each point of an iteration space: a straight line of operations from
/// loads to stores, and reductions over some of the dimensions. Each value is made once and has one
/// register class; all integers and bool are computed in int64, so where a narrower integer would
/// wrap around (or float16 round) between two operations, `cast` to that dtype says so. Comparisons
/// and logical operations yield 0 or 1 in the class of their sources.
class ElementwiseProgram {
 public:
  /// `reduced` marks the dimensions that the reductions run over; none when left out. Throws
  /// ValueError for more than 12 dimensions or a negative extent.
  explicit ElementwiseProgram(std::vector<std::int64_t> dims, std::vector<bool> reduced = {});

  /// The operand's number: its place in the pointers of a run. An output's memory may be that of an
  /// input with the same dtype and strides.
  int add_operand(DType dtype, std::vector<std::int64_t> strides);

  /// Reads in the dtype's own class, or (from any dtype) as float32.
  Value load(int operand);
  Value load_as_float32(int operand);
  Value constant(Lane lane, double value);
  Value constant(std::int64_t value);
  /// Sources share one class, that of the result; only Select's condition may have another.
  Value apply(Opcode opcode, Value a, std::optional<Value> b = {}, std::optional<Value> c = {});
  /// As astype: the dtype's values, in its own class.
  Value cast(Value value, DType dtype);
  /// Stores as astype does.
  void store(int operand, Value value);
  /// Reduces over the reduced dimensions; argmax and argmin store the position in row-major order
  /// of these dimensions. Floats are summed in double. `scale` multiplies the result (1 / n for a
  /// mean).
  void reduce(ReduceOp op, int operand, Value value, double scale = 1.0);

  Lane lane(Value value) const { return instructions_[static_cast<std::size_t>(value)].lane; }
  const std::vector<std::int64_t>& dims() const { return dims_; }
  const std::vector<bool>& reduced() const { return reduced_; }
  const std::vector<Operand>& operands() const { return operands_; }
  const std::vector<Instruction>& instructions() const { return instructions_; }

 private:
  Value add(const Instruction& instruction);
  void check_value(Value value) const;
  const Operand& operand_at(int operand) const;

  std::vector<std::int64_t> dims_;
  std::vector<bool> reduced_;
  std::vector<Operand> operands_;
  std::vector<Instruction> instructions_;
};

}  // namespace keras::backend::cpu::simd
