#include "keras/ops/control/scan_op.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/ops/control/scan_gradient.h"
#include "keras/ops/control/written_gradient.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

TensorSpec stacked(const TensorSpec& spec, std::int64_t length) {
  return {Shape{length}.concat(spec.shape), spec.dtype};
}
TensorSpec slice_of(const TensorSpec& spec) { return {spec.shape.slice(1), spec.dtype}; }

Specs infer_scan(const Specs& in, const ScanAttrs& attrs) {
  const Subgraph& body = *attrs.body;
  const auto fixed = index(attrs.captures + attrs.carries);
  if (attrs.length < 1 || in.size() != body.parameters.size())
    throw ShapeError(str("Scan: ", in.size(), " inputs for ", body.parameters.size(),
                         " parameters, over ", attrs.length, " steps."));
  for (std::size_t i = 0; i < in.size(); ++i) {
    const TensorSpec& spec = body.parameters[i].spec();
    const TensorSpec expected = i < fixed ? spec : stacked(spec, attrs.length);
    if (in[i] != expected)
      throw ShapeError(str("Scan: input ", i, " must be ", expected, ", received ", in[i], "."));
  }
  Specs out;
  for (std::size_t i = 0; i < body.results.size(); ++i) {
    const TensorSpec& spec = body.results[i].spec();
    out.push_back(i < index(attrs.carries) ? spec : stacked(spec, attrs.length));
  }
  for (std::size_t k = 0; k < index(attrs.carries); ++k)
    if (attrs.keeps[k]) out.push_back(stacked(out[k], attrs.length));
  return out;
}

Tensor element(const Tensor& x, std::int64_t i) {
  return squeeze(slice_axis(x, 0, i, i + 1), {.axis = 0});
}

/// One step after the other.
Tensors decompose_scan(const Tensors& in, const ScanAttrs& attrs) {
  const auto captures = in.begin() + attrs.captures, carries = captures + attrs.carries;
  Tensors carry(captures, carries);
  const Tensors xs(carries, in.end());
  const std::size_t y_count = attrs.y_backwards.size();
  std::vector<Tensors> ys(y_count, Tensors(index(attrs.length)));
  std::vector<Tensors> before(carry.size());
  for (std::int64_t step = 0; step < attrs.length; ++step) {
    const auto place = [&](bool backwards) { return backwards ? attrs.length - 1 - step : step; };
    Tensors arguments(in.begin(), captures);
    arguments.insert(arguments.end(), carry.begin(), carry.end());
    for (std::size_t i = 0; i < xs.size(); ++i)
      arguments.push_back(element(xs[i], place(attrs.x_backwards[i])));
    Substitution body;
    body.replace(attrs.body->parameters, arguments);
    const Tensors results = body(attrs.body->results);
    for (std::size_t k = 0; k < carry.size(); ++k) {
      before[k].push_back(carry[k]);
      carry[k] = results[k];
    }
    for (std::size_t i = 0; i < y_count; ++i)
      ys[i][index(place(attrs.y_backwards[i]))] = results[carry.size() + i];
  }
  Tensors out = carry;
  for (const auto& y : ys) out.push_back(stack(y));
  for (std::size_t k = 0; k < carry.size(); ++k)
    if (attrs.keeps[k]) out.push_back(stack(before[k]));
  return out;
}

/// What the gradient keeps rather than computes again.
bool is_costly(const engine::Op* op) { return op == &matmul_op || op == &conv_op; }

bool is_product(const engine::Op* op) { return op == &matmul_op; }

class ScanTracer {
 public:
  ScanTracer(Tensors init, LoopInputs inputs, std::int64_t length)
      : init_(std::move(init)), inputs_(std::move(inputs)), length_(length) {}

  std::optional<LoopOutputs> run(
      const std::function<TracedStep(const Tensors&, const Tensors&)>& step) {
    if (!trace(step)) return std::nullopt;
    const std::size_t given = init_.size(), ys = step_.ys.size();
    carry_last();
    const std::size_t with_last = init_.size();
    find_repeated_carries();
    carry_assigned_variables();
    const Tensors outputs = call();
    LoopOutputs out;
    for (std::size_t k = 0; k < given; ++k) out.carry.push_back(outputs[final_of_[k]]);
    for (std::size_t k = given; k < with_last; ++k) out.last.push_back(outputs[final_of_[k]]);
    for (std::size_t i = 0; i < assigned_.size(); ++i)
      assigned_[i].assign(outputs[final_of_[with_last + i]]);
    const auto first = outputs.begin() + static_cast<std::ptrdiff_t>(step_.carry.size());
    out.ys.assign(first, first + static_cast<std::ptrdiff_t>(ys));
    return out;
  }

 private:
  bool trace(const std::function<TracedStep(const Tensors&, const Tensors&)>& step) {
    engine::Trace scope(engine::Trace::Mode::kCompile);
    for (const auto& carry : init_) carry_.push_back(engine::make_placeholder(carry.spec()));
    for (const auto& x : inputs_.xs) xs_.push_back(engine::make_placeholder(slice_of(x.spec())));
    step_ = step(carry_, xs_);
    if (!close_written_gradients(scope, {&step_.carry, &step_.ys, &step_.last}, variables_))
      return false;
    return step_.carry.size() == carry_.size() &&
           std::equal(carry_.begin(), carry_.end(), step_.carry.begin(),
                      [](const Tensor& a, const Tensor& b) { return a.spec() == b.spec(); });
  }

  Tensors all_results() const {
    Tensors out = step_.carry;
    out.insert(out.end(), step_.ys.begin(), step_.ys.end());
    return out;
  }

  /// The value after the last step is that of a carry.
  void carry_last() {
    for (const auto& last : step_.last) {
      carry_.push_back(engine::make_placeholder(last.spec()));
      init_.push_back(zeros(last.shape(), last.dtype()));
      step_.carry.push_back(last);
    }
  }

  /// A carry that no step reads and that ends as another one does (the last output, which is a
  /// state as well) need not be carried.
  void find_repeated_carries() {
    const std::vector<bool> read = dependence(all_results(), carry_);
    Tensors carry, init, results;
    for (std::size_t k = 0; k < carry_.size(); ++k) {
      std::size_t same = results.size();
      if (!read[k])
        for (std::size_t i = 0; i < results.size(); ++i)
          if (results[i].is_same(step_.carry[k])) same = i;
      final_of_.push_back(same);
      if (same < results.size()) continue;
      carry.push_back(carry_[k]);
      init.push_back(init_[k]);
      results.push_back(step_.carry[k]);
    }
    carry_ = std::move(carry);
    init_ = std::move(init);
    step_.carry = std::move(results);
  }

  void carry_assigned_variables() {
    for (const auto& traced : variables_) {
      if (traced.latest.is_same(traced.initial)) {
        surroundings_.replace(traced.initial, traced.variable.value());
        continue;
      }
      final_of_.push_back(carry_.size());
      carry_.push_back(traced.initial);
      init_.push_back(traced.variable.value());
      step_.carry.push_back(traced.latest);
      assigned_.push_back(traced.variable);
    }
  }

  Tensors call() {
    hoist_products();
    drop_unread_inputs();
    Tensors parameters = carry_;
    parameters.insert(parameters.end(), xs_.begin(), xs_.end());
    Closed closed = close_over(parameters, all_results());
    ScanAttrs attrs;
    attrs.length = length_;
    attrs.captures = static_cast<std::int64_t>(closed.captures.size());
    attrs.carries = static_cast<std::int64_t>(carry_.size());
    attrs.x_backwards = inputs_.backwards;
    attrs.y_backwards = step_.y_backwards;
    attrs.keeps.assign(carry_.size(), true);
    for (const auto& costly : tensors_of(closed.graph.results, is_costly)) {
      closed.graph.results.push_back(costly);
      attrs.y_backwards.push_back(false);
    }
    attrs.body = std::make_shared<const Subgraph>(std::move(closed.graph));
    Tensors inputs = surroundings_(closed.captures);
    inputs.insert(inputs.end(), init_.begin(), init_.end());
    inputs.insert(inputs.end(), inputs_.xs.begin(), inputs_.xs.end());
    return emit_all(scan_op, std::move(inputs), std::move(attrs));
  }

  /// Products of slices with what stays the same are one product before the loop.
  void hoist_products() {
    for (std::size_t i = 0; i < xs_.size(); ++i)
      whole_.push_back({xs_[i], inputs_.xs[i], inputs_.backwards[i]});
    Substitution hoisted;
    for (const auto& product : tensors_of(all_results(), is_product)) {
      const auto& attrs = product.node()->attrs.as<MatmulAttrs>();
      const Tensor &a = product.node()->inputs[0], &b = product.node()->inputs[1];
      if (attrs.transpose_a || a.rank() != 2 || b.rank() != 2 || changes(b)) continue;
      const auto rows = whole(a);
      if (!rows) continue;
      const Tensor stacked = emit(matmul_op, {rows->stacked, surroundings_(b)}, attrs);
      const Tensor slice = engine::make_placeholder(product.spec());
      hoisted.replace(product, slice);
      whole_.push_back({product, stacked, rows->backwards});
      xs_.push_back(slice);
      inputs_.xs.push_back(stacked);
      inputs_.backwards.push_back(rows->backwards);
    }
    step_.carry = hoisted(step_.carry);
    step_.ys = hoisted(step_.ys);
  }

  /// A tensor of the body that does not depend on carries, for all steps.
  struct Whole {
    Tensor slice;
    Tensor stacked;
    bool backwards;
  };
  std::optional<Whole> whole(const Tensor& x) {
    for (const auto& known : whole_)
      if (known.slice.is_same(x)) return known;
    const engine::Node& node = *x.node();
    if (node.kind != engine::NodeKind::kOp || !node.op->traits.elementwise) return std::nullopt;
    std::optional<bool> backwards;
    Tensors inputs;
    for (const auto& input : node.inputs) {
      if (!changes(input)) {
        inputs.push_back(surroundings_(input));
        continue;
      }
      // Leading axes line up only among tensors of one rank.
      const auto part = input.rank() == x.rank() ? whole(input) : std::nullopt;
      if (!part || backwards.value_or(part->backwards) != part->backwards) return std::nullopt;
      backwards = part->backwards;
      inputs.push_back(part->stacked);
    }
    if (!backwards) return std::nullopt;
    whole_.push_back({x, emit(*node.op, std::move(inputs), node.attrs), *backwards});
    return whole_.back();
  }

  /// From step to step.
  bool changes(const Tensor& x) const {
    Tensors parameters = carry_;
    parameters.insert(parameters.end(), xs_.begin(), xs_.end());
    const std::vector<bool> read = dependence({x}, parameters);
    return std::find(read.begin(), read.end(), true) != read.end();
  }

  void drop_unread_inputs() {
    const std::vector<bool> read = dependence(all_results(), xs_);
    LoopInputs kept;
    Tensors slices;
    for (std::size_t i = 0; i < xs_.size(); ++i) {
      if (!read[i]) continue;
      kept.xs.push_back(inputs_.xs[i]);
      kept.backwards.push_back(inputs_.backwards[i]);
      slices.push_back(xs_[i]);
    }
    inputs_ = std::move(kept);
    xs_ = std::move(slices);
  }

  Tensors init_;
  LoopInputs inputs_;
  std::int64_t length_;
  Tensors carry_, xs_;
  TracedStep step_;
  std::vector<engine::TracedVariable> variables_;
  std::vector<Whole> whole_;   ///< what has been worked out for all steps
  Substitution surroundings_;  ///< the values of variables that are only read
  Variables assigned_;
  std::vector<std::size_t> final_of_;  ///< the output that is a carry's last value
};

}  // namespace

const engine::Op scan_op = engine::define_op<ScanAttrs>({
    .name = "scan",
    .infer = infer_scan,
    .gradient = scan_gradient,
    .decompose = decompose_scan,
});

std::optional<LoopOutputs> traced_scan(
    const std::function<TracedStep(const Tensors& carry, const Tensors& x)>& step, Tensors init,
    LoopInputs inputs, std::int64_t length) {
  return ScanTracer(std::move(init), std::move(inputs), length).run(step);
}

}  // namespace keras::ops
