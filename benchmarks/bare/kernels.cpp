#include "bare/kernels.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <dnnl.hpp>
#include <functional>
#include <limits>
#include <thread>
#include <vector>

#include "timing.h"

namespace keras::benchmarks {

namespace {

using dnnl::memory;
using Run = std::function<void()>;

/// Seconds of one run, where each thread makes its own and repeats it.
double time_in_parallel(int threads, const std::function<Run()>& make) {
  constexpr double kSeconds = 0.02;
  std::atomic<int> ready = 0;
  std::vector<double> took(static_cast<std::size_t>(threads));
  const auto work = [&](std::size_t thread) {
    omp_set_num_threads(1);
    const Run run = make();
    run();
    ++ready;
    while (ready < threads) std::this_thread::yield();
    took[thread] = durations(kSeconds, 3, run).front();
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work, static_cast<std::size_t>(i));
  work(0);
  for (std::thread& other : others) other.join();
  return *std::max_element(took.begin(), took.end());
}

memory::data_type type_of(Numbers numbers) {
  return numbers == Numbers::kFloat32 ? memory::data_type::f32 : memory::data_type::bf16;
}

memory::desc any(memory::dims dims, Numbers numbers) {
  return {std::move(dims), type_of(numbers), memory::format_tag::any};
}

/// Memory that really is there: small numbers, for zeros may share a page.
memory filled(const memory::desc& desc, const dnnl::engine& engine) {
  memory made(desc, engine);
  std::memset(made.get_data_handle(), 0x3c, desc.get_size());
  return made;
}

struct Operand {
  int id;
  memory::desc desc;
};

Run runner(const dnnl::primitive& primitive, const dnnl::engine& engine,
           const std::vector<Operand>& operands) {
  std::unordered_map<int, memory> arguments;
  for (const Operand& operand : operands)
    arguments.emplace(operand.id, filled(operand.desc, engine));
  return [primitive, arguments, stream = dnnl::stream(engine)]() mutable {
    primitive.execute(stream, arguments);
    stream.wait();
  };
}

/// The descriptors that the three kernels of a convolution start from.
struct ConvolutionShape {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  memory::desc input, weights, output;
  memory::dims strides, low, high;
  dnnl::convolution_forward::primitive_desc forward;

  ConvolutionShape(const Convolution& c, Numbers numbers)
      : input(any({c.batch, c.in_channels, c.in_height, c.in_width}, numbers)),
        weights(c.groups == 1
                    ? any({c.out_channels, c.in_channels, c.kernel, c.kernel}, numbers)
                    : any({c.groups, c.out_channels / c.groups, 1, c.kernel, c.kernel}, numbers)),
        output(any({c.batch, c.out_channels, c.out_height, c.out_width}, numbers)),
        strides{c.stride, c.stride},
        low{padding(c, c.in_height, c.out_height) / 2, padding(c, c.in_width, c.out_width) / 2},
        high{padding(c, c.in_height, c.out_height) - low[0],
             padding(c, c.in_width, c.out_width) - low[1]},
        forward(engine, dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct,
                input, weights, output, strides, low, high) {}

  static std::int64_t padding(const Convolution& c, std::int64_t in, std::int64_t out) {
    return std::max<std::int64_t>(0, (out - 1) * c.stride + c.kernel - in);
  }
};

KernelSeconds time_shares(const Convolution& share, Numbers numbers, int threads) {
  const auto forward = [&] {
    const ConvolutionShape shape(share, numbers);
    const auto& descriptor = shape.forward;
    return runner(dnnl::convolution_forward(descriptor), shape.engine,
                  {{DNNL_ARG_SRC, descriptor.src_desc()},
                   {DNNL_ARG_WEIGHTS, descriptor.weights_desc()},
                   {DNNL_ARG_DST, descriptor.dst_desc()}});
  };
  const auto input_gradient = [&] {
    const ConvolutionShape s(share, numbers);
    const dnnl::convolution_backward_data::primitive_desc descriptor(
        s.engine, dnnl::algorithm::convolution_direct, s.input, s.weights, s.output, s.strides,
        s.low, s.high, s.forward);
    return runner(dnnl::convolution_backward_data(descriptor), s.engine,
                  {{DNNL_ARG_DIFF_SRC, descriptor.diff_src_desc()},
                   {DNNL_ARG_WEIGHTS, descriptor.weights_desc()},
                   {DNNL_ARG_DIFF_DST, descriptor.diff_dst_desc()}});
  };
  const auto weight_gradient = [&] {
    const ConvolutionShape s(share, numbers);
    const dnnl::convolution_backward_weights::primitive_desc descriptor(
        s.engine, dnnl::algorithm::convolution_direct, s.input, s.weights, s.output, s.strides,
        s.low, s.high, s.forward);
    return runner(dnnl::convolution_backward_weights(descriptor), s.engine,
                  {{DNNL_ARG_SRC, descriptor.src_desc()},
                   {DNNL_ARG_DIFF_WEIGHTS, descriptor.diff_weights_desc()},
                   {DNNL_ARG_DIFF_DST, descriptor.diff_dst_desc()}});
  };
  return {time_in_parallel(threads, forward), time_in_parallel(threads, input_gradient),
          time_in_parallel(threads, weight_gradient)};
}

double time_matmul(const Product& share, Numbers numbers, int threads) {
  return time_in_parallel(threads, [&] {
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    const dnnl::matmul::primitive_desc descriptor(
        engine, any({share.batch, share.rows, share.inner}, numbers),
        any({share.batch, share.inner, share.columns}, numbers),
        any({share.batch, share.rows, share.columns}, numbers));
    return runner(dnnl::matmul(descriptor), engine,
                  {{DNNL_ARG_SRC, descriptor.src_desc()},
                   {DNNL_ARG_WEIGHTS, descriptor.weights_desc()},
                   {DNNL_ARG_DST, descriptor.dst_desc()}});
  });
}

std::int64_t divided(std::int64_t size, int threads) { return (size + threads - 1) / threads; }

/// The best way to cut a product for the threads.
double time_best_cut(const Product& product, Numbers numbers, int threads) {
  Product by_batch = product, by_rows = product, by_columns = product;
  by_batch.batch = divided(product.batch, threads);
  by_rows.rows = divided(product.rows, threads);
  by_columns.columns = divided(product.columns, threads);
  if (product.batch > 1) return time_matmul(by_batch, numbers, threads);
  return std::min(time_matmul(by_rows, numbers, threads),
                  time_matmul(by_columns, numbers, threads));
}

}  // namespace

KernelSeconds time_convolution(const Convolution& convolution, Numbers numbers, int threads) {
  Convolution by_batch = convolution, by_channels = convolution;
  by_batch.batch = divided(convolution.batch, threads);
  by_channels.out_channels = divided(convolution.out_channels, threads);
  if (convolution.groups > 1)
    by_channels.groups = by_channels.in_channels = by_channels.out_channels;
  const KernelSeconds a = time_shares(by_batch, numbers, threads);
  // An input's gradient that is cut by output channels would have to be summed: not counted.
  const KernelSeconds b = time_shares(by_channels, numbers, threads);
  return {std::min(a.forward, b.forward),
          convolution.groups > 1 ? std::min(a.input_gradient, b.input_gradient) : a.input_gradient,
          std::min(a.weight_gradient, b.weight_gradient)};
}

KernelSeconds time_product(const Product& p, Numbers numbers, int threads) {
  return {time_best_cut(p, numbers, threads),
          time_best_cut({p.batch, p.rows, p.columns, p.inner}, numbers, threads),
          time_best_cut({p.batch, p.inner, p.rows, p.columns}, numbers, threads)};
}

double bandwidth(double bytes, int threads) {
  const auto count = static_cast<std::size_t>(bytes / threads / 3 / sizeof(float));
  const double seconds = time_in_parallel(threads, [&] {
    return [a = std::vector<float>(count), b = std::vector<float>(count, 1.0F),
            c = std::vector<float>(count, 2.0F)]() mutable {
      float* out = a.data();
      const float *x = b.data(), *y = c.data();
      for (std::size_t i = 0; i < a.size(); ++i) out[i] = x[i] + 3.0F * y[i];
    };
  });
  return bytes / seconds;
}

}  // namespace keras::benchmarks
