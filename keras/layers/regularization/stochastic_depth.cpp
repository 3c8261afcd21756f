#include "keras/layers/regularization/stochastic_depth.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::layers {
namespace {

class StochasticDepthImpl final : public LayerImpl {
 public:
  StochasticDepthImpl(double drop_path_rate, const StochasticDepthOptions& options)
      : LayerImpl({"StochasticDepth", options.name, options.trainable, options.dtype}),
        drop_path_rate_(drop_path_rate) {
    if (!(drop_path_rate >= 0 && drop_path_rate < 1))
      throw ValueError(
          str("StochasticDepth \"", name(),
              "\": `drop_path_rate` must be in [0, 1). Received: drop_path_rate=", drop_path_rate));
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    if (!context.is_training()) return x;
    const double keep = 1 - drop_path_rate_;
    Shape one_a_sample = x.shape();
    for (int axis = 1; axis < one_a_sample.rank(); ++axis) one_a_sample[axis] = 1;
    const Tensor kept = ops::floor(random::uniform(one_a_sample) + keep);
    return x / keep * ops::cast(kept, x.dtype());
  }

  std::string module() const override { return "keras.src.applications.convnext"; }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("drop_path_rate", drop_path_rate_);
    return config;
  }

 private:
  double drop_path_rate_;
};

}  // namespace

StochasticDepth::StochasticDepth(double drop_path_rate, StochasticDepthOptions options)
    : Layer(std::make_shared<StochasticDepthImpl>(drop_path_rate, options)) {}

StochasticDepth StochasticDepth::from_config(const Config& config) {
  ConfigReader reader("StochasticDepth", config);
  const double drop_path_rate = reader.require_double("drop_path_rate");
  return StochasticDepth(drop_path_rate, finish_options(reader, StochasticDepthOptions{}));
}

}  // namespace keras::layers
