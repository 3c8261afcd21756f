#include "keras/initializers/window_functions.h"

#include <cmath>
#include <numbers>
#include <string>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::initializers {
namespace {

constexpr double kPi = std::numbers::pi;
using Window = std::vector<double>;

/// The values of a function of the place, counted from 0.
template <typename Function>
Window tabulated(int count, Function function) {
  Window window;
  for (int n = 0; n < count; ++n) window.push_back(function(static_cast<double>(n)));
  return window;
}

/// The place as a number from -1 to 1.
double centered(double n, int count) { return 2 * n / (count - 1) - 1; }

Window cosine_sum(int count, const std::vector<double>& weights) {
  return tabulated(count, [&](double n) {
    double sum = 0;
    for (std::size_t k = 0; k < weights.size(); ++k)
      sum += weights[k] * std::cos(static_cast<double>(k) * kPi * centered(n, count));
    return sum;
  });
}

Window boxcar(int count) { return Window(static_cast<std::size_t>(count), 1.0); }
Window hann(int count) { return cosine_sum(count, {0.5, 0.5}); }
Window hamming(int count) { return cosine_sum(count, {0.54, 0.46}); }
Window blackman(int count) { return cosine_sum(count, {0.42, 0.50, 0.08}); }
Window nuttall(int count) {
  return cosine_sum(count, {0.3635819, 0.4891775, 0.1365995, 0.0106411});
}
Window blackmanharris(int count) { return cosine_sum(count, {0.35875, 0.48829, 0.14128, 0.01168}); }
Window flattop(int count) {
  return cosine_sum(count, {0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368});
}

Window triang(int count) {
  const int steps = count + count % 2;
  return tabulated(count, [=](double n) {
    const double rank = n + 1 <= (count + 1) / 2 ? n + 1 : count - n;
    return (2 * rank - (count % 2 == 0 ? 1 : 0)) / (count % 2 == 0 ? count : steps);
  });
}

Window bartlett(int count) {
  return tabulated(count, [=](double n) { return 1 - std::abs(centered(n, count)); });
}

Window parzen(int count) {
  return tabulated(count, [=](double n) {
    const double distance = std::abs(n - (count - 1) / 2.0);
    const double share = distance / (count / 2.0);
    if (distance > (count - 1) / 4.0) return 2 * std::pow(1 - share, 3);
    return 1 - 6 * share * share + 6 * share * share * share;
  });
}

Window bohman(int count) {
  return tabulated(count, [=](double n) {
    const double share = std::abs(centered(n, count));
    if (n == 0 || n == count - 1) return 0.0;
    return (1 - share) * std::cos(kPi * share) + std::sin(kPi * share) / kPi;
  });
}

Window barthann(int count) {
  return tabulated(count, [=](double n) {
    const double share = std::abs(n / (count - 1) - 0.5);
    return 0.62 - 0.48 * share + 0.38 * std::cos(2 * kPi * share);
  });
}

Window cosine(int count) {
  return tabulated(count, [=](double n) { return std::sin(kPi / count * (n + 0.5)); });
}

Window exponential(int count) {
  return tabulated(count, [=](double n) { return std::exp(-std::abs(n - (count - 1) / 2.0)); });
}

/// Flat in the middle half.
Window tukey(int count) {
  return tabulated(count, [=](double n) {
    const double width = std::floor((count - 1) / 4.0);
    const double place = std::min(n, count - 1 - n);
    return place > width ? 1.0 : 0.5 * (1 + std::cos(kPi * (4 * place / (count - 1) - 1)));
  });
}

Window lanczos(int count) {
  return tabulated(count, [=](double n) {
    const double x = kPi * centered(n, count);
    return x == 0 ? 1.0 : std::sin(x) / x;
  });
}

/// With four nearly constant side lobes, 30 dB down.
Window taylor(int count) {
  constexpr int kLobes = 4;
  const double a = std::acosh(std::pow(10, 30.0 / 20)) / kPi;
  const double stretch = kLobes * kLobes / (a * a + (kLobes - 0.5) * (kLobes - 0.5));
  std::vector<double> weights;
  for (int m = 1; m < kLobes; ++m) {
    double above = m % 2 == 0 ? -1 : 1, below = 2;
    for (int k = 1; k < kLobes; ++k) {
      above *= 1 - m * m / stretch / (a * a + (k - 0.5) * (k - 0.5));
      if (k != m) below *= 1 - static_cast<double>(m * m) / (k * k);
    }
    weights.push_back(above / below);
  }
  const auto value = [&](double n) {
    double sum = 1;
    for (int m = 1; m < kLobes; ++m)
      sum += 2 * weights[static_cast<std::size_t>(m - 1)] *
             std::cos(2 * kPi * m * (n - count / 2.0 + 0.5) / count);
    return sum;
  };
  const double peak = value((count - 1) / 2.0);
  return tabulated(count, [&](double n) { return value(n) / peak; });
}

struct Row {
  std::vector<std::string_view> names;
  Window (*function)(int count);
};

const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {{"barthann", "brthan", "bth"}, barthann},
      {{"bartlett", "bart", "brt"}, bartlett},
      {{"blackman", "black", "blk"}, blackman},
      {{"blackmanharris", "blackharr", "bkh"}, blackmanharris},
      {{"bohman", "bman", "bmn"}, bohman},
      {{"boxcar", "box", "ones", "rect", "rectangular"}, boxcar},
      {{"cosine", "halfcosine"}, cosine},
      {{"exponential", "poisson"}, exponential},
      {{"flattop", "flat", "flt"}, flattop},
      {{"hamming", "hamm", "ham"}, hamming},
      {{"hann", "han"}, hann},
      {{"lanczos", "sinc"}, lanczos},
      {{"nuttall", "nutl", "nut"}, nuttall},
      {{"parzen", "parz", "par"}, parzen},
      {{"taylor", "taylorwin"}, taylor},
      {{"triangle", "triang", "tri"}, triang},
      {{"tukey", "tuk"}, tukey},
  };
  return table;
}

}  // namespace

std::vector<double> window_values(std::string_view name, int length, bool periodic) {
  for (const auto& row : rows())
    for (const auto& known : row.names) {
      if (known != name) continue;
      if (length <= 1) return boxcar(length);
      Window window = row.function(periodic ? length + 1 : length);
      window.resize(static_cast<std::size_t>(length));
      return window;
    }
  std::vector<std::string> known;
  for (const auto& row : rows()) known.emplace_back(row.names.front());
  throw ValueError(str("Unknown window type '", name, "'."),
                   str("one of ", join(known, ", "), ", or a list of the window's values."));
}

}  // namespace keras::initializers
