// A functional model: two inputs through one shared layer, two outputs with a loss each.

#include <keras/keras.h>

#include <cstdio>

using namespace keras;

int main() {
  utils::set_random_seed(0);
  const Tensor left = Input({16}, {.name = "left"});
  const Tensor right = Input({16}, {.name = "right"});

  // The same weights look at both sides.
  const layers::Dense look(32, {.activation = "relu", .name = "look"});
  const Tensor seen_left = look(left), seen_right = look(right);

  const Tensor difference = ops::abs(seen_left - seen_right);
  const Tensor distance = layers::Dense(1, {.name = "distance"})(difference);
  const Tensor same = layers::Dense(1, {.activation = "sigmoid", .name = "same"})(difference);
  const Model model({left, right}, {distance, same}, {.name = "compare"});
  model.summary();

  // Pairs of points: how far apart they are, and whether that is less than usual.
  const Tensor a = random::normal({512, 16}, {.seed = 1}).eval();
  const Tensor b = random::normal({512, 16}, {.seed = 2}).eval();
  const Tensor apart =
      ops::sqrt(ops::mean(ops::square(a - b), {.axis = 1, .keepdims = true})).eval();
  const Tensor close = ops::cast(ops::less(apart, 1.4), DType::kFloat32).eval();

  model.compile({.optimizer = "adam",
                 .loss = {"mean_squared_error", "binary_crossentropy"},
                 .loss_weights = {1.0, 0.5}});
  const auto history = model.fit({a, b}, {apart, close}, {.epochs = 20, .verbose = 0});
  const auto& loss = history.history.at("loss");
  std::printf("loss: %.4f in the first epoch, %.4f in the last\n", loss.front(), loss.back());

  // Intermediate results are models of their own.
  const Model features(left, seen_left);
  std::printf(
      "features of the first point: %s\n",
      features.predict(ops::slice_axis(a, 0, 0, 1), {.verbose = 0}).shape().to_string().c_str());
  return loss.back() < loss.front() ? 0 : 1;
}
