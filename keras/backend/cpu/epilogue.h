#pragma once

#include <string>
#include <vector>

#include "keras/backend/cpu/place.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/engine/tensor/spec.h"

namespace keras::backend::cpu {

/// One thing that is done to a product while it is still in registers.
struct EpilogueStep {
  enum class Kind : std::uint8_t {
    kRelu,
    kSigmoid,
    kTanh,
    kClip,      ///< to [0, bound]
    kMultiply,  ///< by an operand: one number a column, or as many as the product has
    kAdd,       ///< the same
  };
  Kind kind = Kind::kRelu;
  double bound = 0;
  bool operator==(const EpilogueStep&) const = default;
  bool has_operand() const { return kind == Kind::kMultiply || kind == Kind::kAdd; }
};
using Epilogue = std::vector<EpilogueStep>;
std::string to_text(const EpilogueStep& step);

/// An operand of an epilogue: one number a column, or a tensor of the product's shape.
struct EpilogueOperand {
  TensorSpec spec;
  Place place;
};
/// A call's inputs from the one numbered `first` on.
std::vector<EpilogueOperand> epilogue_operands(const engine::KernelCall& call, std::size_t first);

/// So many steps, the bias among them, loops of our own take.
inline constexpr std::size_t kMostProductSteps = 8;
/// A bias by column and the epilogue as the steps of such loops, for a product of so many columns.
std::vector<ProductStep> product_steps(bool bias, const Epilogue& epilogue,
                                       const std::vector<EpilogueOperand>& operands,
                                       std::int64_t columns);
/// Copies steps, those that have an operand with the next of `addresses`.
void set_operands(const std::vector<ProductStep>& steps, void* const* addresses, ProductStep* to);

}  // namespace keras::backend::cpu
