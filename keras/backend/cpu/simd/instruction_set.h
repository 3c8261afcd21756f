#pragma once

namespace keras::backend::cpu {

/// The instruction sets that the vector kernels are compiled for, narrowest first.
enum class InstructionSet { kBaseline, kAvx2, kAvx512 };

/// The widest one that this processor has; KERAS_MAX_ISA (baseline, avx2, avx512) lowers it.
InstructionSet instruction_set();

}  // namespace keras::backend::cpu
