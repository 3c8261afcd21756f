#pragma once

#include <vector>

#include "keras/engine/runtime/kernel.h"

namespace keras::reference {

/// Plain loops for the element-wise operations, reductions, layout, indexing, sorting and linear
/// algebra: what they mean.
std::vector<engine::KernelRow> elementwise_kernel_rows();
std::vector<engine::KernelRow> reduction_kernel_rows();
std::vector<engine::KernelRow> layout_kernel_rows();
std::vector<engine::KernelRow> indexing_kernel_rows();
std::vector<engine::KernelRow> sorting_kernel_rows();
std::vector<engine::KernelRow> linalg_kernel_rows();
std::vector<engine::KernelRow> fft_kernel_rows();
/// Computations that are functions of their own.
std::vector<engine::KernelRow> host_kernel_rows();
/// Loops over compiled bodies.
std::vector<engine::KernelRow> loop_kernel_rows();

}  // namespace keras::reference
