#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/models/model.h"
#include "keras/models/model_impl.h"
#include "keras/saving/saving_api.h"

namespace keras {
namespace {

Tensor only(const Tensors& outputs, const std::string& name, const char* several) {
  if (outputs.size() != 1)
    throw ValueError(str("Model \"", name, "\" has ", outputs.size(), " outputs."),
                     str("call ", several, "."));
  return outputs[0];
}

}  // namespace

void Model::compile(CompileOptions options) const { model_impl().compile(std::move(options)); }

callbacks::History Model::fit(const Data& x, const Data& y, const FitOptions& options) const {
  return model_impl().fit(x, y, options);
}
callbacks::History Model::fit(const Data& x, const FitOptions& options) const {
  return model_impl().fit(x, Data(), options);
}
callbacks::History Model::fit(const Dataset& dataset, const FitOptions& options) const {
  return model_impl().fit(dataset, options);
}

Logs Model::evaluate(const Data& x, const Data& y, const EvaluateOptions& options) const {
  return model_impl().evaluate(x, y, options);
}
Logs Model::evaluate(const Dataset& dataset, const EvaluateOptions& options) const {
  return model_impl().evaluate(dataset, options);
}

Tensor Model::predict(const Data& x, const PredictOptions& options) const {
  return only(predict_list(x, options), name(), "predict_list");
}
Tensor Model::predict(const Dataset& dataset, const PredictOptions& options) const {
  return only(predict_list(dataset, options), name(), "predict_list");
}
Tensors Model::predict_list(const Data& x, const PredictOptions& options) const {
  return model_impl().predict(x, options);
}
Tensors Model::predict_list(const Dataset& dataset, const PredictOptions& options) const {
  return model_impl().predict(dataset, options);
}

TensorMap Model::predict_map(const Data& x, const PredictOptions& options) const {
  return by_name(predict_list(x, options));
}
TensorMap Model::predict_map(const Dataset& dataset, const PredictOptions& options) const {
  return by_name(predict_list(dataset, options));
}

Logs Model::train_on_batch(const Data& x, const Data& y, const TrainOnBatchOptions& options) const {
  return model_impl().train_on_batch(x, y, options);
}
Logs Model::test_on_batch(const Data& x, const Data& y, const TestOnBatchOptions& options) const {
  return model_impl().test_on_batch(x, y, options);
}
Tensor Model::predict_on_batch(const Data& x) const {
  return only(model_impl().predict_on_batch(x), name(), "predict_list");
}

Optimizer Model::optimizer() const { return model_impl().optimizer(); }
std::vector<Metric> Model::metrics() const { return model_impl().metrics(); }
void Model::reset_metrics() const { model_impl().reset_metrics(); }
bool Model::compiled() const { return model_impl().compiled(); }
Logs Model::get_metrics_result() const { return model_impl().metrics_logs(); }
Tensor Model::compute_loss(const Batch& batch, const Data& y_pred) const {
  return model_impl().loss_of(batch, y_pred);
}

void Model::save(const std::string& filepath) const { model_impl().save(filepath); }
void Model::save_weights(const std::string& filepath, SaveWeightsOptions options) const {
  keras::save_weights(*this, filepath, options);
}
void Model::load_weights(const std::string& filepath, LoadWeightsOptions options) const {
  keras::load_weights(*this, filepath, options);
}

Model Model::of(callbacks::CallbackModel& model) {
  auto* impl = dynamic_cast<ModelImpl*>(&model);
  if (!impl) throw ValueError("Model::of: this is no model that a callback works on.");
  return Model(std::static_pointer_cast<ModelImpl>(impl->shared_from_this()));
}

}  // namespace keras
