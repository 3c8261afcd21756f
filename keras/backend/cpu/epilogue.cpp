#include "keras/backend/cpu/epilogue.h"

#include <limits>

#include "keras/engine/text.h"

namespace keras::backend::cpu {

using Kind = EpilogueStep::Kind;

namespace {

ProductStep::Kind kind_of(Kind kind) {
  switch (kind) {
    case Kind::kSigmoid:
      return ProductStep::Kind::kSigmoid;
    case Kind::kTanh:
      return ProductStep::Kind::kTanh;
    case Kind::kMultiply:
      return ProductStep::Kind::kMultiply;
    case Kind::kAdd:
      return ProductStep::Kind::kAdd;
    case Kind::kRelu:
    case Kind::kClip:
      break;
  }
  return ProductStep::Kind::kClip;
}

bool takes_operand(const ProductStep& step) {
  return step.kind == ProductStep::Kind::kMultiply || step.kind == ProductStep::Kind::kAdd;
}

}  // namespace

std::string to_text(const EpilogueStep& step) {
  switch (step.kind) {
    case Kind::kRelu:
      return "relu";
    case Kind::kSigmoid:
      return "sigmoid";
    case Kind::kTanh:
      return "tanh";
    case Kind::kClip:
      return str("clip to ", step.bound);
    case Kind::kMultiply:
      return "multiply";
    case Kind::kAdd:
      return "add";
  }
  return {};
}

std::vector<EpilogueOperand> epilogue_operands(const engine::KernelCall& call, std::size_t first) {
  std::vector<EpilogueOperand> operands;
  for (std::size_t i = first; i < call.inputs.size(); ++i)
    operands.push_back({call.inputs[i], Place::input(static_cast<int>(i))});
  return operands;
}

std::vector<ProductStep> product_steps(bool bias, const Epilogue& epilogue,
                                       const std::vector<EpilogueOperand>& operands,
                                       std::int64_t columns) {
  std::vector<ProductStep> steps;
  if (bias) steps.push_back({.kind = ProductStep::Kind::kAdd});
  auto operand = operands.begin();
  for (const auto& step : epilogue) {
    const bool clips = step.kind == Kind::kClip;
    steps.push_back(
        {.kind = kind_of(step.kind),
         .bound = clips ? static_cast<float>(step.bound) : std::numeric_limits<float>::infinity()});
    if (step.has_operand() && (operand++)->spec.shape.size() != columns)
      steps.back().operand_stride = columns;
  }
  return steps;
}

void set_operands(const std::vector<ProductStep>& steps, void* const* addresses, ProductStep* to) {
  for (const auto& step : steps) {
    *to = step;
    if (takes_operand(step)) to->operand = static_cast<const float*>(*addresses++);
    ++to;
  }
}

}  // namespace keras::backend::cpu
