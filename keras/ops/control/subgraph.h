#pragma once

#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/engine/graph/node.h"
#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// A traced function that sees nothing but its parameters and constants: the body of a loop.
struct Subgraph {
  Tensors parameters;  ///< placeholders
  Tensors results;
};

/// Other tensors in the place of some, and the same calls on them.
class Substitution {
 public:
  void replace(const Tensor& old, const Tensor& by) { replaced_[key(old)] = by; }
  void replace(const Tensors& old, const Tensors& by) {
    for (std::size_t i = 0; i < old.size(); ++i) replace(old[i], by[i]);
  }
  /// The tensor, computed anew where it depends on what was replaced.
  Tensor operator()(const Tensor& x);
  Tensors operator()(const Tensors& xs);

 private:
  using Key = std::pair<const engine::Node*, int>;
  static Key key(const Tensor& x) { return {x.node().get(), x.index()}; }
  Tensor lookup(const Tensor& x) const;
  void rebuild(const std::shared_ptr<engine::Node>& node);

  std::map<Key, Tensor> replaced_;
  std::unordered_map<const engine::Node*, Tensors> rebuilt_;
};

/// The outputs of the calls of such operations that the results need.
Tensors tensors_of(const Tensors& results, bool (*of_interest)(const engine::Op* op));

/// The first outputs of the calls of an operation that the results need, or are; each after those
/// on which it depends.
Tensors calls_of(const Tensors& results, const engine::Op& op);

/// Which of the parameters a result depends on.
std::vector<bool> dependence(const Tensors& results, const Tensors& parameters);

/// A subgraph cut out of its surroundings.
struct Closed {
  Subgraph graph;    ///< its parameters: one for each capture, then the given ones
  Tensors captures;  ///< what it uses of the surroundings, computed there
};
/// Makes a function of its parameters of results that may also depend on other tensors. Work that
/// does not depend on the parameters is left outside, but for work on constants.
Closed close_over(const Tensors& parameters, const Tensors& results);

}  // namespace keras::ops
