#include "keras/backend/cpu/fusions/fold_batch_norm.h"

#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/winograd.h"
#include "keras/engine/graph/graph_index.h"
#include "keras/engine/passes/fixed_values.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/shape/layout.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::kNoValue;
using engine::ValueId;

/// A product's factor and bias are that small a part of its work from so many terms of a sum on.
constexpr std::int64_t kMostTerms = 640;

/// The work after a product that goes into its weights and its bias.
struct Chain {
  ValueId before = kNoValue;  ///< added first
  ValueId factor = kNoValue;
  ValueId after = kNoValue;        ///< added last
  ValueId value;                   ///< what comes out
  std::vector<std::size_t> calls;  ///< the product's first
};

class Folder {
 public:
  explicit Folder(Graph graph)
      : graph_(std::move(graph)), index_(graph_), fixed_(graph_), folded_(graph_.calls.size()) {}

  Graph run() {
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      if (is_product(graph_.calls[i])) fold(i);
    std::vector<GraphCall> calls;
    for (std::size_t i = 0; i < folded_.size(); ++i) {
      if (!dropped(i)) calls.push_back(std::move(graph_.calls[i]));
      for (auto& call : folded_[i].calls) calls.push_back(std::move(call));
    }
    graph_.calls = std::move(calls);
    return std::move(graph_);
  }

 private:
  /// What stands in the place of a call that was folded.
  struct Place {
    bool dropped = false;
    std::vector<GraphCall> calls;
  };

  const TensorSpec& spec(ValueId value) const { return graph_.spec(value); }
  bool dropped(std::size_t call) const { return folded_[call].dropped; }

  /// One whose weights have the columns of the outcome as their last axis, and stay the same.
  bool is_product(const GraphCall& call) const {
    if (call.op == &ops::matmul_op) {
      if (call.attrs.as<ops::MatmulAttrs>().transpose_b || spec(call.inputs[1]).shape.rank() != 2)
        return false;
    } else if (call.op != &ops::conv_op) {
      return false;
    }
    const TensorSpec& weights = spec(call.inputs[1]);
    // Kernels that are transformed have another copy anyway.
    const bool pays =
        weights.shape.slice(0, -1).size() <= kMostTerms ||
        (call.op == &ops::conv_op && fits_winograd(call.attrs.as<ops::ConvAttrs>(), weights));
    // A product that is fixed itself is computed once anyway, and may be another one's factor.
    return fixed_.contains(call.inputs[1]) && !fixed_.contains(call.outputs[0]) &&
           weights.dtype == DType::kFloat32 && spec(call.outputs[0]).dtype == DType::kFloat32 &&
           pays;
  }

  /// A fixed number for each column.
  bool is_row(ValueId value, const TensorSpec& product) const {
    const TensorSpec& row = spec(value);
    return fixed_.contains(value) && row.dtype == product.dtype && row.shape.rank() > 0 &&
           row.shape[-1] == product.shape[-1] && row.shape.size() == product.shape[-1];
  }

  /// The row that the only user of the chain's value combines with it by that operation.
  ValueId take(Chain& chain, const engine::Op& op) const {
    const int user = index_.only_user(chain.value);
    if (user < 0) return kNoValue;
    const GraphCall& call = graph_.calls[static_cast<std::size_t>(user)];
    if (call.op != &op || spec(call.outputs[0]) != spec(chain.value)) return kNoValue;
    const ValueId other = call.inputs[call.inputs[0] == chain.value ? 1 : 0];
    if (!is_row(other, spec(chain.value))) return kNoValue;
    chain.calls.push_back(static_cast<std::size_t>(user));
    chain.value = call.outputs[0];
    return other;
  }

  void fold(std::size_t place) {
    GraphCall product = graph_.calls[place];
    Chain chain{.value = product.outputs[0], .calls = {place}};
    chain.before = take(chain, ops::add_op);
    chain.factor = take(chain, ops::multiply_op);
    if (chain.factor == kNoValue) return;
    chain.after = take(chain, ops::add_op);
    for (const std::size_t call : chain.calls) folded_[call].dropped = true;
    // There all that it reads has been made.
    calls_ = &folded_[chain.calls.back()].calls;
    const ValueId factor = as_row(chain.factor);
    const ValueId bias = bias_of(chain, factor);
    product.inputs[1] = combine(ops::multiply_op, product.inputs[1], factor);
    product.outputs = {bias == kNoValue ? chain.value : graph_.add_value(spec(chain.value))};
    calls_->push_back(product);
    if (bias != kNoValue)
      calls_->push_back(
          {&ops::add_op, engine::NoAttrs{}, {product.outputs[0], bias}, {chain.value}});
  }

  ValueId bias_of(const Chain& chain, ValueId factor) {
    const ValueId after = chain.after == kNoValue ? kNoValue : as_row(chain.after);
    if (chain.before == kNoValue) return after;
    const ValueId scaled = combine(ops::multiply_op, as_row(chain.before), factor);
    return after == kNoValue ? scaled : combine(ops::add_op, scaled, after);
  }

  ValueId as_row(ValueId value) {
    const TensorSpec& given = spec(value);
    const TensorSpec row{{given.shape.size()}, given.dtype};
    if (given == row) return value;
    const ValueId reshaped = graph_.add_value(row);
    calls_->push_back({&ops::reshape_op, ops::ReshapeAttrs{row.shape}, {value}, {reshaped}});
    return reshaped;
  }

  /// Of the shape of `a`.
  ValueId combine(const engine::Op& op, ValueId a, ValueId row) {
    const ValueId result = graph_.add_value(spec(a));
    calls_->push_back({&op, engine::NoAttrs{}, {a, row}, {result}});
    return result;
  }

  Graph graph_;
  engine::GraphIndex index_;
  engine::FixedValues fixed_;
  std::vector<Place> folded_;  ///< by call
  std::vector<GraphCall>* calls_ = nullptr;
};

}  // namespace

Graph fold_batch_norm(Graph graph) { return Folder(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
