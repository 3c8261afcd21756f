// A layer of one's own: its weights, its call, and how it is saved and loaded.

#include <keras/keras.h>

#include <cmath>
#include <cstdio>

using namespace keras;

namespace {

/// y = x · scale, one trainable factor a feature.
class ScaleImpl final : public LayerImpl {
 public:
  explicit ScaleImpl(double start) : LayerImpl({"my_app>Scale"}), start_(start) {}

  void build(const Shapes& input_shapes) override {
    factors_ = add_weight("factors", {input_shapes[0][-1]},
                          {.initializer = initializers::Constant(start_)});
  }

  Tensor call(const Tensor& x, const CallContext&) override { return x * factors_.value(); }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("start", start_);
    return config;
  }

 private:
  double start_;
  Variable factors_;
};

Layer scale_from_config(const Config& config) {
  return make_layer<ScaleImpl>(config.get("start", 1.0));
}

}  // namespace

int main() {
  utils::set_random_seed(0);
  register_layer("my_app>Scale", scale_from_config);

  const Sequential model({Input({3}), make_layer<ScaleImpl>(0.5)});
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse"});

  const Tensor x = random::normal({256, 3}, {.seed = 1}).eval();
  const Tensor y = (x * Tensor::of<float>({1, -2, 3})).eval();
  model.fit(x, y, {.epochs = 60, .verbose = 0});
  const auto factors = model.get_weights()[0].to_vector<float>();
  std::printf("learned factors: %.3f %.3f %.3f\n", static_cast<double>(factors[0]),
              static_cast<double>(factors[1]), static_cast<double>(factors[2]));

  model.save("scaled.keras");
  const Model again = load_model("scaled.keras");
  std::printf("loaded a model with a layer of class %s\n", again.layers()[0].class_name().c_str());
  return std::abs(factors[1] + 2) < 0.05f ? 0 : 1;
}
