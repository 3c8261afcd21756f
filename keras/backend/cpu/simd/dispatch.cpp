#include "keras/backend/cpu/simd/dispatch.h"

#include <cstdlib>
#include <string_view>

namespace keras::backend::cpu::simd {

#define KERAS_TARGET_TABLES(target)                                                        \
  namespace target {                                                                       \
  extern const ElementTable element_table;                                                 \
  extern const MemoryTable memory_table;                                                   \
  extern const ReduceTable reduce_table;                                                   \
  }                                                                                        \
  namespace {                                                                              \
  constexpr KernelTable target##_kernels = {#target, &target::element_table,               \
                                            &target::memory_table, &target::reduce_table}; \
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
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (has_avx2) found.push_back(&avx2_kernels);
  if (has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    found.push_back(&avx512_kernels);
#endif
  return found;
}

const KernelTable& choose() {
  const auto& available = available_kernels();
  if (const char* wanted = std::getenv("KERAS_SIMD_TARGET"))
    for (const KernelTable* table : available)
      if (std::string_view(wanted) == table->name) return *table;
  return *available.back();
}

}  // namespace

const std::vector<const KernelTable*>& available_kernels() {
  static const std::vector<const KernelTable*> found = find_available();
  return found;
}

const KernelTable& kernels() {
  static const KernelTable& chosen = choose();
  return chosen;
}

}  // namespace keras::backend::cpu::simd
