#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;

const std::vector<float> kSignal = {1, 2, -1, 3, 0.5f, -2, 1, 4};
Tensor signal() { return Tensor::from(kSignal, {8}); }

void expect_parts(const Complex& x, const Shape& shape, const std::vector<float>& real,
                  const std::vector<float>& imag) {
  expect_values(x.real, shape, real, 2e-5f);
  expect_values(x.imag, shape, imag, 2e-5f);
}

TEST(Fft, IsKeras) {
  const Complex x = {Tensor::of<float>({1, 2, -1}), Tensor::of<float>({3, 0.5f, -2})};
  expect_parts(fft(x), {3}, {2, 2.66506f, -1.66506f}, {1.5f, 1.15192f, 6.34808f});
  expect_parts(rfft(signal()), {5}, {8.5f, 4.03553f, 1.5f, -3.03553f, -5.5f},
               {0, -0.12132f, 7, -4.12132f, 0});
  expect_parts(rfft(signal(), {.fft_length = 5}), {3}, {5.5f, 0.15451f, -0.40451f},
               {0, 0.92456f, -4.6859f});
  const Complex half = {Tensor::of<float>({1, 2, 3}), Tensor::of<float>({4, 5, 6})};
  expect_values(irfft(half), {4}, {2, -3, 0, 2}, 2e-5f);
  expect_values(irfft(half, {.fft_length = 5}), {5},
                {2.2f, -3.8364f, 1.03057f, -1.18336f, 2.78919f}, 2e-5f);
}

TEST(Fft, LeadsBack) {
  for (const std::int64_t size : {1, 6, 67}) {
    const Tensor x = cast(distinct({2, size, 4}), DType::kFloat64).eval();
    const Complex there = fft2({x, zeros_like(x)});
    const Tensor back = ifft2(there).real;
    EXPECT_LT(max(abs(back - x)).item<double>(), 1e-12) << size;
  }
  expect_values(irfft(rfft(signal())), {8}, kSignal, 2e-6f);
}

TEST(Stft, IsKeras) {
  const Complex x = stft(signal(), 3, 2, 4, {.window = "hamming"});
  expect_parts(x, {5, 3},
               {2.23f, -0.85f, -0.85f, 0.85f, 0.85f, -2.23f, 2.615f, -0.465f, -2.005f, -0.73f,
                -0.73f, 2.35f, 3.93f, -0.69f, -2.23f},
               {0, -1.54f, 0, 0, -1.54f, 0, 0, -2.31f, 0, 0, 1.54f, 0, 0, -3.08f, 0});
  expect_values(istft(x, 3, 2, 4, {.window = "hamming"}), {8}, kSignal, 2e-5f);
  expect_values(istft(x, 3, 2, 4, {.length = 2, .window = "hamming"}), {2}, {1, 2}, 2e-5f);
  const Complex plain = stft(signal(), 4, 2, 4, {.window = {}, .center = false});
  expect_parts(plain, {3, 3}, {5, 2, -5, 0.5f, -1.5f, -1.5f, 3.5f, -0.5f, -0.5f},
               {0, 1, 0, 0, -5, 0, 0, 6, 0});
  expect_values(istft(plain, 4, 2, 4, {.window = {}, .center = false}), {8},
                {2, 4, -2, 6, 1, -4, 2, 8}, 2e-5f);
}

TEST(Fft, HasGradients) {
  expect_gradients(
      [](const Tensors& in) {
        return fft({in[0], in[1]}).imag;
      },
      {distinct({2, 3}), distinct({2, 3})});
  expect_gradients([](const Tensors& in) { return square(rfft(in[0]).real); }, {distinct({6})});
  expect_gradients(
      [](const Tensors& in) {
        return irfft({in[0], in[1]});
      },
      {distinct({4}), distinct({4})});
  expect_gradients(
      [](const Tensors& in) {
        const Complex x = stft(in[0], 4, 2, 4);
        return square(x.real) + square(x.imag);
      },
      {distinct({9})});
}

TEST(Fft, RefusesBadArguments) {
  const Tensor x = signal();
  expect_error<ValueError>([&] { fft({x, Tensor::of<float>({1})}); }, "should have the same shape");
  expect_error<ValueError>([&] { fft({Tensor(1), Tensor(1)}); }, "needs float tensors");
  expect_error<ValueError>([&] { fft2({x, x}); }, "Input should have rank >= 2");
  expect_error<ValueError>([&] { rfft(x, {.fft_length = 0}); }, "fft_length must be positive");
  expect_error<ValueError>([&] { stft(x, 8, 4, 4); }, "`fft_length` must equal or larger than");
  expect_error<ValueError>([&] { stft(x, 4, 2, 4, {.window = "kaiser"}); },
                           "it must be one of `\"hann\"`, `\"hamming\"`");
  expect_error<ValueError>([&] { stft(x, 4, 2, 4, {.window = Tensor::of<float>({1})}); },
                           "The shape of `window` must be equal to [sequence_length]");
  expect_error<ValueError>([&] { istft({x, x}, 4, 2, 4); }, "must have at least 2 dimensions");
}

}  // namespace
}  // namespace keras::ops
