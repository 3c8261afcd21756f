#include "keras/datasets/digits.h"

#include <cstdint>
#include <vector>

#include "keras/datasets/digits_data.h"

namespace keras::datasets::digits {
namespace {

constexpr int kTestStride = 5;
constexpr int kSide = 8;
constexpr int kPixelCount = kSide * kSide;
constexpr float kFullInk = 16.0f;

Split split_of(bool (*is_wanted)(int)) {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  for (int index = 0; index < kPictureCount; ++index) {
    if (!is_wanted(index)) continue;
    const char* picture = kPictures[index];
    labels.push_back(picture[0] - '0');
    for (int pixel = 1; pixel <= kPixelCount; ++pixel)
      pixels.push_back(static_cast<float>(picture[pixel] - 'a') / kFullInk);
  }
  const auto count = static_cast<std::int64_t>(labels.size());
  return {Tensor::from(pixels, {count, kSide, kSide, 1}), Tensor::from(labels, {count})};
}

bool is_test(int index) { return index % kTestStride == 0; }
bool is_train(int index) { return !is_test(index); }

}  // namespace

Data load_data() { return {split_of(is_train), split_of(is_test)}; }

}  // namespace keras::datasets::digits
