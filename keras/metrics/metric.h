#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/engine/tensor/variable.h"
#include "keras/utils/config.h"

namespace keras::metrics {

/// What a metric of one's own derives from. State lives in variables from `add_variable`.
class MetricImpl {
 public:
  /// Without a name, one is made from the class name. An empty dtype is "float32".
  MetricImpl(std::string_view class_name, std::string name, const std::string& dtype);
  virtual ~MetricImpl() = default;

  /// Keras's class name, or one such as "my_app>Mine" for a registered class.
  virtual std::string class_name() const { return class_name_; }
  virtual Config get_config() const;
  /// Makes the variables whose shapes depend on the data; called at the first update at the latest.
  virtual void build(const Shape& /*y_true*/, const Shape& /*y_pred*/) {}
  virtual void update_state(const Tensor& y_true, const Tensor& y_pred,
                            const Tensor& sample_weight);
  /// For metrics of one tensor, such as Mean.
  virtual void update_values(const Tensor& values, const Tensor& sample_weight);
  virtual Tensor result() const = 0;
  /// Sets all variables to 0.
  virtual void reset_state();
  /// Another one with a state of its own. Nothing where `get_config` says all that is needed.
  virtual std::shared_ptr<MetricImpl> clone() const { return nullptr; }

  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }
  DType dtype() const { return dtype_; }
  const Variables& variables() const { return variables_; }

 protected:
  /// A new variable of zeros.
  Variable add_variable(const Shape& shape, const std::string& name, DType dtype);
  Variable add_variable(const Shape& shape, const std::string& name) {
    return add_variable(shape, name, DType::kFloat32);
  }

 private:
  std::string class_name_;
  std::string name_;
  std::string path_;
  DType dtype_;
  Variables variables_;
};

/// A `metrics` entry: one of Keras's names ("accuracy", "mse", "AUC"), an object, or a function of
/// y_true and y_pred whose mean is taken. A handle; copies share the state.
/// Keras: keras.metrics.get.
class Metric {
 public:
  using Function = std::function<Tensor(const Tensor&, const Tensor&)>;

  Metric() = default;
  /// Named as given. "accuracy" and "acc" are binary, categorical or sparse categorical accuracy,
  /// "crossentropy" and "ce" likewise, by the shapes that come. Throws ValueError for a name that
  /// is neither Keras's nor registered.
  Metric(std::string_view name);
  Metric(const char* name) : Metric(std::string_view(name)) {}
  Metric(const std::string& name) : Metric(std::string_view(name)) {}
  Metric(std::shared_ptr<MetricImpl> impl) : impl_(std::move(impl)) {}
  template <typename F>
  requires(std::invocable<const F&, const Tensor&, const Tensor&> && !std::derived_from<F, Metric>)
      Metric(F function)
      : Metric(from_function(std::move(function))) {}

  bool defined() const { return impl_ != nullptr; }
  /// Makes the variables for data of these shapes, if need be.
  void build(const Shape& y_true, const Shape& y_pred) const;
  /// Adds a batch. The mask that y_pred carries leaves entries out.
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight = {}) const;
  /// The same for Mean and Sum, which take one tensor.
  void update_values(const Tensor& values, const Tensor& sample_weight = {}) const;
  Tensor result() const;
  void reset_state() const;
  Variables variables() const;

  const std::string& name() const;
  void set_name(std::string name) const;
  std::string class_name() const;
  Config get_config() const;
  /// {"module": "keras.metrics", "class_name", "config", "registered_name"}. Throws ValueError for
  /// a function, which has no name.
  Config serialize() const;
  /// As it was given: the name where it was made from one, else `serialize()`.
  Config identifier() const;
  /// From what `serialize` or Python's Keras wrote, or from a name.
  static Metric deserialize(const Config& config);
  /// Another metric of the same kind and name with a state of its own.
  Metric clone() const;
  /// The same metric, not an equal one.
  friend bool operator==(const Metric& a, const Metric& b) { return a.impl_ == b.impl_; }

 private:
  static Metric from_function(Function function);
  MetricImpl& impl() const;

  std::shared_ptr<MetricImpl> impl_;
  std::string identifier_;
};

/// Makes a class known under a name such as "my_app>Mine", so that files that name it load.
void register_metric(const std::string& name, std::function<Metric(const Config&)> from_config);

/// Keras's class names.
std::vector<std::string> metric_names();

}  // namespace keras::metrics

namespace keras {
using metrics::Metric;
using metrics::MetricImpl;
}  // namespace keras
