// Regression that says how sure it is: one output for the mean and one for the logarithm of the
// variance, trained together by the likelihood of what was seen (Nix, Weigend 1994).

#include <keras/keras.h>

#include <cmath>
#include <cstdio>
#include <numbers>

#include "example_data.h"
#include "example_plot.h"

using namespace keras;

namespace {

/// The negative logarithm of a normal distribution's density; mean and log variance side by side.
Tensor negative_log_likelihood(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor mean = ops::slice_axis(y_pred, -1, 0, 1);
  const Tensor log_variance = ops::slice_axis(y_pred, -1, 1, 2);
  const Tensor each = 0.5 * (log_variance + ops::square(y_true - mean) * ops::exp(-log_variance) +
                             std::log(2 * std::numbers::pi));
  return ops::mean(each, {.axis = -1});
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  utils::set_random_seed(arguments.seed);
  // A sine whose noise grows from left to right.
  const std::int64_t count = arguments.quick ? 500 : 4000;
  const Tensor x = random::uniform({count, 1}, {.minval = -3, .maxval = 3}).eval();
  const auto deviation_at = [](const Tensor& at) { return 0.05 + 0.1 * (at + 3); };
  const Tensor y = (ops::sin(2 * x) + deviation_at(x) * random::normal({count, 1})).eval();

  const Tensor input = Input({1});
  Tensor hidden = layers::Dense(64, {.activation = "tanh"})(input);
  hidden = layers::Dense(64, {.activation = "tanh"})(hidden);
  const Tensor mean = layers::Dense(1, {.name = "mean"})(hidden);
  const Tensor log_variance = layers::Dense(1, {.name = "log_variance"})(hidden);
  const Model model(input, layers::Concatenate()(Tensors{mean, log_variance}));
  model.compile(
      {.optimizer = optimizers::Adam({.learning_rate = 3e-3}), .loss = negative_log_likelihood});
  const example::Stopwatch training;
  model.fit(x, y, {.batch_size = 64, .epochs = arguments.quick ? 3 : 60, .verbose = 2});

  const double seconds = training.seconds();

  // The model's two outputs apart.
  const Model parts(input, {mean, log_variance});
  const Tensor places = Tensor::from(std::vector<float>{-2.5f, -1, 0.5f, 2, 2.8f}, {5, 1});
  const Tensors found = parts.predict_list(places, {.verbose = 0});
  const auto means = found[0].to_vector<double>();
  const auto deviations = ops::exp(0.5 * found[1]).to_vector<double>();
  const auto at = places.to_vector<double>(), truth = deviation_at(places).to_vector<double>();
  double worst = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::printf("x %5.2f: %6.2f +- %.2f, is %6.2f +- %.2f\n", at[i], means[i], deviations[i],
                std::sin(2 * at[i]), truth[i]);
    worst = std::max(worst, std::abs(deviations[i] / truth[i] - 1));
  }
  const Tensors all = parts.predict_list(x, {.verbose = 0});
  const Tensor inside = ops::less(ops::abs(y - all[0]), 1.96 * ops::exp(0.5 * all[1]));
  const double covered = ops::mean(ops::cast(inside, DType::kFloat32)).item<double>();
  std::printf("within 1.96 deviations: %.1f %%, should be 95 %%\n", 100 * covered);
  const Tensor line = ops::reshape(ops::linspace(-3.0, 3.0, {.num = 200}), {200, 1});
  const Tensors band = parts.predict_list(line, {.verbose = 0});
  const Tensor width = 1.96 * ops::exp(0.5 * band[1]);
  const auto column = [](const Tensor& values) {
    return ops::slice_axis(ops::ravel(values), 0, 0, 200).to_vector<double>();
  };
  example::plot("uncertainty.png",
                {column(line), column(band[0]), column(band[0] - width), column(band[0] + width),
                 column(x), column(y)},
                "plot $data using 1:3:4 with filledcurves linecolor rgb '#fdd0a2' title '95 %', "
                "$data using 1:2 with lines linewidth 2 linecolor rgb '#e6550d' title 'mean', "
                "$data using 5:6 with points pointtype 7 pointsize 0.4 linecolor rgb 'black' "
                "title 'measured'");
  return example::finish(covered, seconds,
                         arguments.quick || (std::abs(covered - 0.95) < 0.02 && worst < 0.4));
}
