#include "keras/constraints/constraint.h"

#include "keras/constraints/constraints.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/object_registry.h"

namespace keras::constraints {
namespace {

class FunctionConstraint final : public ConstraintImpl {
 public:
  explicit FunctionConstraint(Constraint::Function function) : function_(std::move(function)) {}
  std::string class_name() const override { return "function"; }
  Config get_config() const override {
    throw ValueError("A constraint that is a plain function cannot be saved.",
                     "derive it from ConstraintImpl and register it with register_constraint.");
  }
  Tensor call(const Tensor& w) const override { return function_(w); }

 private:
  Constraint::Function function_;
};

/// An int, a list of ints, or null for all axes.
Axes axes_from_config(const Config* config) {
  if (!config) return 0;
  if (config->is_null()) return {};
  if (config->is_int()) return static_cast<int>(config->as_int());
  std::vector<int> axes;
  for (const auto& axis : config->as_list()) axes.push_back(static_cast<int>(axis.as_int()));
  return axes;
}

ObjectRegistry<Constraint>& registry() {
  static ObjectRegistry<Constraint> rows(
      "constraint",
      {
          {"MaxNorm",
           [](const Config& c) {
             return MaxNorm(
                 {.max_value = c.get("max_value", 2.0), .axis = axes_from_config(c.find("axis"))});
           }},
          {"NonNeg", [](const Config&) { return NonNeg(); }},
          {"UnitNorm",
           [](const Config& c) { return UnitNorm({.axis = axes_from_config(c.find("axis"))}); }},
          {"MinMaxNorm",
           [](const Config& c) {
             return MinMaxNorm({.min_value = c.get("min_value", 0.0),
                                .max_value = c.get("max_value", 1.0),
                                .rate = c.get("rate", 1.0),
                                .axis = axes_from_config(c.find("axis"))});
           }},
      });
  return rows;
}

}  // namespace

Constraint::Constraint(std::string_view name) : Constraint(registry().make(name)) {}

Constraint Constraint::from_function(Function function) {
  return Constraint(std::make_shared<const FunctionConstraint>(std::move(function)));
}

Tensor Constraint::operator()(const Tensor& w) const {
  if (!impl_) throw ValueError("A constraint that is None was called.");
  return impl_->call(w);
}

std::string Constraint::class_name() const { return impl_ ? impl_->class_name() : std::string(); }
Config Constraint::get_config() const { return impl_ ? impl_->get_config() : Config(); }

Config Constraint::serialize() const {
  if (!impl_) return {};
  return serialize_object("keras.constraints", impl_->class_name(), impl_->get_config());
}

Constraint Constraint::deserialize(const Config& config) {
  return config.is_null() ? Constraint() : registry().deserialize(config);
}

void register_constraint(const std::string& name,
                         std::function<Constraint(const Config&)> from_config) {
  registry().add(name, std::move(from_config));
}

std::vector<std::string> constraint_names() { return registry().class_names(); }

}  // namespace keras::constraints
