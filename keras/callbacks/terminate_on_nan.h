#pragma once

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// Arguments of TerminateOnNaN.
struct TerminateOnNaNOptions {
  bool raise_error = false;  ///< throw instead of ending training quietly
};

/// Stops training at the first batch whose loss is NaN or infinite. Keras:
/// keras.callbacks.TerminateOnNaN.
class TerminateOnNaN : public Callback {
 public:
  explicit TerminateOnNaN(TerminateOnNaNOptions options = {});
};

}  // namespace keras::callbacks
