#pragma once

#include <string>
#include <vector>

#include "keras/backend/cpu/simd/elementwise_plan.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Writes calls of element-wise operations and reductions, whose tensors broadcast to one shape, as
/// a program for the element-wise loops. A value keeps its dtype's meaning: 16-bit floats round and
/// narrow integers wrap after each operation, as they do when the calls run one by one.
class ProgramBuilder {
 public:
  /// `reduced_axes` are those of `shape` that reductions run over.
  explicit ProgramBuilder(const Shape& shape, const std::vector<int>& reduced_axes = {});

  /// A value of the program with the dtype that the graph gives it.
  struct Typed {
    simd::Value value = -1;
    DType dtype = DType::kFloat32;
  };

  /// The next operand of the run, read with broadcasting; or with strides and a start of its own.
  Typed input(const TensorSpec& spec);
  Typed input(DType dtype, std::vector<std::int64_t> strides);
  /// The value of one operation. The operation is one of `builds`.
  Typed apply(const engine::Op& op, const engine::Attrs& attrs, const std::vector<Typed>& sources);
  /// The next operand of the run, written.
  void output(const Typed& value);
  /// The next operand, a reduction of a value over the reduced axes.
  void reduce(const engine::Op& op, const engine::Attrs& attrs, const Typed& value, DType result);

  const simd::ElementwiseProgram& program() const { return program_; }

  /// Why an operation cannot be part of a program on such inputs; nothing when it can.
  static std::string refusal(const engine::Op& op, const Specs& inputs);
  /// Nanoseconds for 1,024 elements of an operation that is not refused, roughly.
  static double cost(const engine::Op& op, const Specs& inputs);

 private:
  simd::Value in_lane(const Typed& value, simd::Lane lane);
  Typed finished(simd::Value value, DType dtype);

  Shape shape_;
  std::vector<int> reduced_axes_;
  simd::ElementwiseProgram program_;
};

/// A program as a kernel: `in_place[i]` says whether output 0 … may overwrite input i.
class ProgramKernel final : public engine::PreparedKernel {
 public:
  ProgramKernel(const simd::ElementwiseProgram& program, int threads, int inputs,
                std::vector<std::vector<bool>> in_place);

  void run(const engine::Buffers& buffers) const override;
  std::size_t scratch_bytes() const override;
  bool may_overwrite(int input, int output) const override {
    return in_place_[static_cast<std::size_t>(input)][static_cast<std::size_t>(output)];
  }
  const simd::ElementwisePlan& plan() const { return plan_; }
  /// The byte that each input is read from first.
  void set_input_offset(int input, std::size_t bytes);

 private:
  simd::ElementwisePlan plan_;
  std::size_t inputs_;
  std::size_t operands_;
  std::vector<std::size_t> offsets_;
  std::vector<std::vector<bool>> in_place_;
};

/// Strides of a tensor read as if it had the broadcast shape: 0 along stretched axes.
std::vector<std::int64_t> broadcast_strides(const Shape& from, const Shape& to);

}  // namespace keras::backend::cpu
