#include "keras/backend/cpu/simd/instruction_set.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace keras::backend::cpu {
namespace {

InstructionSet of_processor() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return InstructionSet::kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c"))
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
