#include "keras/ops/host/host_map.h"

#include <utility>

#include "keras/engine/graph/node.h"
#include "keras/ops/op_list.h"

namespace keras::ops {

const engine::Op host_map_op = engine::define_op<HostMapAttrs>({
    .name = "host_map",
    .infer = [](const Specs& in,
                const HostMapAttrs& attrs) { return Specs{attrs.function->infer(in[0])}; },
    .gradient = [](const engine::Backward&, const HostMapAttrs&) { return Tensors(1); },
});

Tensor host_map(const Tensor& x, std::shared_ptr<const HostFunction> function) {
  return engine::make_call(host_map_op, {x}, HostMapAttrs{std::move(function)})[0];
}

}  // namespace keras::ops
