#include "keras/regularizers/regularizer.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/regularizers/regularizers.h"
#include "keras/utils/object_registry.h"

namespace keras::regularizers {
namespace {

class FunctionRegularizer final : public RegularizerImpl {
 public:
  explicit FunctionRegularizer(Regularizer::Function function) : function_(std::move(function)) {}
  std::string class_name() const override { return "function"; }
  Config get_config() const override {
    throw ValueError("A regularizer that is a plain function cannot be saved.",
                     "derive it from RegularizerImpl and register it with register_regularizer.");
  }
  Tensor call(const Tensor& x) const override { return function_(x); }

 private:
  Regularizer::Function function_;
};

ObjectRegistry<Regularizer>& registry() {
  static ObjectRegistry<Regularizer> rows(
      "regularizer",
      {
          {"L1", [](const Config& c) { return L1(c.get("l1", 0.01)); }},
          {"L2", [](const Config& c) { return L2(c.get("l2", 0.01)); }},
          {"L1L2",
           [](const Config& c) { return L1L2({.l1 = c.get("l1", 0.0), .l2 = c.get("l2", 0.0)}); },
           {"l1_l2"}},
          {"OrthogonalRegularizer",
           [](const Config& c) {
             return OrthogonalRegularizer(
                 {.factor = c.get("factor", 0.01), .mode = c.get("mode", "rows")});
           }},
      });
  return rows;
}

}  // namespace

Regularizer::Regularizer(std::string_view name) : Regularizer(registry().make(name)) {}

Regularizer Regularizer::from_function(Function function) {
  return Regularizer(std::make_shared<const FunctionRegularizer>(std::move(function)));
}

Tensor Regularizer::operator()(const Tensor& x) const {
  if (!impl_) throw ValueError("A regularizer that is None was called.");
  return impl_->call(x);
}

std::string Regularizer::class_name() const { return impl_ ? impl_->class_name() : std::string(); }
Config Regularizer::get_config() const { return impl_ ? impl_->get_config() : Config(); }

Config Regularizer::serialize() const {
  if (!impl_) return {};
  return serialize_object("keras.regularizers", impl_->class_name(), impl_->get_config());
}

Regularizer Regularizer::deserialize(const Config& config) {
  return config.is_null() ? Regularizer() : registry().deserialize(config);
}

void register_regularizer(const std::string& name,
                          std::function<Regularizer(const Config&)> from_config) {
  registry().add(name, std::move(from_config));
}

std::vector<std::string> regularizer_names() { return registry().class_names(); }

}  // namespace keras::regularizers
