#pragma once

#include <string_view>
#include <vector>

namespace keras::initializers {

/// A window function of `length` values by its name in scipy.signal.windows, such as "hann". A
/// periodic one is the symmetric one of one value more without its last. Throws ValueError for an
/// unknown name, and for one whose function has further arguments.
std::vector<double> window_values(std::string_view name, int length, bool periodic);

}  // namespace keras::initializers
