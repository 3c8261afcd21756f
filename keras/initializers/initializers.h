#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/initializers/initializer.h"

namespace keras::initializers {

/// Keras: keras.initializers.Zeros.
class Zeros : public Initializer {
 public:
  Zeros();
};

/// Keras: keras.initializers.Ones.
class Ones : public Initializer {
 public:
  Ones();
};

/// One value everywhere. Keras: keras.initializers.Constant.
class Constant : public Initializer {
 public:
  Constant(double value = 0.0);
};

struct IdentityOptions {
  double gain = 1.0;
};
/// gain on the diagonal of a matrix, else 0. Keras: keras.initializers.Identity.
class Identity : public Initializer {
 public:
  Identity(IdentityOptions options = {});
};

// A random initializer gives the same values at each call with the same shape: those of its seed,
// or of one drawn when the initializer is made, which `utils::set_random_seed` makes repeat.

struct RandomNormalOptions {
  double mean = 0.0;
  double stddev = 0.05;
  std::optional<std::int64_t> seed = {};
};
/// Keras: keras.initializers.RandomNormal.
class RandomNormal : public Initializer {
 public:
  RandomNormal(RandomNormalOptions options = {});
};

/// A normal distribution cut at two standard deviations. Keras: keras.initializers.TruncatedNormal.
class TruncatedNormal : public Initializer {
 public:
  TruncatedNormal(RandomNormalOptions options = {});
};

struct RandomUniformOptions {
  double minval = -0.05;
  double maxval = 0.05;
  std::optional<std::int64_t> seed = {};
};
/// In [minval, maxval). Keras: keras.initializers.RandomUniform.
class RandomUniform : public Initializer {
 public:
  RandomUniform(RandomUniformOptions options = {});
};

/// Axes of a shape that count as inputs or outputs; without them Keras's rule for dense and
/// convolution kernels holds.
using FanAxes = std::optional<std::vector<int>>;

struct VarianceScalingOptions {
  double scale = 1.0;
  std::string mode = "fan_in";                    ///< or "fan_out", "fan_avg"
  std::string distribution = "truncated_normal";  ///< or "untruncated_normal", "uniform"
  std::optional<std::int64_t> seed = {};
  FanAxes input_axes = {};
  FanAxes output_axes = {};
};
/// A variance of scale / fan. Keras: keras.initializers.VarianceScaling.
class VarianceScaling : public Initializer {
 public:
  VarianceScaling(VarianceScalingOptions options = {});
};

struct FanOptions {
  std::optional<std::int64_t> seed = {};
  FanAxes input_axes = {};
  FanAxes output_axes = {};
};
/// Variance 2 / (fan_in + fan_out): Glorot and Bengio (2010). Keras:
/// keras.initializers.GlorotUniform.
class GlorotUniform : public Initializer {
 public:
  GlorotUniform(FanOptions options = {});
};
/// Keras: keras.initializers.GlorotNormal.
class GlorotNormal : public Initializer {
 public:
  GlorotNormal(FanOptions options = {});
};
/// Variance 2 / fan_in: He et al. (2015). Keras: keras.initializers.HeUniform.
class HeUniform : public Initializer {
 public:
  HeUniform(FanOptions options = {});
};
/// Keras: keras.initializers.HeNormal.
class HeNormal : public Initializer {
 public:
  HeNormal(FanOptions options = {});
};
/// Variance 1 / fan_in: LeCun et al., "Efficient BackProp" (1998). Keras:
/// keras.initializers.LecunUniform.
class LecunUniform : public Initializer {
 public:
  LecunUniform(FanOptions options = {});
};
/// Keras: keras.initializers.LecunNormal.
class LecunNormal : public Initializer {
 public:
  LecunNormal(FanOptions options = {});
};

struct OrthogonalOptions {
  double gain = 1.0;
  std::optional<std::int64_t> seed = {};
};
/// gain times a matrix with orthonormal rows or columns, whichever are fewer; all axes but the last
/// count as rows: Saxe, McClelland and Ganguli (2013). Keras: keras.initializers.Orthogonal.
class Orthogonal : public Initializer {
 public:
  Orthogonal(OrthogonalOptions options = {});
};

/// The number of inputs and of outputs of one unit, by Keras's rule: the last two axes times the
/// size of those before them.
std::pair<std::int64_t, std::int64_t> compute_fans(const Shape& shape,
                                                   const FanAxes& input_axes = {},
                                                   const FanAxes& output_axes = {});

}  // namespace keras::initializers
