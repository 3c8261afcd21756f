#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/simple_kernel.h"
#include "keras/ops/host/host_map.h"
#include "keras/ops/op_list.h"

namespace keras::reference {
namespace {

void run_host_map(const engine::KernelCall& call, const engine::Buffers& buffers) {
  call.attrs.as<ops::HostMapAttrs>().function->run(call.inputs[0], buffers.inputs[0],
                                                   call.outputs[0], buffers.outputs[0]);
}

}  // namespace

std::vector<engine::KernelRow> host_kernel_rows() {
  return {{&ops::host_map_op, {simple_kernel<run_host_map>("host_map")}}};
}

}  // namespace keras::reference
