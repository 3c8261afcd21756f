#include "keras/trainers/fit_options.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::trainers {

Verbose::Verbose(const char* name) {
  if (std::string_view(name) != "auto")
    throw ValueError(str("`verbose` must be \"auto\", 0, 1 or 2. Received: verbose=", name));
}

Verbose::Verbose(int level) : level_(level) {
  if (level < 0 || level > 2)
    throw ValueError(str("`verbose` must be \"auto\", 0, 1 or 2. Received: verbose=", level));
}

Shuffle::Shuffle(const char* name) : within_batches_(true) {
  if (std::string_view(name) != "batch")
    throw ValueError(str("`shuffle` must be true, false or \"batch\". Received: shuffle=", name));
}

ValidationFreq::ValidationFreq(int every) : every_(every) {
  if (every < 1)
    throw ValueError(
        str("`validation_freq` must be a positive integer or a list of epochs. "
            "Received: validation_freq=",
            every));
}

bool ValidationFreq::includes(int epoch) const {
  if (every_ > 0) return (epoch + 1) % every_ == 0;
  return std::find(epochs_.begin(), epochs_.end(), epoch + 1) != epochs_.end();
}

}  // namespace keras::trainers
