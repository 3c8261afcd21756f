#include "keras/backend/cpu/simd/dispatch.h"

#include "keras/backend/cpu/simd/instruction_set.h"

namespace keras::backend::cpu::simd {

#define KERAS_TARGET_TABLES(target)                                                       \
  namespace target {                                                                      \
  extern const ElementTable element_table;                                                \
  extern const MemoryTable memory_table;                                                  \
  extern const ReduceTable reduce_table;                                                  \
  extern const ChainTable chain_table;                                                    \
  }                                                                                       \
  namespace {                                                                             \
  constexpr KernelTable target##_kernels = {#target, &target::element_table,              \
                                            &target::memory_table, &target::reduce_table, \
                                            &target::chain_table};                        \
  }

KERAS_TARGET_TABLES(baseline)
#if defined(__x86_64__)
KERAS_TARGET_TABLES(avx2)
KERAS_TARGET_TABLES(avx512)
#endif
#undef KERAS_TARGET_TABLES

namespace {

std::vector<const KernelTable*> find_available() {
  std::vector<const KernelTable*> found = {&baseline_kernels};
#if defined(__x86_64__)
  if (instruction_set() >= InstructionSet::kAvx2) found.push_back(&avx2_kernels);
  if (instruction_set() >= InstructionSet::kAvx512) found.push_back(&avx512_kernels);
#endif
  return found;
}

}  // namespace

const std::vector<const KernelTable*>& available_kernels() {
  static const std::vector<const KernelTable*> found = find_available();
  return found;
}

const KernelTable& kernels() {
  static const KernelTable& widest = *available_kernels().back();
  return widest;
}

}  // namespace keras::backend::cpu::simd
