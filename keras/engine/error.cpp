#include "keras/engine/error.h"

#include <utility>

namespace keras {

Error::Error(std::string message, std::string fix)
    : message_(std::move(message)), fix_(std::move(fix)) {
  compose();
}

void Error::add_frame(std::string_view frame) {
  path_.emplace_back(frame);
  compose();
}

void Error::compose() {
  text_ = message_;
  if (!path_.empty()) {
    text_ += "\n  in: ";
    for (auto frame = path_.rbegin(); frame != path_.rend(); ++frame) {
      if (frame != path_.rbegin()) text_ += " › ";
      text_ += *frame;
    }
  }
  if (!fix_.empty()) text_ += "\n  fix: " + fix_;
}

}  // namespace keras
