#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "keras/metrics/reduction_metrics.h"
#include "keras/trainers/compile_options.h"
#include "keras/trainers/data.h"

namespace keras::trainers {

/// The losses of `compile` as one: pairs them with the model's outputs, weights and adds them up.
class CompileLoss {
 public:
  /// One loss of one output.
  struct Term {
    Loss loss;
    std::optional<double> weight;
    std::size_t output;  ///< among the model's outputs
    std::size_t target;  ///< among the tensors of y
    std::string name;
    std::optional<metrics::Mean> tracker =
        {};  ///< of its unweighted value, if it is one of several
  };

  /// Whether a dictionary of losses must name all outputs.
  enum class Names { kAll, kSome };
  /// `output_names` may be empty.
  CompileLoss(LossArgument loss, LossWeightsArgument loss_weights,
              std::vector<std::string> output_names, Names names = Names::kAll);

  /// Pairs losses, outputs and targets. Throws ValueError where they do not fit together.
  void build(std::size_t output_count, const Data& y);
  bool built() const { return built_; }
  /// The weighted sum; undefined where no output has a loss. Updates the trackers.
  Tensor operator()(const Data& y, const Tensors& y_pred, const Data& sample_weight) const;

  const std::vector<Term>& terms() const { return terms_; }
  /// "<output>_loss", one for each loss where there are several.
  std::vector<Metric> metrics() const;

 private:
  std::vector<Loss> losses_by_output(std::size_t output_count) const;
  std::vector<std::optional<double>> weights_by_output(const std::vector<Loss>& losses) const;
  std::string name_of(std::size_t output, const Loss& loss) const;

  LossArgument loss_;
  LossWeightsArgument loss_weights_;
  std::vector<std::string> output_names_;
  Names names_;
  std::vector<Term> terms_;
  bool built_ = false;
};

}  // namespace keras::trainers
