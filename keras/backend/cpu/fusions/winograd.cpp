#include "keras/backend/cpu/fusions/winograd.h"

#include "keras/backend/cpu/simd/winograd.h"

namespace keras::backend::cpu {

const engine::Op winograd_kernel_op = engine::define_op<WinogradKernelAttrs>({
    .name = "winograd_kernel",
    .traits = {.prepares = true},
    .infer =
        [](const Specs& in, const WinogradKernelAttrs& attrs) {
          const std::int64_t inputs = in[0].shape[2], outputs = in[0].shape[3];
          const std::int64_t elements = winograd_elements(attrs.tile);
          const Shape shape =
              attrs.backwards ? Shape{elements, outputs, inputs} : Shape{elements, inputs, outputs};
          return Specs{{shape, DType::kFloat32}};
        },
});

const engine::Op winograd_op = engine::define_op<WinogradAttrs>({
    .name = "winograd",
    .infer =
        [](const Specs& in, const WinogradAttrs& attrs) {
          const std::int64_t step = attrs.pooled ? 2 : 1;
          const std::int64_t channels = in[1].shape[attrs.backwards ? -2 : -1];
          return Specs{{{in[0].shape[0], attrs.size[0] / step, attrs.size[1] / step, channels},
                        in[0].dtype}};
        },
});

const engine::Op winograd_gradient_op = engine::define_op<WinogradGradientAttrs>({
    .name = "winograd_gradient",
    .infer =
        [](const Specs& in, const WinogradGradientAttrs&) {
          return Specs{{{3, 3, in[0].shape[3], in[1].shape[3]}, in[0].dtype}};
        },
});

}  // namespace keras::backend::cpu
