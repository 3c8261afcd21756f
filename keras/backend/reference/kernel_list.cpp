#include "keras/backend/reference/kernel_list.h"

#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/nn_kernels.h"

namespace keras::reference {

std::vector<engine::KernelRow> kernel_rows() {
  std::vector<engine::KernelRow> rows;
  for (const auto& family :
       {elementwise_kernel_rows(), reduction_kernel_rows(), layout_kernel_rows(),
        indexing_kernel_rows(), sorting_kernel_rows(), linalg_kernel_rows(), nn_kernel_rows(),
        fft_kernel_rows(), host_kernel_rows(), loop_kernel_rows()})
    rows.insert(rows.end(), family.begin(), family.end());
  return rows;
}

}  // namespace keras::reference
