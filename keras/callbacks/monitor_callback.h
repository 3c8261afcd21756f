#pragma once

#include <optional>
#include <string>

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// What watches one of the logged values and knows when it got better.
class MonitorCallbackImpl : public CallbackImpl {
 public:
  struct Monitor {
    std::string class_name;
    std::string monitor = "val_loss";
    std::string mode = "auto";  ///< "min", "max" or "auto": by the metric's kind
    double min_delta = 0;
  };

  /// Warns of an unknown mode and takes "auto".
  explicit MonitorCallbackImpl(Monitor options);

 protected:
  const std::string& monitor() const { return options_.monitor; }
  /// Better than the reference by more than min_delta; anything is better than nothing. Throws
  /// ValueError when it is not known which direction is better.
  bool is_improvement(double value, std::optional<double> reference);

 private:
  enum class Direction { kUnknown, kDown, kUp };
  Direction find_direction() const;

  Monitor options_;
  Direction direction_ = Direction::kUnknown;
};

}  // namespace keras::callbacks
