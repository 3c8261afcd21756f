#include "tests/conformance/kinds.h"

#include <cmath>
#include <functional>
#include <map>

#include "keras/constraints/constraint.h"
#include "keras/engine/autodiff/backward.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer_registry.h"
#include "keras/losses/loss.h"
#include "keras/metrics/metric.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/schedules/learning_rate_schedule.h"
#include "keras/regularizers/regularizer.h"
#include "keras/saving/saving_api.h"
#include "tests/conformance/training.h"

namespace keras::conformance {
namespace {

/// The object that the case describes, in Keras's serialization format.
Config object(const Case& test, const char* module) {
  return {{"module", module},
          {"class_name", test.description().at("class_name")},
          {"config", test.description().at("config")},
          {"registered_name", nullptr}};
}

const CallOptions kInference{.training = false};

/// The same model as legacy HDF5, and its weights alone, where the case has them.
void expect_from_hdf5(const Case& test, const Model& model) {
  const Config* whole = test.description().find("h5");
  if (whole && whole->is_string()) {
    const Model same = load_model(test.file(whole->as_string()), {.compile = false});
    expect_outputs(test, same.call_list(arrays_of(test, "inputs"), kInference));
  }
  const Config* weights = test.description().find("weights");
  if (weights && weights->is_string()) {
    const Model same = model_from_json(model.to_json());
    same.load_weights(test.file(weights->as_string()).string());
    expect_outputs(test, same.call_list(arrays_of(test, "inputs"), kInference));
  }
}

void run_predict(const Case& test) {
  check_layers(test);
  const Model model =
      load_model(test.file(test.description().get("model", "model.keras")), {.compile = false});
  write_model(test, model);
  if (const Config* count = test.description().find("count_params"))
    test.expect("count_params", static_cast<double>(model.count_params()), count->as_double());
  expect_outputs(test, model.call_list(arrays_of(test, "inputs"), kInference));
  const int calls = test.description().get("calls", 1);
  for (int call = 1; call < calls; ++call) {
    const std::string prefix = "call" + std::to_string(call) + "_";
    Tensors inputs;
    for (std::size_t i = 0; test.has_array(prefix + "x" + std::to_string(i)); ++i)
      inputs.push_back(test.array(prefix + "x" + std::to_string(i)));
    expect_outputs(test, model.call_list(inputs, kInference), prefix);
  }
  expect_from_hdf5(test, model);
}

Tensor weighted_sum(const Case& test, const Tensors& outputs) {
  Tensor total = 0.0f;
  for (std::size_t i = 0; i < outputs.size(); ++i)
    total = total + ops::sum(outputs[i] * test.array("ct" + std::to_string(i)));
  return total;
}

/// Gradients for weights, then for the floating inputs, which stand in for constants as variables.
void run_gradients(const Case& test) {
  check_layers(test);
  const Model model = load_model(test.file("model.keras"), {.compile = false});
  const bool training = test.description().get("training", false);
  Variables wrt = model.trainable_weights();
  const std::size_t weights = wrt.size();
  Tensors inputs = arrays_of(test, "inputs");
  std::map<std::size_t, Variable> floating;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (is_float(inputs[i].dtype())) wrt.push_back(floating[i] = Variable(inputs[i]));
  const auto [value, gradients] = value_and_grad(
      [&] {
        Tensors x = inputs;
        for (const auto& [i, variable] : floating) x[i] = variable.value();
        return weighted_sum(test, model.call_list(x, {.training = training}));
      },
      wrt);
  test.expect("value", value.item<double>(), test.description().at("value").as_double());
  for (std::size_t j = 0; j < weights; ++j) {
    const std::string name = "g_w_" + std::to_string(j);
    if (test.has_array(name)) test.expect(name, gradients[j], test.array(name));
  }
  std::size_t next = weights;
  for (const auto& [i, variable] : floating) {
    const std::string name = "g_x_" + std::to_string(i);
    if (test.has_array(name)) test.expect(name, gradients[next], test.array(name));
    ++next;
  }
}

Tensor optional_array(const Case& test, const Config& from, const char* key) {
  const Config* name = from.find(key);
  return name && name->is_string() ? test.array(name->as_string()) : Tensor();
}

void run_loss(const Case& test) {
  const auto loss = losses::Loss::deserialize(object(test, "keras.losses"));
  const Config& d = test.description();
  test.expect("out0",
              loss(test.array(d.at("y_true").as_string()), test.array(d.at("y_pred").as_string()),
                   optional_array(test, d, "sample_weight")),
              test.array("out0"));
}

void run_metric(const Case& test) {
  const auto metric = metrics::Metric::deserialize(object(test, "keras.metrics"));
  for (const auto& update : test.description().at("updates").as_list()) {
    const Tensor weight = optional_array(test, update, "sample_weight");
    if (update.contains("values")) {
      metric.update_values(test.array(update.at("values").as_string()), weight);
    } else {
      metric.update_state(test.array(update.at("y_true").as_string()),
                          test.array(update.at("y_pred").as_string()), weight);
    }
    test.expect("result", metric.result(), test.array(update.at("result").as_string()));
  }
}

void run_schedule(const Case& test) {
  const auto schedule = optimizers::schedules::LearningRateSchedule::deserialize(
      object(test, "keras.optimizers.schedules"));
  const auto expected = test.array("out0").to_vector<double>();
  const auto& steps = test.description().at("steps").as_list();
  for (std::size_t i = 0; i < steps.size(); ++i)
    test.expect(str("step ", steps[i].as_int()), schedule(Tensor(steps[i].as_int())).item<double>(),
                expected[i]);
}

void run_regularizer(const Case& test) {
  const auto regularizer =
      regularizers::Regularizer::deserialize(object(test, "keras.regularizers"));
  test.expect("out0", regularizer(test.array("x0")), test.array("out0"));
}

void run_constraint(const Case& test) {
  const auto constraint = constraints::Constraint::deserialize(object(test, "keras.constraints"));
  test.expect("out0", constraint(test.array("x0")), test.array("out0"));
}

/// Sample mean and deviation within the case's tolerances, values within its bounds.
void expect_moments(const Case& test, const Tensor& values) {
  const Config& d = test.description();
  const auto x = values.to_vector<double>();
  double mean = 0, square = 0;
  for (const double value : x) mean += value / static_cast<double>(x.size());
  for (const double value : x)
    square += (value - mean) * (value - mean) / static_cast<double>(x.size());
  const double deviation = std::sqrt(square), expected = d.at("std").as_double();
  if (std::abs(mean - d.at("mean").as_double()) > d.at("mean_tolerance").as_double())
    throw Mismatch(str("mean ", mean, ", expected ", d.at("mean").as_double()));
  if (std::abs(deviation - expected) > d.at("std_relative_tolerance").as_double() * expected)
    throw Mismatch(str("standard deviation ", deviation, ", expected ", expected));
  for (const double value : x) {
    const Config *low = d.find("min"), *high = d.find("max");
    if ((low && low->is_number() && value < low->as_double()) ||
        (high && high->is_number() && value > high->as_double()))
      throw Mismatch(str("the value ", value, " is out of bounds"));
  }
}

void expect_orthogonal(const Case& test, const Tensor& values) {
  const double gain = test.description().get("gain", 1.0);
  const std::int64_t columns = values.shape()[-1], rows = values.size() / columns;
  const auto x = values.to_vector<double>();
  const bool by_rows = rows < columns;
  const std::int64_t count = by_rows ? rows : columns, length = by_rows ? columns : rows;
  const auto at = [&](std::int64_t vector, std::int64_t i) {
    return x[static_cast<std::size_t>(by_rows ? vector * columns + i : i * columns + vector)] /
           gain;
  };
  for (std::int64_t a = 0; a < count; ++a)
    for (std::int64_t b = 0; b <= a; ++b) {
      double product = 0;
      for (std::int64_t i = 0; i < length; ++i) product += at(a, i) * at(b, i);
      test.expect(str("product of ", a, " and ", b), product, a == b ? 1 : 0);
    }
}

void run_initializer(const Case& test) {
  const auto initializer =
      initializers::Initializer::deserialize(object(test, "keras.initializers"));
  Shape shape;
  for (const auto& size : test.description().at("shape").as_list()) shape.push_back(size.as_int());
  const Tensor values = initializer(shape);
  const std::string check = test.description().get("check", "exact");
  if (check == "exact") test.expect("out0", values, test.array("out0"));
  if (check == "moments") expect_moments(test, values);
  if (check == "orthogonal") expect_orthogonal(test, values);
}

}  // namespace

Tensors arrays_of(const Case& test, const char* key) {
  Tensors out;
  for (const auto& entry : test.description().at(key).as_list())
    out.push_back(test.array_of(entry));
  return out;
}

void expect_outputs(const Case& test, const Tensors& got, const std::string& prefix) {
  const auto& outputs = test.description().at("outputs").as_list();
  if (got.size() != outputs.size())
    throw Mismatch(str(got.size(), " outputs, expected ", outputs.size()));
  for (std::size_t i = 0; i < got.size(); ++i)
    test.expect(prefix + "out" + std::to_string(i), got[i],
                prefix.empty() ? test.array_of(outputs[i])
                               : test.array(prefix + "out" + std::to_string(i)));
}

void run_layer(const Case& test) {
  const std::string class_name = test.description().at("class_name").as_string();
  if (!is_known_layer(class_name)) throw Skipped("no layer class " + class_name);
  const Layer layer = layer_from_config(class_name, test.description().at("config"));
  expect_outputs(test, layer.call_list(arrays_of(test, "inputs")));
}

void write_model(const Case& test, const Model& model) {
  if (test.output().empty()) return;
  std::filesystem::create_directories(test.output());
  model.save((test.output() / "written.keras").string());
  model.save((test.output() / "written.h5").string());
  model.save_weights((test.output() / "written.weights.h5").string());
}

void check_layers(const Case& test) {
  const Config* layers = test.description().find("layers");
  if (!layers) return;
  // A part of ConvLSTM1D to 3D, which no file holds by itself.
  const Config inner = "ConvLSTMCell";
  for (const auto& layer : layers->as_list())
    if (layer != inner && !is_known_layer(layer.as_string()))
      throw Skipped("no layer class " + layer.as_string());
}

void run(const Case& test) {
  static const std::map<std::string, void (*)(const Case&)> kinds = {
      {"predict", run_predict},
      {"gradients", run_gradients},
      {"loss", run_loss},
      {"metric", run_metric},
      {"schedule", run_schedule},
      {"regularizer", run_regularizer},
      {"train", run_train},
      {"fit", run_fit},
      {"constraint", run_constraint},
      {"initializer", run_initializer},
      {"op", run_op},
      {"layer", run_layer},
      {"reject", run_reject},
      {"application", run_application},
      {"generator", run_generator},
      {"pad_sequences", run_pad_sequences},
      {"to_categorical", run_to_categorical},
      {"normalize", run_normalize},
      {"timeseries", run_timeseries},
  };
  const auto kind = kinds.find(test.kind());
  if (kind == kinds.end()) throw Skipped("no runner for the kind " + test.kind());
  try {
    kind->second(test);
  } catch (const ValueError& reason) {
    // A class that a file names and that is not there yet.
    const std::string message = reason.what();
    if (message.rfind("Could not interpret ", 0) == 0) throw Skipped(message);
    throw;
  }
}

}  // namespace keras::conformance
