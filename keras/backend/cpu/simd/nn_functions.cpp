#include "keras/backend/cpu/simd/nn_functions.h"

#include "keras/backend/cpu/simd/instruction_set.h"

namespace keras::backend::cpu {

const NnFunctions& nn_functions() {
#if defined(__x86_64__)
  if (instruction_set() == InstructionSet::kAvx512) return avx512::nn_functions();
  if (instruction_set() == InstructionSet::kAvx2) return avx2::nn_functions();
#endif
  return baseline::nn_functions();
}

}  // namespace keras::backend::cpu
