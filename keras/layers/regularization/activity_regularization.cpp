#include "keras/layers/regularization/activity_regularization.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/regularizers/regularizers.h"

namespace keras::layers {
namespace {

class ActivityRegularizationImpl final : public LayerImpl {
 public:
  explicit ActivityRegularizationImpl(ActivityRegularizationOptions options)
      : LayerImpl({"ActivityRegularization", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    supports_masking_ = true;
    activity_regularizer_ = regularizers::L1L2({.l1 = options_.l1, .l2 = options_.l2});
  }

  std::vector<std::string> call_parameters() const override { return {"inputs"}; }

  Tensor call(const Tensor& x, const CallContext&) override { return x; }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("l1", options_.l1);
    config.set("l2", options_.l2);
    return config;
  }

 private:
  ActivityRegularizationOptions options_;
};

}  // namespace

ActivityRegularization::ActivityRegularization(ActivityRegularizationOptions options)
    : Layer(std::make_shared<ActivityRegularizationImpl>(std::move(options))) {}

ActivityRegularization ActivityRegularization::from_config(const Config& config) {
  ConfigReader reader("ActivityRegularization", config);
  ActivityRegularizationOptions options;
  options.l1 = reader.get("l1", 0.0);
  options.l2 = reader.get("l2", 0.0);
  return ActivityRegularization(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
