#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/random/seed_generator.h"

namespace keras::random {

// Draws depend on the seed and on an element's place alone, never on threads. An empty dtype is
// "float32", of integers "int32".

struct NormalOptions {
  double mean = 0.0;
  double stddev = 1.0;
  std::string dtype = {};
  Seed seed = {};
};
/// Keras: keras.random.normal, and so on for all below.
Tensor normal(const Shape& shape, NormalOptions options = {});
/// A normal distribution whose values beyond two standard deviations are drawn again.
Tensor truncated_normal(const Shape& shape, NormalOptions options = {});

struct UniformOptions {
  double minval = 0.0;
  double maxval = 1.0;
  std::string dtype = {};
  Seed seed = {};
};
/// In [minval, maxval). Throws DtypeError for a dtype that is no float.
Tensor uniform(const Shape& shape, UniformOptions options = {});

struct GammaOptions {
  std::string dtype = {};
  Seed seed = {};
};
/// Gamma variables of a positive `alpha`, which broadcasts to the shape, and a scale of 1.
Tensor gamma(const Shape& shape, const Tensor& alpha, GammaOptions options = {});
/// In [0, 1], by the positive `alpha` and `beta`, which broadcast to the shape.
Tensor beta(const Shape& shape, const Tensor& alpha, const Tensor& beta, GammaOptions options = {});

/// How many of `counts` trials succeed, each with the probability `probabilities`; both broadcast
/// to the shape. NaN for negative counts and probabilities outside [0, 1]. W. Hörmann, "The
/// generation of binomial random variates" (1993). The options of `gamma`.
Tensor binomial(const Shape& shape, const Tensor& counts, const Tensor& probabilities,
                GammaOptions options = {});

struct RandintOptions {
  std::string dtype = "int32";
  Seed seed = {};
};
/// In [minval, maxval). Throws DtypeError for a dtype that is no integer.
Tensor randint(const Shape& shape, std::int64_t minval, std::int64_t maxval,
               RandintOptions options = {});

/// `num_samples` classes for each row of `logits`, which hold unnormalized log-probabilities.
/// Throws ShapeError unless `logits` is (batch, classes).
Tensor categorical(const Tensor& logits, std::int64_t num_samples, RandintOptions options = {});

struct DropoutOptions {
  /// The mask's shape, which must broadcast to the input's; `kUnknown` means as the input.
  std::vector<std::int64_t> noise_shape = {};
  Seed seed = {};
};
/// Sets a share `rate` of the elements to 0 and scales the others by 1 / (1 - rate): Srivastava et
/// al., "Dropout" (2014). Throws ValueError unless 0 <= rate <= 1.
Tensor dropout(const Tensor& inputs, double rate, DropoutOptions options = {});

struct ShuffleOptions {
  int axis = 0;
  Seed seed = {};
};
/// The slices along an axis in random order.
Tensor shuffle(const Tensor& x, ShuffleOptions options = {});

}  // namespace keras::random
