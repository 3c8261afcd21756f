#include <algorithm>
#include <memory>

#include "keras/backend/cpu/fusions/pool_choices.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/nn_kernels.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/pool.h"

namespace keras::backend::cpu {
namespace {

PoolGeometry geometry(const ops::PoolAttrs& attrs, const Shape& input, const Shape& output) {
  PoolGeometry pool{};
  const int axes = static_cast<int>(attrs.window.size());
  for (int i = 0; i < 3; ++i) {
    const int axis = i - (3 - axes);
    const auto at = static_cast<std::size_t>(std::max(axis, 0));
    pool.input[i] = axis < 0 ? 1 : input[axis + 1];
    pool.output[i] = axis < 0 ? 1 : output[axis + 1];
    pool.window[i] = axis < 0 ? 1 : attrs.window[at];
    pool.strides[i] = axis < 0 ? 1 : attrs.strides[at];
    pool.pad_low[i] = axis < 0 ? 0 : attrs.pad_low[at];
  }
  pool.channels = input[-1];
  return pool;
}

std::int64_t volume(const std::int64_t* sizes, std::int64_t channels) {
  return sizes[0] * sizes[1] * sizes[2] * channels;
}

/// Calls `image(geometry, number of the image, buffers)`, the images cut over threads.
template <typename Image>
class PoolKernel final : public engine::PreparedKernel {
 public:
  PoolKernel(const PoolGeometry& pool, std::int64_t images, int threads, Image image)
      : pool_(pool),
        images_(images),
        parts_(parts_for(images * volume(pool.output, pool.channels) * pool.window[0] *
                             pool.window[1] * pool.window[2],
                         std::min<std::int64_t>(threads, images))),
        image_(image) {}

  void run(const engine::Buffers& buffers) const override {
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(images_, parts_, part);
      for (std::int64_t i = first; i < last; ++i) image_(pool_, i, buffers);
    });
  }

 private:
  PoolGeometry pool_;
  std::int64_t images_;
  int parts_;
  Image image_;
};

template <typename Image>
std::unique_ptr<engine::PreparedKernel> make(const PoolGeometry& pool,
                                             const engine::KernelCall& call, Image image) {
  return std::make_unique<PoolKernel<Image>>(pool, call.inputs[0].shape[0], call.threads, image);
}

const float* input(const engine::Buffers& buffers, int index, std::int64_t offset) {
  return static_cast<const float*>(buffers.inputs[index]) + offset;
}
float* output(const engine::Buffers& buffers, std::int64_t offset) {
  return static_cast<float*>(buffers.outputs[0]) + offset;
}

PoolGeometry forward_geometry(const engine::KernelCall& call) {
  return geometry(call.attrs.as<ops::PoolAttrs>(), call.inputs[0].shape, call.outputs[0].shape);
}

using Forward = void (*)(const PoolGeometry&, const float*, float*);

std::unique_ptr<engine::PreparedKernel> prepare_forward(const engine::KernelCall& call,
                                                        Forward function) {
  return make(forward_geometry(call), call,
              [function](const PoolGeometry& pool, std::int64_t i, const engine::Buffers& buffers) {
                function(pool, input(buffers, 0, i * volume(pool.input, pool.channels)),
                         output(buffers, i * volume(pool.output, pool.channels)));
              });
}

std::unique_ptr<engine::PreparedKernel> prepare_max_gradient(const engine::KernelCall& call) {
  const auto pool =
      geometry(call.attrs.as<ops::PoolAttrs>(), call.inputs[0].shape, call.inputs[1].shape);
  return make(
      pool, call, [](const PoolGeometry& p, std::int64_t i, const engine::Buffers& buffers) {
        const std::int64_t in = i * volume(p.input, p.channels);
        nn_functions().max_pool_gradient(p, input(buffers, 0, in),
                                         input(buffers, 1, i * volume(p.output, p.channels)),
                                         output(buffers, in));
      });
}

std::unique_ptr<engine::PreparedKernel> prepare_choice(const engine::KernelCall& call) {
  return make(forward_geometry(call), call,
              [](const PoolGeometry& p, std::int64_t i, const engine::Buffers& buffers) {
                const std::int64_t out = i * volume(p.output, p.channels);
                nn_functions().max_pool_choice(
                    p, input(buffers, 0, i * volume(p.input, p.channels)), output(buffers, out),
                    static_cast<std::uint8_t*>(buffers.outputs[1]) + out);
              });
}

std::unique_ptr<engine::PreparedKernel> prepare_spread(const engine::KernelCall& call) {
  const auto pool = geometry(call.attrs.as<ops::PoolGradientAttrs>().pool, call.outputs[0].shape,
                             call.inputs[0].shape);
  return make(
      pool, call, [](const PoolGeometry& p, std::int64_t i, const engine::Buffers& buffers) {
        const std::int64_t at = i * volume(p.output, p.channels);
        nn_functions().max_pool_spread(p, static_cast<const std::uint8_t*>(buffers.inputs[0]) + at,
                                       input(buffers, 1, at),
                                       output(buffers, i * volume(p.input, p.channels)));
      });
}

std::unique_ptr<engine::PreparedKernel> prepare_average_gradient(const engine::KernelCall& call) {
  const auto pool = geometry(call.attrs.as<ops::PoolGradientAttrs>().pool, call.outputs[0].shape,
                             call.inputs[0].shape);
  return make(
      pool, call, [](const PoolGeometry& p, std::int64_t i, const engine::Buffers& buffers) {
        nn_functions().average_pool_gradient(p, input(buffers, 0, i * volume(p.output, p.channels)),
                                             output(buffers, i * volume(p.input, p.channels)));
      });
}

}  // namespace

std::string float32_refusal(const engine::KernelCall& call) {
  for (const auto& spec : call.inputs)
    if (spec.dtype != DType::kFloat32) return str("takes float32, not ", spec.dtype);
  return {};
}

const engine::Kernel simd_max_pool{
    "simd_max_pool", float32_refusal,
    [](const engine::KernelCall& call) { return prepare_forward(call, nn_functions().max_pool); }};
const engine::Kernel simd_average_pool{"simd_average_pool", float32_refusal,
                                       [](const engine::KernelCall& call) {
                                         return prepare_forward(call, nn_functions().average_pool);
                                       }};
const engine::Kernel simd_max_pool_gradient{"simd_max_pool_gradient", float32_refusal,
                                            prepare_max_gradient};
const engine::Kernel simd_max_pool_choice{"simd_max_pool_choice", float32_refusal, prepare_choice};
/// The pass makes such calls of float32 only.
const engine::Kernel simd_max_pool_spread{"simd_max_pool_spread",
                                          [](const engine::KernelCall&) { return std::string(); },
                                          prepare_spread};
const engine::Kernel simd_average_pool_gradient{"simd_average_pool_gradient", float32_refusal,
                                                prepare_average_gradient};

}  // namespace keras::backend::cpu
