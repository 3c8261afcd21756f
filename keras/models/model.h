#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/callbacks/history.h"
#include "keras/layers/layer.h"
#include "keras/saving/tensor_files.h"
#include "keras/trainers/compile_options.h"
#include "keras/trainers/fit_options.h"

namespace keras {

class ModelImpl;

struct ModelOptions {
  std::string name = {};
  bool trainable = true;
};

struct SaveWeightsOptions {
  /// Whether a file of that name may be replaced; else it is an error.
  bool overwrite = true;
  /// The most that one file may hold, in GiB. Needs a name that ends in .weights.json.
  std::optional<double> max_shard_size = {};
};

struct LoadWeightsOptions {
  /// Weights that do not fit keep what they are, with a warning.
  bool skip_mismatch = false;
  /// Layers get the weights under their names; for legacy HDF5 files.
  bool by_name = false;
};

struct SummaryOptions {
  /// Characters in a line; 76, as in a terminal of 80, when 0.
  int line_length = 0;
  /// Where the columns end, as shares of the line; Keras's when empty.
  std::vector<double> positions = {};
  /// Gets the lines instead of standard output.
  std::function<void(const std::string&)> print_fn = {};
  /// Also the layers inside of models inside.
  bool expand_nested = false;
  /// A column that says Y or N for each layer that has weights.
  bool show_trainable = false;
  /// From the first layer whose name the first expression fits to the last that the second one
  /// fits; all when both are empty.
  std::pair<std::string, std::string> layer_range = {};
};

/// Which layers are meant: those in whose name a regular expression is found, or one of several,
/// or those of which a function says so; all by default.
class LayerFilter {
 public:
  LayerFilter() = default;
  /// Throws ValueError for what is no regular expression.
  LayerFilter(const std::string& pattern) : LayerFilter(std::vector<std::string>{pattern}) {}
  LayerFilter(const char* pattern) : LayerFilter(std::string(pattern)) {}
  LayerFilter(const std::vector<std::string>& patterns);
  template <std::predicate<const Layer&> F>
  requires(!std::same_as<F, LayerFilter>) LayerFilter(F function)
      : function_(std::move(function)) {}

  bool operator()(const Layer& layer) const { return !function_ || function_(layer); }

 private:
  std::function<bool(const Layer&)> function_;
};

/// Further arguments of `Model::quantize`.
struct ModelQuantizeOptions {
  /// How; what the mode stands for where undefined.
  quantizers::QuantizationConfig config = {};
  LayerFilter filters = {};
};

/// A model's outputs by name.
using TensorMap = std::map<std::string, Tensor>;

/// Layers put together: `Model(inputs, outputs)` from symbolic tensors, or a class of one's own
/// that derives from ModelImpl. A handle; copies share. Keras: keras.Model.
class Model : public Layer {
 public:
  Model() = default;
  explicit Model(std::shared_ptr<ModelImpl> impl);
  /// Throws ValueError unless `outputs` follow from `inputs` alone.
  /// Each end is one tensor, a list, or a dictionary: `Model({{"a", a}, {"b", b}}, y)`.
  Model(const Data& inputs, const Data& outputs, ModelOptions options = {});

  using Layer::operator();
  using Layer::call_list;
  /// A call with inputs by name. Throws ValueError unless the names are those of the inputs, and
  /// when there are several outputs.
  Tensor operator()(const NamedTensors& xs, CallOptions options = {}) const;
  /// For models with several outputs: a list, and by name.
  Tensors call_list(const NamedTensors& xs, CallOptions options = {}) const;
  TensorMap call_map(const Data& xs, CallOptions options = {}) const;

  /// The layers in Keras's order.
  std::vector<Layer> layers() const;
  /// Throws ValueError, with the names that there are, for an unknown name or index.
  Layer get_layer(const std::string& name) const;
  Layer get_layer(int index) const;
  /// The symbolic tensors at both ends; empty before the model has them.
  Tensors inputs() const;
  Tensors outputs() const;
  /// The only one of them. Throws ValueError where there are several, or none.
  Tensor input() const;
  Tensor output() const;
  /// The names of the layers at both ends. Data and losses can be given by them, or by the keys of
  /// the dictionaries that the model was made with.
  std::vector<std::string> input_names() const;
  std::vector<std::string> output_names() const;

  /// Prints the layers with their outputs and weights. Keras: Model.summary.
  void summary(SummaryOptions options = {}) const;
  /// Keras's JSON, with class names, configs and connections. `indent` below 0 is one line.
  std::string to_json(int indent = -1) const;

  /// Quantizes all layers without layers inside that have kernels to round, of models inside too
  /// (see `Layer::quantize`), and warns of the others. Compile the model again before training it.
  /// Throws ValueError for a layer that is not built or is quantized already. Keras:
  /// Model.quantize.
  void quantize(const std::string& mode, ModelQuantizeOptions options = {}) const;

  /// Says how the model is trained. Keras: Model.compile.
  void compile(CompileOptions options) const;
  /// Trains. Throws ValueError before `compile`, and for data that does not fit. Keras: Model.fit.
  callbacks::History fit(const Data& x, const Data& y, const FitOptions& options = {}) const;
  /// Without targets, for models that make their loss themselves.
  callbacks::History fit(const Data& x, const FitOptions& options) const;
  callbacks::History fit(const Dataset& dataset, const FitOptions& options = {}) const;
  /// The loss and the metrics by name: `model.evaluate(x, y)["accuracy"]`. Keras: Model.evaluate.
  Logs evaluate(const Data& x, const Data& y, const EvaluateOptions& options = {}) const;
  Logs evaluate(const Dataset& dataset, const EvaluateOptions& options = {}) const;
  /// The output for all of x, batch by batch. Throws ValueError when there are several outputs.
  /// Keras: Model.predict.
  Tensor predict(const Data& x, const PredictOptions& options = {}) const;
  Tensor predict(const Dataset& dataset, const PredictOptions& options = {}) const;
  /// For models with several outputs.
  Tensors predict_list(const Data& x, const PredictOptions& options = {}) const;
  Tensors predict_list(const Dataset& dataset, const PredictOptions& options = {}) const;
  TensorMap predict_map(const Data& x, const PredictOptions& options = {}) const;
  TensorMap predict_map(const Dataset& dataset, const PredictOptions& options = {}) const;
  /// One step, and what it gave. Keras: Model.train_on_batch.
  Logs train_on_batch(const Data& x, const Data& y, const TrainOnBatchOptions& options = {}) const;
  Logs test_on_batch(const Data& x, const Data& y, const TestOnBatchOptions& options = {}) const;
  /// The output for one batch, all at once. Throws ValueError when there are several outputs.
  Tensor predict_on_batch(const Data& x) const;
  /// Undefined before `compile`.
  Optimizer optimizer() const;
  /// The loss' mean and the metrics. Keras: Model.metrics.
  std::vector<Metric> metrics() const;
  void reset_metrics() const;
  /// The results of `metrics` by their names in the logs. Keras: Model.get_metrics_result.
  Logs get_metrics_result() const;
  /// What training would minimize for these outputs, with the losses that layers added in the last
  /// step. Throws ValueError before `compile`. Keras: Model.compute_loss.
  Tensor compute_loss(const Batch& batch, const Data& y_pred) const;
  bool compiled() const;

  /// Writes the model, its weights and its training state as a `.keras` file. Keras: Model.save.
  void save(const std::string& filepath) const;
  /// Keras: Model.save_weights, load_weights.
  void save_weights(const std::string& filepath, SaveWeightsOptions options = {}) const;
  void load_weights(const std::string& filepath, LoadWeightsOptions options = {}) const;

  ModelImpl& model_impl() const;
  /// The model that a callback works on: `Model::of(model())`.
  static Model of(callbacks::CallbackModel& model);

 private:
  TensorMap by_name(const Tensors& outputs) const;
};

}  // namespace keras
