#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/graph/attrs.h"
#include "keras/engine/tensor/tensor.h"

namespace keras::engine {

/// What a gradient rule sees of the call that it differentiates.
class Backward {
 public:
  Backward(const Tensors& inputs, const Tensors& outputs, const Tensors& cotangents,
           std::vector<bool> needed)
      : inputs_(inputs), outputs_(outputs), cotangents_(cotangents), needed_(std::move(needed)) {}
  const Tensor& input(int i) const { return inputs_[static_cast<std::size_t>(i)]; }
  const Tensor& output(int i) const { return outputs_[static_cast<std::size_t>(i)]; }
  /// The gradient that arrives at an output; undefined where none does (only with several outputs).
  const Tensor& cotangent(int i) const { return cotangents_[static_cast<std::size_t>(i)]; }
  /// False where nobody asks for the gradient of this input: the rule may leave it undefined.
  bool needs(int i) const { return needed_[static_cast<std::size_t>(i)]; }
  int input_count() const { return static_cast<int>(inputs_.size()); }

 private:
  const Tensors& inputs_;
  const Tensors& outputs_;
  const Tensors& cotangents_;
  std::vector<bool> needed_;
};

/// What a simplification rule sees of a call.
struct SimplifyView {
  const Specs& inputs;
  const TensorSpec& output;
  /// The value that all elements of an input share, where it is a constant of one value.
  std::vector<std::optional<double>> constants;
};

/// How an operation behaves in rewrites.
struct OpTraits {
  /// One output of the inputs' common broadcast shape, element by element.
  bool elementwise = false;
  /// Output i holds the bytes of input i, under another shape perhaps: nothing is computed.
  bool view = false;
  /// May be neither merged with an equal call nor dropped.
  bool effect = false;
  /// Makes its inputs ready for faster calls: done once where they stay the same, whatever memory
  /// that takes.
  bool prepares = false;
};

/// The rules of one primitive operation: everything about it but its kernels. Calls are compared,
/// printed and merged through their attributes; `infer` is the only shape code and may throw
/// ShapeError or DtypeError; `gradient` is written with other operations and gives one tensor an
/// input (undefined for none); `decompose` says the same in simpler operations; `simplify` gives
/// the index of the input that the call is equal to (0 for x + 0), or -1.
struct Op {
  std::string_view name;
  OpTraits traits;
  std::function<Specs(const Specs&, const Attrs&)> infer;
  std::function<Tensors(const Backward&, const Attrs&)> gradient;
  std::function<Tensors(const Tensors&, const Attrs&)> decompose;
  std::function<int(const SimplifyView&, const Attrs&)> simplify;
};

/// The rules as an operation's own file writes them, with the attributes' type.
template <typename T>
struct OpRules {
  std::string_view name;
  OpTraits traits = {};
  std::function<Specs(const Specs&, const T&)> infer;
  std::function<Tensors(const Backward&, const T&)> gradient = {};
  std::function<Tensors(const Tensors&, const T&)> decompose = {};
  std::function<int(const SimplifyView&, const T&)> simplify = {};
};

template <typename T>
Op define_op(OpRules<T> rules) {
  const auto erase =
      []<typename R, typename In>(
          std::function<R(const In&, const T&)> rule) -> std::function<R(const In&, const Attrs&)> {
    if (!rule) return {};
    return [rule = std::move(rule)](const In& in, const Attrs& attrs) {
      return rule(in, attrs.template as<T>());
    };
  };
  return Op{rules.name,
            rules.traits,
            erase(std::move(rules.infer)),
            erase(std::move(rules.gradient)),
            erase(std::move(rules.decompose)),
            erase(std::move(rules.simplify))};
}

}  // namespace keras::engine
