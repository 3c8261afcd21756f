#pragma once

#include <dnnl.hpp>

#include "keras/backend/cpu/onednn/matmul.h"

namespace keras::backend::cpu {

/// The epilogue as oneDNN's post-operations.
inline dnnl::post_ops epilogue_post_ops(Epilogue epilogue) {
  dnnl::post_ops post;
  switch (epilogue) {
    case Epilogue::kNone:
      break;
    case Epilogue::kRelu:
      post.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
      break;
    case Epilogue::kSigmoid:
      post.append_eltwise(dnnl::algorithm::eltwise_logistic, 0, 0);
      break;
    case Epilogue::kTanh:
      post.append_eltwise(dnnl::algorithm::eltwise_tanh, 0, 0);
      break;
  }
  return post;
}

}  // namespace keras::backend::cpu
