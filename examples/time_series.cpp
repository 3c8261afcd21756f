// Forecasts the next value of two series, sunspots with an LSTM and temperatures with a GRU, and
// compares the error with that of the naive forecast: the next value is the last one.

#include <keras/keras.h>

#include <cmath>
#include <cstdio>

#include "example_data.h"

using namespace keras;

namespace {

struct Windows {
  Tensor x;  ///< (n, length, 1)
  Tensor y;  ///< (n, 1), what comes after each window
};

Windows windows_of(const std::vector<float>& series, std::size_t begin, std::size_t end,
                   std::size_t length) {
  std::vector<float> x, y;
  for (std::size_t i = begin; i + length < end; ++i) {
    for (std::size_t k = 0; k < length; ++k) x.push_back(series[i + k]);
    y.push_back(series[i + length]);
  }
  const auto count = static_cast<std::int64_t>(y.size());
  return {Tensor::from(x, {count, static_cast<std::int64_t>(length), 1}),
          Tensor::from(y, {count, 1})};
}

double rmse(const Tensor& a, const Tensor& b) {
  return std::sqrt(ops::mean(ops::square(a - b)).item<double>());
}

/// How much better than the naive forecast, in per cent of its error.
double forecast(const std::vector<std::string>& lines, const Layer& recurrent, std::size_t length,
                int epochs, const char* what) {
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
  const Windows train = windows_of(series, 0, seen, length);
  const Windows test = windows_of(series, seen - length, series.size(), length);

  // What the network finds is added to the last value.
  const Tensor input = Input({static_cast<std::int64_t>(length), 1});
  const Tensor last = ops::reshape(ops::slice_axis(input, 1, static_cast<std::int64_t>(length) - 1,
                                                   static_cast<std::int64_t>(length)),
                                   {-1, 1});
  const Model model(input,
                    layers::Dense(1, {.kernel_initializer = "zeros"})(recurrent(input)) + last);
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 1e-3}), .loss = "mse"});
  model.fit(train.x, train.y,
            {.batch_size = 32,
             .epochs = epochs,
             .verbose = 0,
             .callbacks = {callbacks::EarlyStopping(
                 {.monitor = "val_loss", .patience = 10, .restore_best_weights = true})},
             .validation_split = 0.15});

  const Tensor naive = ops::slice_axis(test.x, 1, static_cast<std::int64_t>(length) - 1,
                                       static_cast<std::int64_t>(length));
  const double error = rmse(model.predict(test.x, {.verbose = 0}), test.y) * deviation;
  const double naive_error = rmse(ops::reshape(naive, {-1, 1}), test.y) * deviation;
  const double better = 100 * (1 - error / naive_error);
  std::printf("%s: error %.3f, naive forecast %.3f: %.1f %% better\n", what, error, naive_error,
              better);
  return better;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  const auto sunspots =
      example::read_lines(example::find(arguments, "timeseries/monthly-sunspots.csv"));
  const auto temperatures =
      example::read_lines(example::find(arguments, "timeseries/daily-min-temperatures.csv"));
  utils::set_random_seed(1);
  const int epochs = arguments.quick ? 2 : 100;
  const double first = forecast(sunspots, layers::LSTM(32), 60, epochs, "sunspots a month, LSTM");
  const double second =
      forecast(temperatures, layers::GRU(32), 30, epochs, "lowest temperature a day, GRU");
  return arguments.quick || (first > 0 && second > 0) ? 0 : 1;
}
