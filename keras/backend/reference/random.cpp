#include "keras/ops/random/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include "keras/backend/reference/nn_kernels.h"
#include "keras/backend/reference/typed_kernel.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/ops/random/inverse_normal.h"
#include "keras/ops/random/philox.h"

namespace keras::reference {
namespace {

/// The words of a seed's stream: element i of a draw has word i, or words 2i and 2i + 1.
class Stream {
 public:
  static constexpr std::uint64_t kBatch = 64;

  explicit Stream(const void* seed)
      : low_(static_cast<const std::uint32_t*>(seed)[0]),
        high_(static_cast<const std::uint32_t*>(seed)[1]) {}

  /// Words kBatch · index and on.
  std::array<std::uint32_t, kBatch> batch(std::uint64_t index) const {
    return ops::philox_words<kBatch / 4>(low_, high_, index * (kBatch / 4));
  }
  std::uint32_t word(std::uint64_t index) {
    if (index / kBatch != batch_index_) {
      batch_index_ = index / kBatch;
      batch_ = batch(batch_index_);
    }
    return batch_[index % kBatch];
  }
  std::uint64_t wide(std::uint64_t index) {
    const std::uint64_t low = word(2 * index);
    return low | std::uint64_t{word(2 * index + 1)} << 32;
  }
  /// Uniform bits as a number in (0, 1], of which logarithms may be taken.
  template <typename T>
  T positive_fraction(std::uint64_t index) {
    if constexpr (sizeof(T) == 8)
      return (static_cast<double>(wide(index) >> 11) + 1) * 0x1p-53;
    else
      return (static_cast<float>(word(index)) + 1) * 0x1p-32f;
  }

 private:
  std::uint32_t low_, high_;
  std::uint64_t batch_index_ = ~std::uint64_t{0};
  std::array<std::uint32_t, kBatch> batch_{};
};

struct Draw {
  explicit Draw(const engine::KernelCall& call)
      : count(static_cast<std::uint64_t>(call.outputs[0].shape.size())),
        dtype(call.outputs[0].dtype),
        threads(call.threads) {}
  std::uint64_t count;
  DType dtype;
  int threads;
};

class UniformPlan : Draw {
 public:
  using Draw::Draw;
  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    Stream stream(inputs[0]);
    if constexpr (sizeof(T) == 8) {
      draw_wide(stream, static_cast<T*>(outputs[0]));
    } else {
      draw(stream, static_cast<T*>(outputs[0]));
    }
  }

 private:
  void draw_wide(Stream& stream, double* out) const {
    for (std::uint64_t i = 0; i < count; ++i)
      out[i] = static_cast<double>(stream.wide(i) >> 11) * 0x1p-53;
  }

  void draw(const Stream& stream, float* out) const {
    // Dropout draws a number for each activation in each step: worth the threads.
    constexpr std::uint64_t kBatchesOfAPart = 512;
    const std::uint64_t batches = (count + Stream::kBatch - 1) / Stream::kBatch;
    const std::uint64_t parts = std::clamp<std::uint64_t>(batches / kBatchesOfAPart, 1,
                                                          static_cast<std::uint64_t>(threads));
    engine::parallel_for(static_cast<int>(parts), [&](int part) {
      const auto index = static_cast<std::uint64_t>(part);
      for (std::uint64_t i = batches * index / parts; i < batches * (index + 1) / parts; ++i)
        draw_batch(stream.batch(i), i * Stream::kBatch, out);
    });
  }

  void draw_batch(const std::array<std::uint32_t, Stream::kBatch>& words, std::uint64_t first,
                  float* out) const {
    // No more bits than the dtype's significand holds: rounding could give 1.
    const int bits = dtype == DType::kFloat16 ? 11 : dtype == DType::kBfloat16 ? 8 : 24;
    const float scale = std::ldexp(1.0f, -bits);
    const std::uint64_t size = std::min(Stream::kBatch, count - first);
    // As a signed number: it has at most 24 bits, and its conversion is one instruction.
    for (std::uint64_t i = 0; i < size; ++i)
      out[first + i] =
          static_cast<float>(static_cast<std::int32_t>(words[i] >> (32 - bits))) * scale;
  }
};

/// Box and Muller, "A note on the generation of random normal deviates" (1958).
class NormalPlan : Draw {
 public:
  using Draw::Draw;
  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    Stream stream(inputs[0]);
    auto* out = static_cast<T*>(outputs[0]);
    for (std::uint64_t i = 0; i < count; i += 2) {
      const T radius = std::sqrt(T{-2} * std::log(stream.positive_fraction<T>(i)));
      const T angle = T{2} * std::numbers::pi_v<T> * stream.positive_fraction<T>(i + 1);
      out[i] = radius * std::cos(angle);
      if (i + 1 < count) out[i + 1] = radius * std::sin(angle);
    }
  }
};

class TruncatedNormalPlan : Draw {
 public:
  using Draw::Draw;
  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    constexpr double kBound = 2;
    const double low = 0.5 * std::erfc(kBound / std::numbers::sqrt2);
    Stream stream(inputs[0]);
    auto* out = static_cast<T*>(outputs[0]);
    for (std::uint64_t i = 0; i < count; ++i) {
      const double fraction = stream.positive_fraction<T>(i);
      const double value = ops::inverse_normal(low + fraction * (1 - 2 * low));
      out[i] = static_cast<T>(std::clamp(value, -kBound, kBound));
    }
  }
};

/// Maps 32 or 64 random bits to a range by the high half of a product, Lemire's "Fast random
/// integer generation in an interval" (2019) without its rejection: the bias is below range / 2^64.
class IntegersKernel final : public engine::PreparedKernel {
 public:
  explicit IntegersKernel(const engine::KernelCall& call)
      : count_(static_cast<std::size_t>(call.outputs[0].shape.size())),
        dtype_(call.outputs[0].dtype) {
    const auto& attrs = call.attrs.as<ops::RandomIntegersAttrs>();
    minval_ = attrs.minval;
    range_ = static_cast<std::uint64_t>(attrs.maxval) - static_cast<std::uint64_t>(attrs.minval);
  }

  std::size_t scratch_bytes() const override { return count_ * sizeof(std::int64_t); }

  void run(const engine::Buffers& buffers) const override {
    Stream stream(buffers.inputs[0]);
    auto* values = static_cast<std::int64_t*>(buffers.scratch);
    for (std::size_t i = 0; i < count_; ++i)
      values[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(minval_) +
                                            high_half(stream.wide(i), range_));
    engine::convert_elements(values, DType::kInt64, buffers.outputs[0], dtype_, count_);
  }

 private:
  static std::uint64_t high_half(std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t kLow = 0xFFFFFFFF;
    const std::uint64_t middle = (a >> 32) * (b & kLow) + ((a & kLow) * (b & kLow) >> 32);
    const std::uint64_t other = (a & kLow) * (b >> 32) + (middle & kLow);
    return (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);
  }

  std::size_t count_;
  DType dtype_;
  std::int64_t minval_;
  std::uint64_t range_;
};

/// Sorts the places by random words; equal ones keep their order.
class PermutationKernel final : public engine::PreparedKernel {
 public:
  explicit PermutationKernel(const engine::KernelCall& call)
      : count_(static_cast<std::size_t>(call.outputs[0].shape.size())) {}

  std::size_t scratch_bytes() const override { return count_ * sizeof(Place); }

  void run(const engine::Buffers& buffers) const override {
    Stream stream(buffers.inputs[0]);
    auto* places = static_cast<Place*>(buffers.scratch);
    for (std::size_t i = 0; i < count_; ++i) places[i] = {stream.wide(i), i};
    std::sort(places, places + count_);
    auto* out = static_cast<std::int32_t*>(buffers.outputs[0]);
    for (std::size_t i = 0; i < count_; ++i) out[i] = static_cast<std::int32_t>(places[i].second);
  }

 private:
  using Place = std::pair<std::uint64_t, std::uint64_t>;
  std::size_t count_;
};

}  // namespace

const engine::Kernel kRandomUniform{"reference_random_uniform", accept_all,
                                    prepare<FloatKernel<UniformPlan>>};
const engine::Kernel kRandomNormal{"reference_random_normal", accept_all,
                                   prepare<FloatKernel<NormalPlan>>};
const engine::Kernel kRandomTruncatedNormal{"reference_random_truncated_normal", accept_all,
                                            prepare<FloatKernel<TruncatedNormalPlan>>};
const engine::Kernel kRandomIntegers{"reference_random_integers", accept_all,
                                     prepare<IntegersKernel>};
const engine::Kernel kRandomPermutation{"reference_random_permutation", accept_all,
                                        prepare<PermutationKernel>};

}  // namespace keras::reference
