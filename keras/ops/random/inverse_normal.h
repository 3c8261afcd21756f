#pragma once

namespace keras::ops {

/// The standard normal distribution's quantile of a probability in (0, 1).
double inverse_normal(double probability);

}  // namespace keras::ops
