// Forecasts the next value of two series, sunspots with an LSTM and temperatures with a GRU, and
// compares the error with that of the naive forecast: the next value is the last one.

#include <keras/keras.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "example_data.h"
#include "example_plot.h"

using namespace keras;

namespace {

constexpr std::int64_t kLength = 60;

struct Windows {
  Tensor x;  ///< (n, kLength, 1)
  Tensor y;  ///< (n, 1), what comes after each window
};

Windows windows_of(const std::vector<float>& series, std::size_t begin, std::size_t end) {
  std::vector<float> x, y;
  for (std::size_t i = begin; i + kLength < end; ++i) {
    x.insert(x.end(), &series[i], &series[i] + kLength);
    y.push_back(series[i + kLength]);
  }
  return {Tensor::from(x, {std::ssize(y), kLength, 1}), Tensor::from(y, {std::ssize(y), 1})};
}

double rmse(const Tensor& a, const Tensor& b) {
  return std::sqrt(ops::mean(ops::square(a - b)).item<double>());
}

/// How much better than the naive forecast, as a share of its error.
double forecast(const std::vector<std::string>& lines, const Layer& recurrent, int epochs,
                const char* what, const char* picture) {
  std::vector<float> series;
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (const auto fields = example::split_fields(lines[i]); fields.size() == 2)
      series.push_back(std::stof(fields[1]));
  // The mean and the deviation of what may be seen, the first four fifths.
  const std::size_t seen = series.size() * 4 / 5;
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < seen; ++i) mean += series[i] / static_cast<double>(seen);
  for (std::size_t i = 0; i < seen; ++i)
    square += (series[i] - mean) * (series[i] - mean) / static_cast<double>(seen);
  const double deviation = std::sqrt(square);
  for (float& value : series) value = static_cast<float>((value - mean) / deviation);
  const Windows train = windows_of(series, 0, seen);
  const Windows test = windows_of(series, seen - kLength, series.size());

  // What the network finds is added to the last value.
  const Tensor input = Input({kLength, 1});
  const Tensor last = layers::Flatten()(ops::slice_axis(input, 1, kLength - 1, kLength));
  const Model model(input,
                    layers::Dense(1, {.kernel_initializer = "zeros"})(recurrent(input)) + last);
  const optimizers::schedules::CosineDecay rate(1e-3, epochs * ((train.y.shape()[0] + 31) / 32));
  model.compile({.optimizer = optimizers::Adam({.learning_rate = rate}), .loss = "mse"});
  model.fit(train.x, train.y, {.batch_size = 32, .epochs = epochs, .verbose = 0});

  const Tensor found = model.predict(test.x, {.verbose = 0});
  const Tensor naive =
      ops::slice_axis(ops::reshape(test.x, {-1, kLength}), 1, kLength - 1, kLength);
  const double error = rmse(found, test.y) * deviation,
               naive_error = rmse(naive, test.y) * deviation;
  const double better = 1 - error / naive_error;
  std::printf("%s: error %.3f, naive forecast %.3f: %.1f %% better\n", what, error, naive_error,
              100 * better);
  const auto shown = [&](const Tensor& values) {
    return ops::slice_axis(ops::ravel(values), 0, 0, 240).to_vector<double>();
  };
  example::plot(picture, {shown(test.y * deviation + mean), shown(found * deviation + mean)},
                std::string("set title '") + what +
                    "'\nset xrange [0:240]\nplot $data using 0:1 with points pointtype 7 pointsize "
                    "0.4 linecolor rgb "
                    "'black' title 'measured', $data using 0:2 with lines linewidth 1.5 linecolor "
                    "rgb '#e6550d' title 'forecast one step before'");
  return better;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  const auto sunspots =
      example::read_lines(example::find(arguments, "timeseries/monthly-sunspots.csv"));
  const auto temperatures =
      example::read_lines(example::find(arguments, "timeseries/daily-min-temperatures.csv"));
  utils::set_random_seed(arguments.seed);
  const int epochs = arguments.quick ? 2 : 20;
  const example::Stopwatch training;
  const double first = forecast(sunspots, layers::LSTM(64, {.dropout = 0.2}), epochs,
                                "sunspots a month, LSTM", "sunspots.png");
  const double second = forecast(temperatures, layers::GRU(32), epochs,
                                 "lowest temperature a day, GRU", "temperatures.png");
  const double worse = std::min(first, second);
  return example::finish(worse, training.seconds(), arguments.quick || worse >= 0.1);
}
