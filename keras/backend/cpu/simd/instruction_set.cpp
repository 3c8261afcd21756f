#include "keras/backend/cpu/simd/instruction_set.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace keras::backend::cpu {
namespace {

#if defined(__x86_64__)
/// clang 14 does not know the name for __builtin_cpu_supports.
bool has_f16c() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}
#endif

InstructionSet of_processor() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return InstructionSet::kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c())
    return InstructionSet::kAvx2;
#endif
  return InstructionSet::kBaseline;
}

InstructionSet allowed() {
  const char* wanted = std::getenv("KERAS_MAX_ISA");
  if (!wanted) return InstructionSet::kAvx512;
  if (std::string_view(wanted) == "baseline") return InstructionSet::kBaseline;
  if (std::string_view(wanted) == "avx2") return InstructionSet::kAvx2;
  return InstructionSet::kAvx512;
}

}  // namespace

InstructionSet instruction_set() {
  static const InstructionSet set = std::min(of_processor(), allowed());
  return set;
}

}  // namespace keras::backend::cpu
