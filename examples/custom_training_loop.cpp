// Trains without fit: gradients, optimizer and metric by hand, the step compiled.
#include <keras/keras.h>

#include <cstdio>

using namespace keras;

namespace {

/// One step of training: the loss, the gradients of all weights, the update, the metric.
Tensors train_step(const Model& model, const Optimizer& optimizer, const Metric& accuracy,
                   const Tensor& x, const Tensor& y) {
  const losses::SparseCategoricalCrossentropy loss_fn({.from_logits = true});
  Tensor logits;
  const auto [loss, gradients] = value_and_grad(
      [&] {
        logits = model(x, {.training = true});
        return loss_fn(y, logits);
      },
      model.trainable_weights());
  optimizer.apply(gradients, model.trainable_weights());
  accuracy.update_state(y, logits);
  return {loss};
}

int run() {
  utils::set_random_seed(1);
  const auto [train, test] = datasets::digits::load_data();
  const Sequential model({
      Input({8, 8, 1}),
      layers::Flatten(),
      layers::Dense(64, {.activation = "relu"}),
      layers::Dense(10),
  });
  const optimizers::Adam optimizer({.learning_rate = 1e-2});
  optimizer.build(model.trainable_weights());
  const metrics::SparseCategoricalAccuracy accuracy;

  // Traced at the first call for each shape of batch; then it runs as prepared kernels.
  const CompiledFunction step = compile([&](const Tensors& batch) {
    return train_step(model, optimizer, accuracy, batch[0], batch[1]);
  });

  constexpr std::int64_t kBatch = 128;
  const std::int64_t count = train.y.size();
  for (int epoch = 0; epoch < 10; ++epoch) {
    const Tensor order = random::shuffle(ops::arange(count));
    const Tensor x = ops::take(train.x, order, {.axis = 0});
    const Tensor y = ops::take(train.y, order, {.axis = 0});
    accuracy.reset_state();
    double loss = 0;
    for (std::int64_t begin = 0; begin + kBatch <= count; begin += kBatch)
      loss = step({ops::slice_axis(x, 0, begin, begin + kBatch),
                   ops::slice_axis(y, 0, begin, begin + kBatch)})[0]
                 .item<double>();
    std::printf("epoch %2d  loss %.4f  accuracy %.4f\n", epoch + 1, loss,
                accuracy.result().item<double>());
  }

  accuracy.reset_state();
  accuracy.update_state(test.y, model(test.x));
  const double result = accuracy.result().item<double>();
  std::printf("accuracy on digits never seen: %.4f\n", result);
  return result > 0.9 ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
