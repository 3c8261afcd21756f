#include "keras/initializers/initializer.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializer_table.h"
#include "keras/ops/core.h"

namespace keras::initializers {
namespace {

class FunctionInitializer final : public InitializerImpl {
 public:
  explicit FunctionInitializer(Initializer::Function function) : function_(std::move(function)) {}
  std::string class_name() const override { return "function"; }
  Config get_config() const override {
    throw ValueError("An initializer that is a plain function or a tensor cannot be saved.",
                     "derive it from InitializerImpl and register it with register_initializer.");
  }
  Tensor call(const Shape& shape, DType dtype) const override { return function_(shape, dtype); }

 private:
  Initializer::Function function_;
};

Tensor cast_checked(const Tensor& values, const Shape& shape, DType dtype) {
  if (values.shape() != shape)
    throw ValueError(str("Expected `shape` to be ", values.shape(),
                         " for direct tensor as initializer. Received shape=", shape));
  return ops::cast(values, dtype);
}

}  // namespace

Initializer::Initializer(std::string_view name) : Initializer(initializer_table().make(name)) {}

Initializer::Initializer(const Tensor& values)
    : Initializer(from_function([values](const Shape& shape, DType dtype) {
        return cast_checked(values, shape, dtype);
      })) {}

Initializer Initializer::from_function(Function function) {
  return Initializer(std::make_shared<const FunctionInitializer>(std::move(function)));
}

Tensor Initializer::operator()(const Shape& shape, DType dtype) const {
  if (!impl_) throw ValueError("An initializer that is None was called.");
  return impl_->call(shape, dtype);
}

std::string Initializer::class_name() const { return impl_ ? impl_->class_name() : std::string(); }
Config Initializer::get_config() const { return impl_ ? impl_->get_config() : Config(); }

Config Initializer::serialize() const {
  if (!impl_) return {};
  return serialize_object("keras.initializers", impl_->class_name(), impl_->get_config());
}

Initializer Initializer::deserialize(const Config& config) {
  return config.is_null() ? Initializer() : initializer_table().deserialize(config);
}

void register_initializer(const std::string& name,
                          std::function<Initializer(const Config&)> from_config) {
  initializer_table().add(name, std::move(from_config));
}

std::vector<std::string> initializer_names() { return initializer_table().class_names(); }

}  // namespace keras::initializers
