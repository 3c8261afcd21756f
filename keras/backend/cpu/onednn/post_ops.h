#pragma once

#include <dnnl.hpp>
#include <vector>

#include "keras/backend/cpu/epilogue.h"

namespace keras::backend::cpu {

/// The epilogue as oneDNN's post-operations; one description for each of the operands.
dnnl::post_ops post_ops(const Epilogue& epilogue, const std::vector<dnnl::memory::desc>& operands);
/// The primitive's argument for the operand numbered `operand`.
int post_op_argument(const Epilogue& epilogue, std::size_t operand);

}  // namespace keras::backend::cpu
