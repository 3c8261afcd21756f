#include "keras/ops/control/scan_gradient.h"

#include <algorithm>
#include <utility>

#include "keras/engine/autodiff/backward.h"
#include "keras/ops/control/sum_over_steps.h"
#include "keras/ops/nn/local_gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

Tensor zeros_of(const TensorSpec& spec) { return zeros(spec.shape, spec.dtype); }

class ScanGradient {
 public:
  ScanGradient(const engine::Backward& b, const ScanAttrs& attrs)
      : b_(b),
        attrs_(attrs),
        parameters_(attrs.body->parameters),
        results_(attrs.body->results),
        captures_(index(attrs.captures)),
        carries_(index(attrs.carries)),
        ys_(results_.size() - carries_),
        depends_(dependences()) {}

  Tensors run() {
    find_active();
    find_reached();
    choose();
    Tensors init;
    for (const std::size_t k : back_carries_) init.push_back(final_cotangent(k));
    for (const std::size_t i : summed_) init.push_back(zeros_of(parameters_[i].spec()));
    const LoopInputs given = inputs();
    const auto outputs =
        traced_scan([this, &given](const Tensors& carry,
                                   const Tensors& x) { return step(carry, x, given.backwards); },
                    std::move(init), given, attrs_.length);
    Tensors stacks;
    for (const auto& [input, y] : stack_places_)
      stacks.push_back(input >= 0 ? given.xs[index(input)] : outputs->ys[y]);
    Tensors out(parameters_.size());
    for (std::size_t i = 0; i < back_carries_.size(); ++i)
      out[captures_ + back_carries_[i]] = outputs->carry[i];
    for (std::size_t i = 0; i < summed_.size(); ++i)
      out[summed_[i]] = plans_[i] ? (*plans_[i])(stacks) : outputs->carry[back_carries_.size() + i];
    for (std::size_t i = 0; i < sliced_.size(); ++i) out[sliced_[i]] = outputs->ys[i];
    return out;
  }

 private:
  // Outputs of the call: last carries, ys, carries before each step.
  const Tensor& y_cotangent(std::size_t i) const {
    return b_.cotangent(static_cast<int>(carries_ + i));
  }
  const Tensor& before_cotangent(std::size_t k) const {
    return b_.cotangent(static_cast<int>(results_.size() + k));
  }
  Tensor final_cotangent(std::size_t k) const {
    const Tensor& given = b_.cotangent(static_cast<int>(k));
    return given.defined() ? given : zeros_of(parameters_[captures_ + k].spec());
  }

  /// Which parameters each result depends on.
  std::vector<std::vector<bool>> dependences() const {
    std::vector<std::vector<bool>> out;
    for (const auto& result : results_) out.push_back(dependence({result}, parameters_));
    return out;
  }
  bool is_smooth(std::size_t parameter) const { return is_float(parameters_[parameter].dtype()); }

  /// Parameters through which gradients go that somebody wants.
  void find_active() {
    for (std::size_t i = 0; i < parameters_.size(); ++i)
      active_.push_back(is_smooth(i) && b_.needs(static_cast<int>(i)));
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t k = 0; k < carries_; ++k) {
        if (active_[captures_ + k] || !is_smooth(captures_ + k)) continue;
        for (std::size_t i = 0; i < parameters_.size(); ++i)
          if (depends_[k][i] && active_[i]) active_[captures_ + k] = changed = true;
      }
    }
  }

  /// Parameters that gradients arrive at.
  void find_reached() {
    reached_.assign(parameters_.size(), false);
    const auto reach_through = [&](std::size_t result) {
      bool changed = false;
      for (std::size_t i = 0; i < parameters_.size(); ++i)
        if (depends_[result][i] && !reached_[i]) reached_[i] = changed = true;
      return changed;
    };
    for (std::size_t i = 0; i < ys_; ++i)
      if (y_cotangent(i).defined()) reach_through(carries_ + i);
    std::vector<bool> done(carries_, false);
    for (std::size_t k = 0; k < carries_; ++k)
      if (before_cotangent(k).defined()) reached_[captures_ + k] = true;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t k = 0; k < carries_; ++k) {
        const bool arrives = reached_[captures_ + k] || b_.cotangent(static_cast<int>(k)).defined();
        if (done[k] || !arrives) continue;
        done[k] = changed = true;
        reach_through(k);
      }
    }
  }

  void choose() {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const bool carry = i >= captures_ && i < captures_ + carries_;
      const bool last = carry && b_.cotangent(static_cast<int>(i - captures_)).defined();
      if (!active_[i] || !(reached_[i] || last)) continue;
      if (carry) {
        back_carries_.push_back(i - captures_);
      } else if (b_.needs(static_cast<int>(i))) {
        (i < captures_ ? summed_ : sliced_).push_back(i);
      }
    }
  }

  /// What the steps of the gradient read, from the last step to the first.
  LoopInputs inputs() const {
    LoopInputs out;
    const auto add = [&](const Tensor& stacked, bool backwards) {
      out.xs.push_back(stacked);
      out.backwards.push_back(!backwards);
    };
    for (std::size_t k = 0; k < carries_; ++k)
      add(b_.output(static_cast<int>(results_.size() + k)), false);
    for (std::size_t i = 0; i < attrs_.x_backwards.size(); ++i)
      add(b_.input(static_cast<int>(captures_ + carries_ + i)), attrs_.x_backwards[i]);
    for (std::size_t i = 0; i < ys_; ++i)
      add(b_.output(static_cast<int>(carries_ + i)), attrs_.y_backwards[i]);
    for (std::size_t i = 0; i < ys_; ++i)
      if (y_cotangent(i).defined()) add(y_cotangent(i), attrs_.y_backwards[i]);
    for (std::size_t k = 0; k < carries_; ++k)
      if (before_cotangent(k).defined()) add(before_cotangent(k), false);
    return out;
  }

  /// The body once more, with what it was given in that step.
  Tensors arguments(const Tensors& x) const {
    Tensors out;
    // One capture may depend on another: aliases keep the body's own dependence apart.
    for (std::size_t i = 0; i < captures_; ++i)
      out.push_back(emit(alias_op, {b_.input(static_cast<int>(i))}));
    const auto given = parameters_.size() - captures_;
    out.insert(out.end(), x.begin(), x.begin() + static_cast<std::ptrdiff_t>(given));
    return out;
  }

  TracedStep step(const Tensors& carry, const Tensors& x, const std::vector<bool>& backwards) {
    const Tensors in = arguments(x);
    Substitution forward;
    forward.replace(parameters_, in);
    Tensors results = forward(results_);
    const auto saved = x.begin() + static_cast<std::ptrdiff_t>(parameters_.size() - captures_);
    auto next = saved + static_cast<std::ptrdiff_t>(ys_);
    Tensors cotangents(results.size());
    for (std::size_t i = 0; i < back_carries_.size(); ++i) cotangents[back_carries_[i]] = carry[i];
    for (std::size_t i = 0; i < ys_; ++i)
      if (y_cotangent(i).defined()) cotangents[carries_ + i] = *next++;
    Substitution computed;
    for (std::size_t i = 0; i < ys_; ++i)
      if (!results[carries_ + i].node()->inputs.empty())
        computed.replace(results[carries_ + i], saved[static_cast<std::ptrdiff_t>(i)]);
    for (std::size_t k = 0; k < carries_; ++k) {
      if (!before_cotangent(k).defined()) continue;
      results.push_back(in[captures_ + k]);
      cotangents.push_back(*next++);
    }
    Tensors changing = carry;
    changing.insert(changing.end(), x.begin(), x.end());
    TracedStep out = gradients(carry, changing, in, results, cotangents, computed);
    add_stacks(x, backwards, out);
    return out;
  }

  TracedStep gradients(const Tensors& carry, const Tensors& changing, const Tensors& in,
                       const Tensors& results, const Tensors& cotangents, Substitution& computed) {
    Tensors wanted;
    for (const std::size_t k : back_carries_) wanted.push_back(in[captures_ + k]);
    for (const std::size_t i : summed_) wanted.push_back(in[i]);
    for (const std::size_t i : sliced_) wanted.push_back(in[i]);
    const Tensors found = engine::backward(
        results, cotangents, wanted, [](const Tensor& a, const Tensor& b) { return add(a, b); });
    Tensors all;
    for (const auto& gradient : found)
      all.push_back(gradient.defined() ? computed(gradient) : Tensor());
    const auto or_zeros = [&](std::size_t i) {
      return all[i].defined() ? all[i] : zeros_of(wanted[i].spec());
    };
    TracedStep out;
    for (std::size_t i = 0; i < back_carries_.size(); ++i) out.carry.push_back(or_zeros(i));
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(back_carries_.size());
    const Tensors to_sum(first, first + static_cast<std::ptrdiff_t>(summed_.size()));
    plan_sums(to_sum, changing);
    for (std::size_t i = 0; i < summed_.size(); ++i) {
      const Tensor& sum = carry[back_carries_.size() + i];
      out.carry.push_back(plans_[i] || !to_sum[i].defined() ? sum : add(sum, to_sum[i]));
    }
    for (std::size_t i = 0; i < sliced_.size(); ++i) {
      out.ys.push_back(or_zeros(back_carries_.size() + summed_.size() + i));
      out.y_backwards.push_back(!attrs_.x_backwards[sliced_[i] - captures_ - carries_]);
    }
    return out;
  }

  void plan_sums(const Tensors& gradients, const Tensors& changing) {
    sums_ = SumsOverSteps(changing);
    plans_.assign(gradients.size(), std::nullopt);
    // Products first: others follow where a product needs the same tensors of all steps.
    for (int round = 0; round < 2; ++round)
      for (std::size_t i = 0; i < gradients.size(); ++i)
        if (!plans_[i] && gradients[i].defined()) plans_[i] = sums_.plan(gradients[i]);
  }

  /// Finds what the sums need of all steps among the stacked inputs, or writes it.
  void add_stacks(const Tensors& x, const std::vector<bool>& backwards, TracedStep& out) {
    for (const auto& wanted : sums_.stacked()) {
      std::int64_t input = -1;
      for (std::size_t i = 0; i < x.size(); ++i)
        if (backwards[i] && x[i].is_same(wanted)) input = static_cast<std::int64_t>(i);
      stack_places_.push_back({input, out.ys.size()});
      if (input >= 0) continue;
      out.ys.push_back(wanted);
      out.y_backwards.push_back(true);
    }
  }

  struct StackPlace {
    std::int64_t input;  ///< a stacked input of the gradient's loop, or -1
    std::size_t y;       ///< else one of its ys
  };

  const engine::Backward& b_;
  const ScanAttrs& attrs_;
  const Tensors& parameters_;
  const Tensors& results_;
  const std::size_t captures_, carries_, ys_;
  const std::vector<std::vector<bool>> depends_;
  std::vector<bool> active_, reached_;        ///< by parameter
  std::vector<std::size_t> back_carries_;     ///< carries with a gradient
  std::vector<std::size_t> summed_, sliced_;  ///< parameters whose gradients are wanted
  SumsOverSteps sums_{{}};
  std::vector<std::optional<SumsOverSteps::Sum>> plans_;  ///< by entry of `summed_`
  std::vector<StackPlace> stack_places_;                  ///< by entry of `sums_.stacked()`
};

}  // namespace

Tensors scan_gradient(const engine::Backward& b, const ScanAttrs& attrs) {
  const bool all_kept =
      std::all_of(attrs.keeps.begin(), attrs.keeps.end(), [](bool k) { return k; });
  if (!all_kept)
    return gradient_through(b, [&](const Tensors& in) { return scan_op.decompose(in, attrs); });
  return ScanGradient(b, attrs).run();
}

}  // namespace keras::ops
