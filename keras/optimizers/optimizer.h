#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/engine/tensor/variable.h"
#include "keras/utils/config.h"

namespace keras::optimizers {

class OptimizerImpl;

struct ExcludeFromWeightDecayOptions {
  Variables var_list = {};
  /// Regular expressions that are searched for in variables' names.
  std::vector<std::string> var_names = {};
};

/// An `optimizer` argument: one of Keras's names ("adam"), or an object. A handle; copies share the
/// state. Keras: keras.optimizers.get.
class Optimizer {
 public:
  /// None; `defined()` is false.
  Optimizer() = default;
  Optimizer(std::nullptr_t) {}
  /// In any case of letters. Throws ValueError for a name that is neither Keras's nor registered.
  Optimizer(std::string_view name);
  Optimizer(const char* name) : Optimizer(std::string_view(name)) {}
  Optimizer(const std::string& name) : Optimizer(std::string_view(name)) {}
  Optimizer(std::shared_ptr<OptimizerImpl> impl) : impl_(std::move(impl)) {}

  bool defined() const { return impl_ != nullptr; }
  /// Makes the slots for these variables; does nothing the second time.
  void build(const Variables& trainable_variables) const;
  bool built() const;
  /// One step: updates the variables (those given to `build` where none are given), then applies
  /// their constraints. A variable whose gradient is undefined stays as it is. Throws ValueError
  /// for a variable that the optimizer was not built for, and when there is no gradient at all.
  void apply(const Tensors& gradients, const Variables& trainable_variables = {}) const;
  void apply_gradients(const std::vector<std::pair<Tensor, Variable>>& gradients) const;

  /// The current learning rate, a scalar; of a schedule its value at this iteration.
  Tensor learning_rate() const;
  /// Throws TypeError where the learning rate is a schedule.
  void set_learning_rate(double value) const;
  /// How many times `apply` ran, int32.
  Variable iterations() const;
  /// All state, in Keras's order: iteration, learning_rate, then slots.
  Variables variables() const;
  /// Variables that weight decay leaves alone. Throws ValueError once the optimizer is built.
  void exclude_from_weight_decay(ExcludeFromWeightDecayOptions options) const;
  /// The loss times loss_scale_factor, by which `apply` divides the gradients again.
  Tensor scale_loss(const Tensor& loss) const;
  /// What an optimizer around this one does that scales losses itself.
  void set_loss_scale_factor(std::optional<double> factor) const;
  /// Where use_ema is on, sets the trained variables to their moving averages.
  void finalize_variable_values() const;

  const std::string& name() const;
  std::string class_name() const;
  Config get_config() const;
  /// {"module": "keras.optimizers", "class_name", "config", "registered_name"}; null for None.
  Config serialize() const;
  /// As it was given: the name where it was made from one, else `serialize()`.
  Config identifier() const;
  /// From what `serialize` or Python's Keras wrote, or from a name; null is None.
  static Optimizer deserialize(const Config& config);

 private:
  OptimizerImpl& impl() const;

  std::shared_ptr<OptimizerImpl> impl_;
  std::string identifier_;
};

/// Makes a class known under a name such as "my_app>Mine", so that files that name it load.
void register_optimizer(const std::string& name,
                        std::function<Optimizer(const Config&)> from_config);

/// Keras's class names.
std::vector<std::string> optimizer_names();

}  // namespace keras::optimizers

namespace keras {
using optimizers::Optimizer;
}  // namespace keras
