#include "keras/ops/control/trim_scans.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/passes/engine_passes.h"
#include "keras/ops/control/scan_op.h"

namespace keras::ops {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

/// A scan whose outputs are not all used.
class Trimming {
 public:
  Trimming(const GraphCall& call, const std::vector<bool>& live)
      : call_(call),
        attrs_(call.attrs.as<ScanAttrs>()),
        captures_(static_cast<std::size_t>(attrs_.captures)),
        carries_(static_cast<std::size_t>(attrs_.carries)) {
    for (const ValueId output : call.outputs)
      used_.push_back(live[static_cast<std::size_t>(output)]);
  }

  GraphCall run() {
    choose_results();
    choose_parameters();
    GraphCall out{call_.op, {}, {}, {}};
    ScanAttrs attrs;
    auto body = std::make_shared<Subgraph>();
    attrs.length = attrs_.length;
    for (std::size_t i = 0; i < needed_.size(); ++i) {
      if (!needed_[i]) continue;
      body->parameters.push_back(attrs_.body->parameters[i]);
      out.inputs.push_back(call_.inputs[i]);
      if (i < captures_) {
        ++attrs.captures;
      } else if (i < captures_ + carries_) {
        ++attrs.carries;
      } else {
        attrs.x_backwards.push_back(attrs_.x_backwards[i - captures_ - carries_]);
      }
    }
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (!kept_[i]) continue;
      body->results.push_back(attrs_.body->results[i]);
      out.outputs.push_back(call_.outputs[i]);
      if (i >= carries_) attrs.y_backwards.push_back(attrs_.y_backwards[i - carries_]);
    }
    for (std::size_t k = 0, next = kept_.size(); k < carries_; ++k) {
      const bool was_kept = attrs_.keeps[k];
      const bool used = was_kept && used_[next];
      if (kept_[k]) attrs.keeps.push_back(used);
      if (used) out.outputs.push_back(call_.outputs[next]);
      if (was_kept) ++next;
    }
    attrs.body = std::move(body);
    out.attrs = std::move(attrs);
    return out;
  }

 private:
  /// Results that are used, and carries that these depend on.
  void choose_results() {
    const Subgraph& body = *attrs_.body;
    kept_.assign(used_.begin(), used_.begin() + static_cast<std::ptrdiff_t>(body.results.size()));
    for (std::size_t k = 0, next = kept_.size(); k < carries_; ++k)
      if (attrs_.keeps[k]) kept_[k] = used_[next++] || kept_[k];
    const auto carries = body.parameters.begin() + attrs_.captures;
    const Tensors parameters(carries, carries + attrs_.carries);
    for (bool changed = true; changed;) {
      changed = false;
      const std::vector<bool> read = dependence(kept_results(), parameters);
      for (std::size_t k = 0; k < carries_; ++k)
        if (read[k] && !kept_[k]) kept_[k] = changed = true;
    }
  }

  Tensors kept_results() const {
    Tensors out;
    for (std::size_t i = 0; i < kept_.size(); ++i)
      if (kept_[i]) out.push_back(attrs_.body->results[i]);
    return out;
  }

  void choose_parameters() {
    needed_ = dependence(kept_results(), attrs_.body->parameters);
    for (std::size_t k = 0; k < carries_; ++k) needed_[captures_ + k] = kept_[k];
  }

  const GraphCall& call_;
  const ScanAttrs& attrs_;
  const std::size_t captures_, carries_;
  std::vector<bool> used_;    ///< by output
  std::vector<bool> kept_;    ///< by result of the body
  std::vector<bool> needed_;  ///< by parameter of the body
};

}  // namespace

Graph trim_scans(Graph graph) {
  return engine::drop_dead_code(
      std::move(graph), [](GraphCall& call, const std::vector<bool>& live) {
        const auto unused = [&](ValueId output) { return !live[static_cast<std::size_t>(output)]; };
        if (call.op == &scan_op && std::any_of(call.outputs.begin(), call.outputs.end(), unused))
          call = Trimming(call, live).run();
      });
}

}  // namespace keras::ops
