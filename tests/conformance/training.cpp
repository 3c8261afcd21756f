#include "tests/conformance/training.h"

#include <string>

#include "keras/callbacks/callbacks.h"
#include "keras/engine/text.h"
#include "keras/models/model_impl.h"
#include "keras/saving/saving_api.h"

namespace keras::conformance {
namespace {

/// Arrays PREFIX0, PREFIX1, … as far as there are any.
Tensors numbered(const Case& test, const std::string& prefix) {
  Tensors out;
  for (int i = 0; test.has_array(prefix + std::to_string(i)); ++i)
    out.push_back(test.array(prefix + std::to_string(i)));
  return out;
}

std::map<std::int64_t, double> class_weight(const Config& from) {
  std::map<std::int64_t, double> weights;
  if (const Config* given = from.find("class_weight"); given && given->is_dict())
    for (const auto& [label, weight] : given->as_dict())
      weights[std::stoll(label)] = weight.as_double();
  return weights;
}

void expect_logs(const Case& test, const std::string& what, const Config& expected,
                 const Logs& got) {
  for (const auto& [name, value] : expected.as_dict()) {
    const std::vector<double> values = got.vector(name);
    const Config all = value.is_list() ? value : Config::list({value});
    if (values.size() != all.size())
      throw Mismatch(str(what, " ", name, ": ", values.size(), " values, expected ", all.size()));
    for (std::size_t i = 0; i < values.size(); ++i)
      test.expect(what + " " + name, values[i], all.at(i).as_double());
  }
}

/// Weights by name, because both sides order them alike but for what is frozen.
void expect_state(const Case& test, const Model& model) {
  const Variables weights = model.weights();
  for (std::size_t j = 0; test.has_array("w_after_" + std::to_string(j)); ++j) {
    if (j >= weights.size()) throw Mismatch(str("only ", weights.size(), " weights"));
    const std::string path = test.description().at("weights_list").at(j).at("path").as_string();
    test.expect("weight " + path, weights[j].value(), test.array("w_after_" + std::to_string(j)));
  }
  const Variables slots = model.model_impl().optimizer_variables();
  for (std::size_t k = 0; test.has_array("opt_after_" + std::to_string(k)); ++k) {
    if (k >= slots.size()) throw Mismatch(str("only ", slots.size(), " optimizer variables"));
    const std::string path =
        test.description().at("optimizer_variables").at(k).at("path").as_string();
    test.expect("optimizer " + path, slots[k].value(),
                test.array("opt_after_" + std::to_string(k)));
  }
}

Data data_of(Tensors tensors) { return tensors.size() == 1 ? Data(tensors[0]) : Data(tensors); }

Callback callback_of(const Config& entry) {
  const std::string name = entry.at("class_name").as_string();
  const Config& c = entry.at("config");
  if (name == "EarlyStopping")
    return callbacks::EarlyStopping({.monitor = c.get("monitor", "val_loss"),
                                     .min_delta = c.get("min_delta", 0.0),
                                     .patience = c.get("patience", 0),
                                     .restore_best_weights = c.get("restore_best_weights", false)});
  if (name == "ReduceLROnPlateau")
    return callbacks::ReduceLROnPlateau({.monitor = c.get("monitor", "val_loss"),
                                         .factor = c.get("factor", 0.1),
                                         .patience = c.get("patience", 10),
                                         .min_lr = c.get("min_lr", 0.0)});
  if (name == "LearningRateScheduler")
    return callbacks::LearningRateScheduler([values = c.at("values")](int epoch, double) {
      return values.at(static_cast<std::size_t>(epoch)).as_double();
    });
  throw Skipped("no callback class " + name);
}

}  // namespace

void run_train(const Case& test) {
  check_layers(test);
  const Model model = load_model(test.file("model.keras"));
  const int steps = test.description().get("steps", 0);
  for (int s = 0; s < steps; ++s) {
    const std::string step = std::to_string(s) + "_";
    const Logs logs = model.train_on_batch(
        data_of(numbered(test, "xb" + step)), data_of(numbered(test, "yb" + step)),
        {.sample_weight =
             test.has_array("sw" + step + "0") ? data_of(numbered(test, "sw" + step)) : Data(),
         .class_weight = class_weight(test.description())});
    expect_logs(test, "step " + std::to_string(s),
                test.description().at("logs").at(static_cast<std::size_t>(s)), logs);
  }
  write_model(test, model);
  expect_state(test, model);
}

void run_fit(const Case& test) {
  check_layers(test);
  const Config& d = test.description();
  const Model model = load_model(test.file("model.keras"));
  const Config& extra = d.at("fit");
  FitOptions options;
  options.batch_size = d.at("batch_size").as_int();
  options.epochs = d.get("epochs", 1);
  options.verbose = 0;
  options.shuffle = false;
  options.initial_epoch = extra.get("initial_epoch", 0);
  options.validation_split = extra.get("validation_split", 0.0);
  if (const Config* count = extra.find("steps_per_epoch"))
    options.steps_per_epoch = count->as_int();
  options.class_weight = class_weight(extra);
  if (test.has_array("sw0")) options.sample_weight = test.array("sw0");
  if (test.has_array("val_y0"))
    options.validation_data = {data_of(numbered(test, "val_x")), test.array("val_y0")};
  if (const Config* list = d.find("callbacks"); list && list->is_list())
    for (const auto& entry : list->as_list()) options.callbacks.push_back(callback_of(entry));
  const Data x = data_of(numbered(test, "x"));
  const auto history = model.fit(x, test.array("y0"), options);
  for (const auto& [name, expected] : d.at("history").as_dict()) {
    const auto& got = history.history.at(name);
    if (got.size() != expected.size())
      throw Mismatch(str(name, ": ", got.size(), " epochs, expected ", expected.size()));
    for (std::size_t epoch = 0; epoch < got.size(); ++epoch)
      test.expect(str(name, " of epoch ", epoch), got[epoch], expected.at(epoch).as_double());
  }
  write_model(test, model);
  expect_state(test, model);
  if (const Config* evaluate = d.find("evaluate"))
    expect_logs(test, "evaluate", evaluate->at("logs"),
                model.evaluate(x, test.array("y0"),
                               {.batch_size = evaluate->at("batch_size").as_int(), .verbose = 0}));
  if (test.has_array("out0"))
    test.expect("out0", model.predict(x, {.verbose = 0}), test.array("out0"));
}

}  // namespace keras::conformance
