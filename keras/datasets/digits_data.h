#pragma once

namespace keras::datasets::digits {

inline constexpr int kPictureCount = 1797;

/// A picture a row: the label as a decimal digit, then 64 pixels from the top left on, `a` (no ink)
/// to `q` (16 of 16).
extern const char kPictures[kPictureCount][66];

}  // namespace keras::datasets::digits
