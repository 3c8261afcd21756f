#include "keras/layers/attention/projection.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {

initializers::Initializer fresh(const initializers::Initializer& given) {
  if (!given.defined() || given.class_name() == "function") return given;
  return initializers::Initializer::deserialize(given.serialize());
}

void check_attention_options(const std::optional<int>& sliding_window, double dropout,
                             const std::optional<bool>& flash_attention) {
  if (sliding_window && *sliding_window <= 0)
    throw ValueError(
        str("`sliding_window` must be `None` or a positive integer. Received: sliding_window=",
            *sliding_window));
  if (!(dropout >= 0 && dropout <= 1))
    throw ValueError(
        str("`dropout` must be a number between 0 and 1. Received: dropout=", dropout));
  if (!flash_attention.value_or(false)) return;
  if (dropout > 0)
    throw ValueError(
        "Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 to "
        "use flash attention.");
  throw ValueError("Flash attention is not supported.", "leave `flash_attention` unset or False.");
}

}  // namespace keras::layers
