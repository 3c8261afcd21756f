#include "keras/losses/loss.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/loss_functions.h"
#include "keras/losses/loss_table.h"
#include "keras/losses/weighting.h"
#include "keras/ops/numpy.h"
#include "keras/utils/naming.h"

namespace keras::losses {
namespace {

/// A function of the program. `raw` functions see the tensors' shapes as they came.
class PlainLoss final : public LossImpl {
 public:
  PlainLoss(std::string name, Loss::Function function, bool aligns)
      : LossImpl("LossFunctionWrapper", {.name = std::move(name)}),
        function_(std::move(function)),
        aligns_(aligns) {}
  Config get_config() const override {
    throw ValueError("A loss that is a plain function cannot be saved.",
                     "derive it from LossImpl and register it with register_loss.");
  }
  Tensor call(const Tensor& y_true, const Tensor& y_pred) const override {
    if (!aligns_) return function_(y_true, y_pred);
    const auto [truth, prediction] = squeeze_or_expand_to_same_rank(y_true, y_pred);
    return function_(truth, prediction);
  }

 private:
  Loss::Function function_;
  bool aligns_;
};

/// Keras's names of functions, unlike those of classes, become the loss's name.
bool is_function_name(std::string_view name) { return to_snake_case(name) == name; }

/// "crossentropy" is no class: what it means depends on the shapes.
Loss make_by_name(std::string_view name) {
  if (name == "crossentropy" || name == "ce")
    return Loss(std::make_shared<const PlainLoss>(std::string(name), crossentropy_by_shape, false));
  if (!is_function_name(name)) return loss_table().make(name);
  return loss_table().make(name, {{"name", name}});
}

Tensor combined_mask(const Tensor* a, const Tensor* b) {
  if (a && b) return ops::logical_and(ops::cast(*a, DType::kBool), ops::cast(*b, DType::kBool));
  if (a) return *a;
  return b ? *b : Tensor();
}

}  // namespace

LossImpl::LossImpl(std::string_view class_name, LossOptions options)
    : class_name_(class_name),
      name_(options.name.empty() ? auto_name(class_name) : std::move(options.name)),
      reduction_(standardize_reduction(std::move(options.reduction))),
      dtype_(options.dtype.empty() ? DType::kFloat32 : dtype_from_name(options.dtype)) {}

Config LossImpl::get_config() const { return {{"name", name_}, {"reduction", reduction_}}; }

Loss::Loss(std::string_view name) : Loss(make_by_name(name)) { identifier_ = name; }

Loss Loss::from_function(Function function) {
  return Loss(
      std::make_shared<const PlainLoss>("loss_function_wrapper", std::move(function), true));
}

const LossImpl& Loss::impl() const {
  if (!impl_) throw ValueError("A loss that is None was called.");
  return *impl_;
}

Tensor Loss::call(const Tensor& y_true, const Tensor& y_pred) const {
  return impl().call(ops::cast(y_true, dtype()), ops::cast(y_pred, dtype()));
}

Tensor Loss::operator()(const Tensor& y_true, const Tensor& y_pred,
                        const Tensor& sample_weight) const {
  const Tensor values = call(y_true, y_pred);
  const Tensor mask = combined_mask(y_pred.mask(), values.mask());
  return reduce_weighted_values(ops::cast(values, dtype()), sample_weight,
                                mask.defined() ? &mask : nullptr, reduction());
}

std::string Loss::class_name() const { return impl_ ? impl_->class_name() : std::string(); }
const std::string& Loss::name() const { return impl().name(); }
const std::string& Loss::reduction() const { return impl().reduction(); }
DType Loss::dtype() const { return impl().dtype(); }
Config Loss::get_config() const { return impl_ ? impl_->get_config() : Config(); }

Config Loss::serialize() const {
  if (!impl_) return {};
  return serialize_object("keras.losses", impl_->class_name(), impl_->get_config());
}

Config Loss::identifier() const { return identifier_.empty() ? serialize() : Config(identifier_); }

Loss Loss::deserialize(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return Loss(config.as_string());
  return loss_table().deserialize(config);
}

void register_loss(const std::string& name, std::function<Loss(const Config&)> from_config) {
  loss_table().add(name, std::move(from_config));
}

std::vector<std::string> loss_names() { return loss_table().class_names(); }

}  // namespace keras::losses
