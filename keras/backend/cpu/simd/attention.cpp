#include "keras/backend/cpu/simd/attention.h"

#include <algorithm>
#include <memory>

#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/nn_kernels.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/ops/nn/attention.h"

namespace keras::backend::cpu {
namespace {

/// So many queries' scores are worked out together: with few keys they stay in the first cache.
constexpr std::int64_t kQueries = 64;

std::string refusal(const engine::KernelCall& call) {
  if (!nn_functions().attention.attend) return "needs AVX-512";
  const auto& attrs = call.attrs.as<ops::AttentionAttrs>();
  if (attrs.biased) return "takes no bias";
  for (int i = 0; i < 3; ++i) {
    const TensorSpec& spec = call.inputs[static_cast<std::size_t>(i)];
    if (spec.dtype != DType::kFloat32) return "takes float32 only";
    if (spec.shape.size() == 0 || spec.shape[3] % 16 != 0)
      return "takes heads of a multiple of 16 numbers only";
  }
  return {};
}

/// The shapes of a call and where one head's rows lie.
struct Sizes {
  std::int64_t batch, queries, keys, heads, key_heads, key_depth, value_depth;

  explicit Sizes(const engine::KernelCall& call)
      : batch(call.inputs[0].shape[0]),
        queries(call.inputs[0].shape[1]),
        keys(call.inputs[1].shape[1]),
        heads(call.inputs[0].shape[2]),
        key_heads(call.inputs[1].shape[2]),
        key_depth(call.inputs[1].shape[3]),
        value_depth(call.inputs[2].shape[3]) {}

  std::int64_t group() const { return heads / key_heads; }
  std::int64_t query_stride() const { return heads * key_depth; }
  std::int64_t key_stride() const { return key_heads * key_depth; }
  std::int64_t value_stride() const { return key_heads * value_depth; }
  std::int64_t y_stride() const { return heads * value_depth; }
  std::int64_t blocks() const { return (queries + kQueries - 1) / kQueries; }
  std::int64_t score_count() const { return kQueries * ((keys + 15) / 16 * 16); }
  std::int64_t products() const {
    return batch * heads * queries * keys * (key_depth + value_depth);
  }
};

/// Where in memory of shape (batch, rows, heads, depth) a head's rows from `row` on begin.
std::int64_t place_of(std::int64_t sample, std::int64_t rows, std::int64_t row, std::int64_t heads,
                      std::int64_t head, std::int64_t depth) {
  return ((sample * rows + row) * heads + head) * depth;
}

/// The mask of a call, with the strides of what broadcasts.
class Masks {
 public:
  Masks(const engine::KernelCall& call, const ops::AttentionAttrs& attrs) : causal_(attrs.causal) {
    if (!attrs.masked) return;
    const Shape& shape = call.inputs[3].shape;
    std::int64_t stride = 1;
    for (int axis = 3; axis >= 0; --axis) {
      strides_[axis] = shape[axis] == 1 ? 0 : stride;
      stride *= shape[axis];
    }
  }
  AttentionMask at(const void* mask, std::int64_t sample, std::int64_t head,
                   std::int64_t query) const {
    if (!mask) return {nullptr, 0, 0, causal_, hidden_score_};
    return {static_cast<const bool*>(mask) + sample * strides_[0] + head * strides_[1] +
                query * strides_[2],
            strides_[2], strides_[3], causal_, hidden_score_};
  }

 private:
  bool causal_;
  float hidden_score_ = static_cast<float>(ops::hidden_score(DType::kFloat32));
  std::int64_t strides_[4] = {};
};

/// (query, key, value, mask?) → (y, maximum, sum)
class ForwardKernel final : public engine::PreparedKernel {
 public:
  explicit ForwardKernel(const engine::KernelCall& call)
      : attrs_(call.attrs.as<ops::AttentionAttrs>()),
        sizes_(call),
        masks_(call, attrs_),
        units_(sizes_.batch * sizes_.heads * sizes_.blocks()),
        parts_(parts_for_product(sizes_.products(),
                                 static_cast<int>(std::min<std::int64_t>(call.threads, units_)))) {}

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(part_scratch() * parts_) * sizeof(float);
  }

  void run(const engine::Buffers& buffers) const override {
    engine::parallel_for(parts_, [&](int part) { run_part(buffers, part); });
  }

 private:
  std::int64_t part_scratch() const {
    return across_size(sizes_.key_depth, sizes_.keys) + sizes_.score_count();
  }

  /// A unit is a block of one head's queries. Those side by side share their keys.
  void run_part(const engine::Buffers& buffers, int part) const {
    const Sizes& s = sizes_;
    float* across = static_cast<float*>(buffers.scratch) + part_scratch() * part;
    const auto [first, last] = share_of(units_, parts_, part);
    std::int64_t laid = -1;
    for (std::int64_t unit = first; unit < last; ++unit) {
      const std::int64_t head = unit / s.blocks() % s.heads, sample = unit / (s.blocks() * s.heads),
                         key_head = head / s.group();
      if (const std::int64_t keys = sample * s.key_heads + key_head; keys != laid) {
        const auto* key = static_cast<const float*>(buffers.inputs[1]) +
                          place_of(sample, s.keys, 0, s.key_heads, key_head, s.key_depth);
        nn_functions().attention.lay_across(
            {s.keys, s.key_depth, key, s.key_stride(), static_cast<float>(attrs_.scale), across});
        laid = keys;
      }
      attend(buffers, sample, head, unit % s.blocks() * kQueries, across);
    }
  }

  void attend(const engine::Buffers& buffers, std::int64_t sample, std::int64_t head,
              std::int64_t query, float* across) const {
    const Sizes& s = sizes_;
    const auto input = [&](int i) { return static_cast<const float*>(buffers.inputs[i]); };
    const auto output = [&](int i) { return static_cast<float*>(buffers.outputs[i]); };
    Attention a{};
    a.first_query = query;
    a.queries = std::min(kQueries, s.queries - query);
    a.keys = s.keys;
    a.key_depth = s.key_depth;
    a.value_depth = s.value_depth;
    a.query = input(0) + place_of(sample, s.queries, query, s.heads, head, s.key_depth);
    a.query_stride = s.query_stride();
    a.keys_across = across;
    a.value = input(2) + place_of(sample, s.keys, 0, s.key_heads, head / s.group(), s.value_depth);
    a.value_stride = s.value_stride();
    a.mask = masks_.at(attrs_.masked ? buffers.inputs[3] : nullptr, sample, head, query);
    a.scores = across + across_size(s.key_depth, s.keys);
    a.y = output(0) + place_of(sample, s.queries, query, s.heads, head, s.value_depth);
    a.y_stride = s.y_stride();
    const std::int64_t statistic = (sample * s.heads + head) * s.queries + query;
    a.maximum = output(1) + statistic;
    a.sum = output(2) + statistic;
    nn_functions().attention.attend(a);
  }

  ops::AttentionAttrs attrs_;
  Sizes sizes_;
  Masks masks_;
  std::int64_t units_;
  int parts_;
};

/// (query, key, value, mask?, maximum, sum, dy) → (dquery, dkey, dvalue)
class GradientKernel final : public engine::PreparedKernel {
 public:
  explicit GradientKernel(const engine::KernelCall& call)
      : attrs_(call.attrs.as<ops::AttentionAttrs>()),
        sizes_(call),
        masks_(call, attrs_),
        units_(sizes_.batch * sizes_.key_heads),
        parts_(parts_for_product(3 * sizes_.products(),
                                 static_cast<int>(std::min<std::int64_t>(call.threads, units_)))) {}

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(part_scratch() * parts_) * sizeof(float);
  }

  void run(const engine::Buffers& buffers) const override {
    engine::parallel_for(parts_, [&](int part) {
      float* across = static_cast<float*>(buffers.scratch) + part_scratch() * part;
      const auto [first, last] = share_of(units_, parts_, part);
      for (std::int64_t unit = first; unit < last; ++unit)
        run_unit(buffers, unit / sizes_.key_heads, unit % sizes_.key_heads, across);
    });
  }

 private:
  std::int64_t part_scratch() const {
    return keys_size() + values_size() + 2 * sizes_.score_count();
  }
  std::int64_t keys_size() const { return across_size(sizes_.key_depth, sizes_.keys); }
  std::int64_t values_size() const { return across_size(sizes_.value_depth, sizes_.keys); }

  /// All that reaches one head of the keys, which one thread adds up.
  void run_unit(const engine::Buffers& buffers, std::int64_t sample, std::int64_t key_head,
                float* across) const {
    const Sizes& s = sizes_;
    const auto input = [&](int i) { return static_cast<const float*>(buffers.inputs[i]); };
    const auto output = [&](int i) { return static_cast<float*>(buffers.outputs[i]); };
    const std::int64_t key = place_of(sample, s.keys, 0, s.key_heads, key_head, s.key_depth);
    const std::int64_t value = place_of(sample, s.keys, 0, s.key_heads, key_head, s.value_depth);
    const auto scale = static_cast<float>(attrs_.scale);
    nn_functions().attention.lay_across(
        {s.keys, s.key_depth, input(1) + key, s.key_stride(), scale, across});
    nn_functions().attention.lay_across(
        {s.keys, s.value_depth, input(2) + value, s.value_stride(), 1.0f, across + keys_size()});
    for (std::int64_t row = 0; row < s.keys; ++row) {
      std::fill_n(output(1) + key + row * s.key_stride(), s.key_depth, 0.0f);
      std::fill_n(output(2) + value + row * s.value_stride(), s.value_depth, 0.0f);
    }
    AttentionGradient g{};
    g.keys = s.keys;
    g.key_depth = s.key_depth;
    g.value_depth = s.value_depth;
    g.scale = scale;
    g.query_stride = s.query_stride();
    g.key = input(1) + key;
    g.key_stride = s.key_stride();
    g.keys_across = across;
    g.values_across = across + keys_size();
    g.dy_stride = s.y_stride();
    g.weights = across + keys_size() + values_size();
    g.scores = g.weights + s.score_count();
    g.dkey = output(1) + key;
    g.dvalue = output(2) + value;
    g.dvalue_stride = s.value_stride();
    for (std::int64_t head = key_head * s.group(); head < (key_head + 1) * s.group(); ++head)
      for (std::int64_t query = 0; query < s.queries; query += kQueries)
        attend(buffers, sample, head, query, g);
  }

  void attend(const engine::Buffers& buffers, std::int64_t sample, std::int64_t head,
              std::int64_t query, AttentionGradient g) const {
    const Sizes& s = sizes_;
    const int next = attrs_.masked ? 4 : 3;
    const auto input = [&](int i) { return static_cast<const float*>(buffers.inputs[i]); };
    const std::int64_t place = place_of(sample, s.queries, query, s.heads, head, s.key_depth);
    g.first_query = query;
    g.queries = std::min(kQueries, s.queries - query);
    g.query = input(0) + place;
    g.mask = masks_.at(attrs_.masked ? buffers.inputs[3] : nullptr, sample, head, query);
    const std::int64_t statistic = (sample * s.heads + head) * s.queries + query;
    g.maximum = input(next) + statistic;
    g.sum = input(next + 1) + statistic;
    g.dy = input(next + 2) + place_of(sample, s.queries, query, s.heads, head, s.value_depth);
    g.dquery = static_cast<float*>(buffers.outputs[0]) + place;
    nn_functions().attention.attend_gradient(g);
  }

  ops::AttentionAttrs attrs_;
  Sizes sizes_;
  Masks masks_;
  std::int64_t units_;
  int parts_;
};

template <typename T>
std::unique_ptr<engine::PreparedKernel> prepare(const engine::KernelCall& call) {
  return std::make_unique<T>(call);
}

}  // namespace

const engine::Kernel simd_attention{"simd_attention", refusal, prepare<ForwardKernel>};
const engine::Kernel simd_attention_gradient{"simd_attention_gradient", refusal,
                                             prepare<GradientKernel>};

}  // namespace keras::backend::cpu
