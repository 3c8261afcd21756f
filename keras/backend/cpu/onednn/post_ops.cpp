#include "keras/backend/cpu/onednn/post_ops.h"

namespace keras::backend::cpu {

using Kind = EpilogueStep::Kind;

dnnl::post_ops post_ops(const Epilogue& epilogue, const std::vector<dnnl::memory::desc>& operands) {
  dnnl::post_ops post;
  auto operand = operands.begin();
  for (const auto& step : epilogue) switch (step.kind) {
      case Kind::kRelu:
        post.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
        break;
      case Kind::kSigmoid:
        post.append_eltwise(dnnl::algorithm::eltwise_logistic, 0, 0);
        break;
      case Kind::kTanh:
        post.append_eltwise(dnnl::algorithm::eltwise_tanh, 0, 0);
        break;
      case Kind::kClip:
        post.append_eltwise(dnnl::algorithm::eltwise_clip, 0, static_cast<float>(step.bound));
        break;
      case Kind::kMultiply:
        post.append_binary(dnnl::algorithm::binary_mul, *operand++);
        break;
      case Kind::kAdd:
        post.append_binary(dnnl::algorithm::binary_add, *operand++);
        break;
    }
  return post;
}

int post_op_argument(const Epilogue& epilogue, std::size_t operand) {
  int index = 0;
  for (const auto& step : epilogue) {
    if (step.has_operand() && operand-- == 0) break;
    ++index;
  }
  return DNNL_ARG_ATTR_MULTIPLE_POST_OP(index) | DNNL_ARG_SRC_1;
}

}  // namespace keras::backend::cpu
