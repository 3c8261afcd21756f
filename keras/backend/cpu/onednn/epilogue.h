#pragma once

#include <dnnl.hpp>
#include <string>
#include <vector>

#include "keras/backend/cpu/onednn/place.h"
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

/// The epilogue as oneDNN's post-operations; one description for each of the operands.
dnnl::post_ops post_ops(const Epilogue& epilogue, const std::vector<dnnl::memory::desc>& operands);
/// The primitive's argument for the operand numbered `operand`.
int post_op_argument(const Epilogue& epilogue, std::size_t operand);

}  // namespace keras::backend::cpu
