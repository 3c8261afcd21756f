// Which pixels belong to handwriting: a U-Net (Ronneberger, Fischer, Brox 2015) on pairs of digits
// laid on textured ground. Its picture has inputs above, the truth below, then what was found.

#include <keras/keras.h>

#include <cstdio>
#include <numbers>

#include "example_mnist.h"

using namespace keras;

namespace {

constexpr std::int64_t kSize = 48;

/// `count` pictures of waves in two random directions and noise, in [0, 1].
Tensor textured_ground(std::int64_t count) {
  const Tensor row = ops::reshape(ops::arange(0.0, double{kSize}), {1, kSize, 1, 1});
  const Tensor column = ops::reshape(row, {1, 1, kSize, 1});
  Tensor ground = 0.35 + 0.06 * random::normal({count, kSize, kSize, 1});
  for (int wave = 0; wave < 2; ++wave) {
    const auto draw = [&](double low, double high) {
      return random::uniform({count, 1, 1, 1}, {.minval = low, .maxval = high});
    };
    const Tensor phase = draw(0, 2 * std::numbers::pi);
    ground = ground +
             draw(0.05, 0.2) * ops::sin(draw(-0.8, 0.8) * row + draw(-0.8, 0.8) * column + phase);
  }
  return ground;
}

struct Pictures {
  Tensor x, y;
};

/// Each digit with another one at places of their own, 0.3 to 0.6 brighter than the ground.
Pictures lay_out(const Tensor& digits) {
  const std::int64_t count = digits.shape()[0], room = kSize - 28 + 1;
  const auto places = random::randint({count, 4}, 0, room).to_vector<std::int64_t>();
  const Tensors ones = ops::unstack(digits);
  Tensors laid;
  for (std::size_t i = 0; i < ones.size(); ++i) {
    const auto placed = [&](const Tensor& digit, const std::int64_t* at) {
      return ops::pad(digit, {{at[0], room - 1 - at[0]}, {at[1], room - 1 - at[1]}, {0, 0}});
    };
    laid.push_back(ops::maximum(placed(ones[i], &places[4 * i]),
                                placed(ones[(i + 1) % ones.size()], &places[4 * i + 2])));
  }
  const Tensor ink = ops::stack(laid).eval();
  const Tensor strength = random::uniform({count, 1, 1, 1}, {.minval = 0.3, .maxval = 0.6});
  return {ops::clip(textured_ground(count) + strength * ink, 0.0, 1.0).eval(),
          ops::cast(ops::greater(ink, 0.5), DType::kFloat32).eval()};
}

Tensor two_convolutions(Tensor x, int filters) {
  for (int i = 0; i < 2; ++i) {
    x = layers::Conv2D(filters, 3, {.padding = "same", .use_bias = false})(x);
    x = layers::ReLU()(layers::BatchNormalization({.momentum = 0.9})(x));
  }
  return x;
}

Model make_u_net() {
  const Tensor picture = Input({kSize, kSize, 1});
  const Tensor fine = two_convolutions(picture, 12);
  const Tensor middle = two_convolutions(layers::MaxPooling2D(2)(fine), 24);
  Tensor x = two_convolutions(layers::MaxPooling2D(2)(middle), 48);
  x = layers::Conv2DTranspose(24, 2, {.strides = 2})(x);
  x = two_convolutions(layers::Concatenate()(Tensors{middle, x}), 24);
  x = layers::Conv2DTranspose(12, 2, {.strides = 2})(x);
  x = two_convolutions(layers::Concatenate()(Tensors{fine, x}), 12);
  return {picture, layers::Conv2D(1, 1, {.activation = "sigmoid"})(x)};
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  const auto [digits, more_digits] = example::load_mnist(arguments, arguments.quick ? 200 : 2500);
  utils::set_random_seed(arguments.seed);
  const Pictures train = lay_out(digits.x);
  const Pictures test = lay_out(ops::slice_axis(more_digits.x, 0, 0, arguments.quick ? 100 : 1000));

  const Model model = make_u_net();
  const int epochs = arguments.quick ? 1 : 6;
  const optimizers::schedules::CosineDecay rate(5e-3, epochs * train.x.shape()[0] / 32);
  model.compile({.optimizer = optimizers::Adam({.learning_rate = rate}),
                 .loss = "binary_crossentropy",
                 .metrics = {metrics::BinaryIoU({.name = "mean_iou"})}});
  const example::Stopwatch training;
  model.fit(train.x, train.y, {.batch_size = 32, .epochs = epochs, .verbose = 2});
  const double seconds = training.seconds();
  const double mean_iou = model.evaluate(test.x, test.y, {.verbose = 0})["mean_iou"];
  std::printf("mean IoU of writing and ground: %.3f\n", mean_iou);

  const Tensor x = ops::slice_axis(test.x, 0, 0, 8), y = ops::slice_axis(test.y, 0, 0, 8);
  example::save_rows("segmentation.png", {x, y, model.predict(x, {.verbose = 0})});
  return example::finish(mean_iou, seconds, arguments.quick || mean_iou >= 0.9);
}
