#pragma once

#include <cstddef>
#include <cstdint>

namespace keras::backend::cpu::simd {

/// The element-wise operations of `elementwise_ops.inc`.
enum class Opcode : std::uint8_t {
#define KERAS_ELEMENT(name, arity, f32, f64, i64, cost) k##name,
#include "keras/backend/cpu/simd/elementwise_ops.inc"
#undef KERAS_ELEMENT
};

inline constexpr int kOpcodeCount = 0
#define KERAS_ELEMENT(name, arity, f32, f64, i64, cost) +1
#include "keras/backend/cpu/simd/elementwise_ops.inc"
#undef KERAS_ELEMENT
    ;

/// What a program's register holds. Integers and bool of all widths are computed in int64.
enum class Lane : std::uint8_t { kFloat32, kFloat64, kInt64 };
inline constexpr int kLaneCount = 3;
inline constexpr int kDTypeCount = 12;

enum class ReduceOp : std::uint8_t { kSum, kProd, kMax, kMin, kAny, kAll, kArgmax, kArgmin };
inline constexpr int kReduceOpCount = 8;

/// dst[i] = f(a[i], b[i], c[i]); unused sources are null. Sources may be dst itself. `count` is a
/// multiple of `kPadding`.
using ElementLoop = void (*)(void* dst, const void* a, const void* b, const void* c,
                             std::ptrdiff_t count);
/// One side is a register (dense), the other memory of a dtype with a stride in elements.
using MemoryLoop = void (*)(void* dst, const void* src, std::ptrdiff_t count,
                            std::ptrdiff_t stride);
/// Takes rows × width dense lanes into accumulators: one a row, or one a column. Accumulators are
/// double, or int64 for int64 lanes.
using ReduceLoop = void (*)(void* accumulators, const void* lanes, std::ptrdiff_t rows,
                            std::ptrdiff_t width);
/// The same for argmax and argmin, where `position` is that of the first row's first lane in the
/// reduced space; `indices` is -1 where nothing was seen yet.
using ArgReduceLoop = void (*)(void* accumulators, std::int64_t* indices, const void* lanes,
                               std::ptrdiff_t rows, std::ptrdiff_t width, std::int64_t position);

/// Registers are padded to a multiple of this many lanes, so that element loops have no tail.
inline constexpr std::ptrdiff_t kPadding = 16;

struct ElementTable {
  ElementLoop loop[kOpcodeCount][kLaneCount];
};
struct MemoryTable {
  /// Into a register of the dtype's own lane, and the short cut into float32.
  MemoryLoop load[kDTypeCount];
  MemoryLoop load_float32[kDTypeCount];
  /// From a register of the dtype's own lane, and the short cut from float32 (as astype).
  MemoryLoop store[kDTypeCount];
  MemoryLoop store_float32[kDTypeCount];
  /// From a lane to the values of a dtype, held in the dtype's own lane.
  ElementLoop cast[kLaneCount][kDTypeCount];
};
struct ReduceTable {
  /// Up to kAll; one result a row.
  ReduceLoop rows[kReduceOpCount][kLaneCount];
  ReduceLoop columns[kReduceOpCount][kLaneCount];
  ArgReduceLoop arg_rows[2][kLaneCount];
  ArgReduceLoop arg_columns[2][kLaneCount];
};

/// The loops of element_chains.h.
struct ChainTable;

/// The loops as compiled for one instruction set.
struct KernelTable {
  const char* name;
  const ElementTable* elements;
  const MemoryTable* memory;
  const ReduceTable* reduce;
  const ChainTable* chains;
};

}  // namespace keras::backend::cpu::simd
