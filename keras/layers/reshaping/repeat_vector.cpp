#include "keras/layers/reshaping/repeat_vector.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RepeatVectorImpl final : public LayerImpl {
 public:
  RepeatVectorImpl(int n, RepeatVectorOptions options)
      : LayerImpl({"RepeatVector", options.name, options.trainable, options.dtype}), n_(n) {
    if (n <= 0) throw ValueError(str("Argument `n` should be a positive integer. Received: n=", n));
    input_spec_ = {{.ndim = 2}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return ops::repeat(ops::expand_dims(x, {.axis = 1}), n_, {.axis = 1});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("n", n_);
    return config;
  }

 private:
  std::int64_t n_;
};

}  // namespace

RepeatVector::RepeatVector(int n, RepeatVectorOptions options)
    : Layer(std::make_shared<RepeatVectorImpl>(n, std::move(options))) {}

RepeatVector RepeatVector::from_config(const Config& config) {
  ConfigReader reader("RepeatVector", config);
  const int n = reader.require_int("n");
  RepeatVectorOptions options;
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return RepeatVector(n, std::move(options));
}

}  // namespace keras::layers
