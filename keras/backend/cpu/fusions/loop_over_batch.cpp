#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/batch_loop.h"
#include "keras/backend/cpu/fusions/fused_elementwise.h"
#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/fusions/swapped_matmul.h"
#include "keras/backend/cpu/fusions/winograd.h"
#include "keras/engine/graph/graph_index.h"
#include "keras/engine/passes/fixed_values.h"
#include "keras/engine/runtime/memory_plan.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/ops/indexing/indexing.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn/attention.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/nn/normalization.h"
#include "keras/ops/nn/pool.h"
#include "keras/ops/nn/softmax.h"
#include "keras/ops/reduction/reduce.h"
#include "keras/ops/shape/layout.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

/// What a core's second cache keeps: what a part reads and writes in one call should fit it, and
/// what a call reads and writes of a batch that fits those of all threads costs nothing.
constexpr double kCacheBytes = 1 << 20;
/// A sample may be larger than that, but no larger than a thread's share of the last cache.
constexpr double kMostSampleBytes = 12 << 20;
/// With fewer parts a thread that is done early waits for too large a share of the work.
constexpr std::int64_t kFewestParts = 4;
/// So many times more than fit the cache: each part has its price.
constexpr std::int64_t kMostTimesFitting = 4;
/// Threads whose parts are done may wait for others so that this share of them works.
constexpr double kBusyShare = 0.8;

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

/// A call, and which of its inputs are batches: their samples lie one after the other.
struct BatchCall {
  const Graph& graph;
  const GraphCall& call;
  std::vector<bool> batch;

  const Shape& shape(std::size_t input) const { return graph.spec(call.inputs[input]).shape; }
  const Shape& result_shape() const { return graph.spec(call.outputs[0]).shape; }
  bool only_first() const {
    return batch[0] && std::none_of(batch.begin() + 1, batch.end(), [](bool b) { return b; });
  }
  bool all() const {
    return std::all_of(batch.begin(), batch.end(), [](bool b) { return b; });
  }
  /// What is no batch must broadcast along the first of `rank` axes; what is one must have them
  /// all.
  bool broadcasts(std::size_t first, int rank) const {
    for (std::size_t i = first; i < batch.size(); ++i) {
      const bool has_axis = shape(i).rank() == rank;
      if (batch[i] ? !has_axis : has_axis && shape(i)[0] != 1) return false;
    }
    return true;
  }
};

/// The attributes for a part of the batch, or nothing where the call mixes samples. That its
/// results are then the parts' of the whole is checked besides.
using Rule = std::optional<engine::Attrs> (*)(const BatchCall& c, std::int64_t parts);

std::optional<engine::Attrs> same_if(bool independent, const BatchCall& c) {
  return independent ? std::optional(c.call.attrs) : std::nullopt;
}

/// Weights, biases and factors are not of the batch; what is added after the bias may be.
std::optional<engine::Attrs> product(const BatchCall& c, std::int64_t) {
  return same_if(c.batch[0] && !c.batch[1] && c.broadcasts(2, c.result_shape().rank()), c);
}

std::optional<engine::Attrs> matmul(const BatchCall& c, std::int64_t parts) {
  const bool is_weight = c.batch[0] && !c.batch[1] && c.shape(1).rank() <= 2;
  const bool transposed = c.call.op == &ops::matmul_op
                              ? c.call.attrs.as<ops::MatmulAttrs>().transpose_a
                              : c.call.attrs.as<FusedMatmulAttrs>().product.transpose_a;
  if (is_weight) return transposed && c.shape(0).rank() <= 2 ? std::nullopt : product(c, parts);
  return same_if(c.call.op == &ops::matmul_op && c.all() && c.shape(0).rank() > 2 &&
                     c.shape(1).rank() == c.shape(0).rank(),
                 c);
}

std::optional<engine::Attrs> unmixed(const BatchCall& c, std::int64_t) {
  return same_if(c.only_first(), c);
}

std::optional<engine::Attrs> all_batches(const BatchCall& c, std::int64_t) {
  return same_if(c.all(), c);
}

std::optional<engine::Attrs> elementwise(const BatchCall& c, std::int64_t) {
  return same_if(c.broadcasts(0, c.result_shape().rank()), c);
}

std::optional<engine::Attrs> fused_elementwise(const BatchCall& c, std::int64_t parts) {
  auto attrs = c.call.attrs.as<FusedElementwiseAttrs>();
  const auto& axes = attrs.reduced_axes;
  if (attrs.shape[0] % parts != 0 || !c.broadcasts(0, attrs.shape.rank()) ||
      std::find(axes.begin(), axes.end(), 0) != axes.end())
    return {};
  attrs.shape[0] /= parts;
  return attrs;
}

std::optional<engine::Attrs> reshape(const BatchCall& c, std::int64_t parts) {
  auto attrs = c.call.attrs.as<ops::ReshapeAttrs>();
  if (attrs.shape.rank() == 0 || attrs.shape[0] % parts != 0) return {};
  attrs.shape[0] /= parts;
  return attrs;
}

std::optional<engine::Attrs> transpose(const BatchCall& c, std::int64_t) {
  return same_if(c.call.attrs.as<ops::TransposeAttrs>().order[0] == 0, c);
}

std::optional<engine::Attrs> softmax(const BatchCall& c, std::int64_t) {
  return same_if(c.call.attrs.as<ops::SoftmaxAttrs>().axis != 0, c);
}

std::optional<engine::Attrs> layer_norm(const BatchCall& c, std::int64_t) {
  return same_if(c.only_first() && c.call.attrs.as<ops::LayerNormAttrs>().axes < c.shape(0).rank(),
                 c);
}

std::optional<engine::Attrs> attention(const BatchCall& c, std::int64_t) {
  return same_if(c.batch[0] && c.batch[1] && c.batch[2] && c.broadcasts(3, 4), c);
}

std::optional<engine::Attrs> reduce(const BatchCall& c, std::int64_t) {
  const auto& axes = c.call.attrs.as<ops::ReduceAttrs>().axes;
  return same_if(std::find(axes.begin(), axes.end(), 0) == axes.end(), c);
}

std::optional<engine::Attrs> concatenate(const BatchCall& c, std::int64_t) {
  return same_if(c.all() && c.call.attrs.as<ops::ConcatenateAttrs>().axis != 0, c);
}

std::optional<engine::Attrs> pad(const BatchCall& c, std::int64_t) {
  const auto& attrs = c.call.attrs.as<ops::PadAttrs>();
  return same_if(attrs.low[0] == 0 && attrs.high[0] == 0 && attrs.interior[0] == 0, c);
}

std::optional<engine::Attrs> take(const BatchCall& c, std::int64_t) {
  return same_if(!c.batch[0] && c.batch[1] && c.call.attrs.as<ops::TakeAttrs>().axis == 0, c);
}

Rule rule_of(const engine::Op* op) {
  static const std::unordered_map<const engine::Op*, Rule> rules = {
      {&ops::conv_op, product},
      {&fused_convolution_op, product},
      {&winograd_op, product},
      {&ops::matmul_op, matmul},
      {&fused_matmul_op, matmul},
      {&swapped_matmul_op, all_batches},
      {&ops::max_pool_op, unmixed},
      {&ops::average_pool_op, unmixed},
      {&fused_elementwise_op, fused_elementwise},
      {&ops::reshape_op, reshape},
      {&ops::transpose_op, transpose},
      {&ops::softmax_op, softmax},
      {&ops::log_softmax_op, softmax},
      {&ops::layer_norm_op, layer_norm},
      {&ops::attention_op, attention},
      {&ops::reduce_op, reduce},
      {&ops::concatenate_op, concatenate},
      {&ops::pad_op, pad},
      {&ops::take_op, take},
  };
  const auto found = rules.find(op);
  if (found != rules.end()) return found->second;
  return op->traits.elementwise ? elementwise : nullptr;
}

class Looper {
 public:
  explicit Looper(Graph graph)
      : graph_(std::move(graph)),
        index_(graph_),
        fixed_(graph_),
        batch_(graph_.values.size(), false) {}

  Graph run() {
    if (!find_batch()) return std::move(graph_);
    choose_end();
    if (end_ > 0) make_loop();
    return std::move(graph_);
  }

 private:
  const Shape& shape(ValueId value) const { return graph_.spec(value).shape; }
  double bytes(ValueId value) const {
    return static_cast<double>(engine::byte_size(graph_.spec(value)));
  }
  bool is_in_loop(std::size_t call) const { return call < end_ && in_batch_[call]; }

  /// The arguments as long as the first one are batches, if what follows treats them so.
  bool find_batch() {
    if (graph_.arguments.empty() || shape(graph_.arguments[0]).rank() == 0) return false;
    samples_ = shape(graph_.arguments[0])[0];
    if (samples_ < kFewestParts) return false;
    for (const ValueId argument : graph_.arguments)
      batch_[at(argument)] = shape(argument).rank() > 0 && shape(argument)[0] == samples_;
    for (const auto& variable : graph_.variables)
      if (variable.final != variable.initial) written_.push_back(variable.initial);
    return true;
  }

  std::vector<bool> batches_among(const GraphCall& call) const {
    std::vector<bool> out;
    for (const ValueId input : call.inputs) out.push_back(batch_[at(input)]);
    return out;
  }

  /// Whether the samples of a call's batches stay apart.
  bool may_loop(const GraphCall& call, const std::vector<bool>& batch) const {
    const Rule rule = rule_of(call.op);
    if (!rule || call.op->traits.effect) return false;
    for (const ValueId input : call.inputs)
      if (std::find(written_.begin(), written_.end(), input) != written_.end()) return false;
    const auto attrs = rule({graph_, call, batch}, samples_);
    return attrs && gives_parts(call, batch, *attrs);
  }

  /// Whether the call on one sample gives one sample's share of each result.
  bool gives_parts(const GraphCall& call, const std::vector<bool>& batch,
                   const engine::Attrs& attrs) const {
    Specs inputs, outputs;
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      inputs.push_back(graph_.spec(call.inputs[i]));
      if (batch[i] && !share(inputs.back(), samples_)) return false;
    }
    for (const ValueId output : call.outputs) {
      outputs.push_back(graph_.spec(output));
      if (!share(outputs.back(), samples_)) return false;
    }
    return call.op->infer(inputs, attrs) == outputs;
  }

  static bool share(TensorSpec& spec, std::int64_t parts) {
    if (spec.shape.rank() == 0 || spec.shape[0] % parts != 0) return false;
    spec.shape[0] /= parts;
    return true;
  }

  /// The calls on batches before `end_` belong into the loop: those with which most bytes stay in
  /// the caches, less what each part fetches again.
  void choose_end() {
    double kept = 0, fixed = 0, largest = 0, most = 0;
    for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
      const GraphCall& call = graph_.calls[i];
      const std::vector<bool> batch = batches_among(call);
      in_batch_.push_back(std::find(batch.begin(), batch.end(), true) != batch.end());
      if (!in_batch_[i]) continue;
      if (!may_loop(call, batch)) break;
      for (const ValueId output : call.outputs) batch_[at(output)] = true;
      if (call.op->traits.view) continue;
      const double now = batch_bytes(call);
      largest = std::max(largest, now);
      if (largest > kMostSampleBytes * static_cast<double>(samples_)) break;
      if (now > kCacheBytes * threads_) kept += kept_bytes(call, static_cast<int>(i));
      fixed += fixed_bytes(call);
      const std::int64_t parts = parts_for(largest);
      if (parts == 0) continue;
      const double gain = kept - fixed * static_cast<double>(parts);
      if (gain <= most) continue;
      most = gain;
      end_ = i + 1;
      parts_ = parts;
    }
    in_batch_.resize(graph_.calls.size(), false);
  }

  double batch_bytes(const GraphCall& call) const {
    double sum = 0;
    for (const auto* values : {&call.inputs, &call.outputs})
      for (const ValueId value : *values)
        if (batch_[at(value)]) sum += bytes(value);
    return sum;
  }

  /// What need not come from memory in a loop that ends with this call: what calls of the loop have
  /// made, which is not even written if nobody reads it later.
  double kept_bytes(const GraphCall& call, int number) const {
    double sum = 0;
    for (const ValueId input : call.inputs) {
      if (!batch_[at(input)] || index_.maker(input) < 0) continue;
      const auto& users = index_.users(input);
      const bool is_last = static_cast<int>(users.size()) == index_.uses(input) &&
                           *std::max_element(users.begin(), users.end()) == number;
      sum += bytes(input) * (is_last ? 2 : 1);
    }
    return sum;
  }

  /// What each part reads: of a table only the rows that it takes. Weights that each run makes lie
  /// in no layout of the kernel's choice, so that it writes and reads them again.
  double fixed_bytes(const GraphCall& call) const {
    double sum = 0;
    if (call.op != &ops::take_op)
      for (const ValueId input : call.inputs)
        if (!batch_[at(input)]) sum += bytes(input) * (is_made_each_run(input) ? 3 : 1);
    return sum;
  }

  bool is_made_each_run(ValueId value) const {
    return index_.maker(value) >= 0 && !fixed_.contains(value);
  }

  /// So many that a part fits a core's cache, if a sample does, and not many more; 0 where the
  /// batch has no such divisor or threads would be left without work.
  std::int64_t parts_for(double batch_bytes) const {
    const auto fitting = static_cast<std::int64_t>(std::ceil(batch_bytes / kCacheBytes));
    const std::int64_t fewest = std::min(std::max(fitting, kFewestParts), samples_);
    const std::int64_t most = std::min(kMostTimesFitting * fewest, samples_);
    for (std::int64_t parts = fewest; parts <= most; ++parts)
      if (samples_ % parts == 0 && keeps_threads_busy(parts)) return parts;
    return 0;
  }
  bool keeps_threads_busy(std::int64_t parts) const {
    const std::int64_t turns = (parts + threads_ - 1) / threads_;
    return static_cast<double>(parts) >= kBusyShare * static_cast<double>(turns * threads_);
  }

  /// A value of the loop's body: an argument, unless a call of the body made it.
  ValueId in_body(ValueId value) {
    const auto [place, is_new] = body_ids_.try_emplace(value, engine::kNoValue);
    if (!is_new) return place->second;
    TensorSpec spec = graph_.spec(value);
    if (batch_[at(value)]) share(spec, parts_);
    place->second = body_.add_value(spec);
    if (!add_leaf(value, place->second)) {
      body_.arguments.push_back(place->second);
      loop_.inputs.push_back(value);
      attrs_.sliced.push_back(batch_[at(value)]);
    }
    return place->second;
  }

  /// Constants, and variables that nobody else uses: their layout is the body's to choose.
  bool add_leaf(ValueId value, ValueId inside) {
    for (const auto& constant : graph_.constants)
      if (constant.value == value) {
        body_.constants.push_back({inside, constant.storage});
        return true;
      }
    for (const auto& variable : graph_.variables)
      if (variable.initial == value && !is_used_outside(value)) {
        body_.variables.push_back({variable.variable, inside, inside});
        body_variables_.push_back(value);
        return true;
      }
    return false;
  }

  /// By calls, as a result or as what becomes of another variable.
  bool is_used_outside(ValueId value) const {
    const auto& users = index_.users(value);
    return static_cast<int>(users.size()) != index_.uses(value) ||
           !std::all_of(users.begin(), users.end(),
                        [&](int user) { return is_in_loop(static_cast<std::size_t>(user)); });
  }

  void make_loop() {
    std::vector<GraphCall> before, after;
    for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
      GraphCall& call = graph_.calls[i];
      if (!is_in_loop(i)) {
        (i < end_ ? before : after).push_back(std::move(call));
        continue;
      }
      const std::vector<bool> batch = batches_among(call);
      GraphCall part{call.op, *rule_of(call.op)({graph_, call, batch}, parts_), {}, {}};
      for (const ValueId input : call.inputs) part.inputs.push_back(in_body(input));
      for (const ValueId output : call.outputs) {
        TensorSpec spec = graph_.spec(output);
        share(spec, parts_);
        const ValueId inside = body_ids_[output] = body_.add_value(spec);
        part.outputs.push_back(inside);
        if (!is_used_outside(output)) continue;
        body_.results.push_back(inside);
        loop_.outputs.push_back(output);
      }
      body_.calls.push_back(std::move(part));
    }
    body_.threads = 1;
    engine::verify_graph(body_, "loop_over_batch");
    loop_.op = &batch_loop_op;
    loop_.inputs.insert(loop_.inputs.end(), body_variables_.begin(), body_variables_.end());
    attrs_.parts = parts_;
    attrs_.body = std::make_shared<const Graph>(std::move(body_));
    loop_.attrs = attrs_;
    graph_.calls = std::move(before);
    graph_.calls.push_back(std::move(loop_));
    graph_.calls.insert(graph_.calls.end(), std::make_move_iterator(after.begin()),
                        std::make_move_iterator(after.end()));
  }

  Graph graph_;
  engine::GraphIndex index_;
  engine::FixedValues fixed_;
  std::vector<bool> batch_;       ///< by value
  std::vector<bool> in_batch_;    ///< by call: works on batches
  std::vector<ValueId> written_;  ///< variables that the graph assigns
  const int threads_ = engine::num_threads();
  std::int64_t samples_ = 0;
  std::int64_t parts_ = 0;
  std::size_t end_ = 0;
  Graph body_;
  std::unordered_map<ValueId, ValueId> body_ids_;
  std::vector<ValueId> body_variables_;
  GraphCall loop_;
  BatchLoopAttrs attrs_;
};

}  // namespace

Graph loop_over_batch(Graph graph) { return Looper(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
