#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras::losses {

/// Arguments that every loss has.
struct LossOptions {
  /// "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight" or "none".
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  std::string dtype = {};  ///< in which it is computed; empty for "float32"
};

/// What a loss of one's own derives from.
class LossImpl {
 public:
  /// Without a name, one is made from the class name. Throws ValueError for an unknown reduction.
  LossImpl(std::string_view class_name, LossOptions options = {});
  virtual ~LossImpl() = default;

  /// Keras's class name, or one such as "my_app>Mine" for a registered class.
  virtual std::string class_name() const { return class_name_; }
  virtual Config get_config() const;
  /// One value for each entry, before weights and reduction; both tensors have the loss's dtype. A
  /// mask on the result leaves entries out.
  virtual Tensor call(const Tensor& y_true, const Tensor& y_pred) const = 0;

  const std::string& name() const { return name_; }
  const std::string& reduction() const { return reduction_; }
  DType dtype() const { return dtype_; }

 private:
  std::string class_name_;
  std::string name_;
  std::string reduction_;
  DType dtype_;
};

/// A `loss` argument: one of Keras's names ("mse", "MeanSquaredError", "crossentropy"), an object,
/// a function of y_true and y_pred, or nothing (Keras's None). A handle; copies share. Keras:
/// keras.losses.get.
class Loss {
 public:
  using Function = std::function<Tensor(const Tensor&, const Tensor&)>;

  /// None; `defined()` is false.
  Loss() = default;
  Loss(std::nullptr_t) {}
  /// Throws ValueError for a name that is neither Keras's nor registered.
  Loss(std::string_view name);
  Loss(const char* name) : Loss(std::string_view(name)) {}
  Loss(const std::string& name) : Loss(std::string_view(name)) {}
  Loss(std::shared_ptr<const LossImpl> impl) : impl_(std::move(impl)) {}
  template <typename F>
  requires(std::invocable<const F&, const Tensor&, const Tensor&> && !std::derived_from<F, Loss>)
      Loss(F function)
      : Loss(from_function(std::move(function))) {}

  bool defined() const { return impl_ != nullptr; }
  /// The weighted and reduced loss: a scalar, but for the reduction "none". The mask that y_pred
  /// carries leaves entries out.
  Tensor operator()(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight = {}) const;
  /// One value for each entry, neither weighted nor reduced.
  Tensor call(const Tensor& y_true, const Tensor& y_pred) const;

  std::string class_name() const;
  const std::string& name() const;
  const std::string& reduction() const;
  DType dtype() const;
  Config get_config() const;
  /// {"module": "keras.losses", "class_name", "config", "registered_name"}; null for None. Throws
  /// ValueError for a function, which has no name.
  Config serialize() const;
  /// As it was given: the name where it was made from one, else `serialize()`.
  Config identifier() const;
  /// From what `serialize` or Python's Keras wrote, or from a name; null is None.
  static Loss deserialize(const Config& config);

 private:
  static Loss from_function(Function function);
  const LossImpl& impl() const;

  std::shared_ptr<const LossImpl> impl_;
  std::string identifier_;
};

/// Makes a class known under a name such as "my_app>Mine", so that files that name it load.
void register_loss(const std::string& name, std::function<Loss(const Config&)> from_config);

/// Keras's class names.
std::vector<std::string> loss_names();

}  // namespace keras::losses

namespace keras {
using losses::Loss;
using losses::LossImpl;
}  // namespace keras
