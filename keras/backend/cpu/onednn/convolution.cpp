#include "keras/backend/cpu/onednn/convolution.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "keras/backend/cpu/onednn/post_ops.h"
#include "keras/backend/cpu/onednn/primitive.h"
#include "keras/backend/cpu/onednn/small_product.h"
#include "keras/backend/cpu/onednn/staged_kernel.h"
#include "keras/backend/cpu/onednn/weight_layout.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/conv.h"

namespace keras::backend::cpu {
namespace {

using Dims = dnnl::memory::dims;
using Descriptor = dnnl::memory::desc;

/// A multiplication takes so many times as long where outputs see one channel: it is loaded for it.
constexpr std::int64_t kSingleChannelSlowness = 8;

std::int64_t product(const Dims& dims, std::size_t from = 0) {
  return std::accumulate(dims.begin() + static_cast<std::ptrdiff_t>(from), dims.end(),
                         std::int64_t{1}, std::multiplies<>());
}

/// A channels-last tensor in oneDNN's logical order (batch, channels, spatial…).
Dims channels_first_dims(const Shape& shape) {
  Dims dims = {shape[0], shape[-1]};
  for (int axis = 1; axis + 1 < shape.rank(); ++axis) dims.push_back(shape[axis]);
  return dims;
}

Descriptor channels_last(const Dims& dims, dnnl::memory::data_type type) {
  Dims strides(dims.size());
  strides[1] = 1;
  std::int64_t step = dims[1];
  for (std::size_t i = dims.size(); i-- > 2;) {
    strides[i] = step;
    step *= dims[i];
  }
  strides[0] = step;
  return {dims, type, strides};
}

Descriptor any_layout(const Descriptor& desc) {
  return {desc.get_dims(), desc.get_data_type(), dnnl::memory::format_tag::any};
}

/// Keras's kernel (spatial…, in / groups, out) in oneDNN's logical order ([groups,] out, in,
/// spatial…).
Descriptor keras_kernel(const Shape& shape, std::int64_t groups, dnnl::memory::data_type type) {
  const std::int64_t in = shape[-2];
  const std::int64_t out = shape[-1];
  Dims dims = {out / groups, in};
  Dims strides = {1, out};
  std::int64_t step = in * out;
  Dims spatial_strides;
  for (int axis = shape.rank() - 3; axis >= 0; --axis) {
    spatial_strides.insert(spatial_strides.begin(), step);
    step *= shape[axis];
  }
  for (int axis = 0; axis + 2 < shape.rank(); ++axis) dims.push_back(shape[axis]);
  strides.insert(strides.end(), spatial_strides.begin(), spatial_strides.end());
  if (groups > 1) {
    dims.insert(dims.begin(), groups);
    strides.insert(strides.begin(), out / groups);
  }
  return {dims, type, strides};
}

/// The parts of a convolution that do not depend on the direction.
struct Geometry {
  /// `layout` is the kernel's.
  Geometry(const ConvolutionProblem& p, const Shape& input, const Shape& kernel,
           const Shape& output, DType dtype, const engine::LayoutPtr& layout)
      : problem(p),
        type(onednn_type(dtype)),
        element(dtype_size(dtype)),
        input_dims(channels_first_dims(input)),
        output_dims(channels_first_dims(output)),
        kernel_desc(described(layout, keras_kernel(kernel, p.groups, type))),
        kernel_size(kernel.size()),
        work(product(output_dims) * kernel.slice(0, -1).size() *
             (kernel[-2] == 1 ? kSingleChannelSlowness : 1)) {
    for (const auto step : p.dilation) dilation.push_back(step - 1);
  }

  int parts(int threads) const { return parts_for_product(work, threads); }
  Descriptor input(std::int64_t batch) const {
    return channels_last(with_batch(input_dims, batch), type);
  }
  Descriptor output(std::int64_t batch) const {
    return channels_last(with_batch(output_dims, batch), type);
  }
  std::size_t input_offset(std::int64_t first) const {
    return static_cast<std::size_t>(first * product(input_dims, 1)) * element;
  }
  std::size_t output_offset(std::int64_t first) const {
    return static_cast<std::size_t>(first * product(output_dims, 1)) * element;
  }
  static Dims with_batch(Dims dims, std::int64_t batch) {
    dims[0] = batch;
    return dims;
  }
  /// The convolution alone, which its gradients refer to.
  dnnl::convolution_forward::primitive_desc forward(std::int64_t batch) const {
    return forward(input(batch), output(batch), problem.pad_low, problem.pad_high, {}, {});
  }
  dnnl::convolution_forward::primitive_desc forward(const Descriptor& in, const Descriptor& out,
                                                    const Dims& low, const Dims& high,
                                                    const Descriptor& bias,
                                                    const dnnl::post_ops& epilogue) const {
    auto attributes = user_scratchpad();
    attributes.set_post_ops(epilogue);
    return {onednn_engine(),
            dnnl::prop_kind::forward_training,
            dnnl::algorithm::convolution_direct,
            in,
            any_layout(kernel_desc),
            bias,
            out,
            problem.strides,
            dilation,
            low,
            high,
            attributes};
  }

  const ConvolutionProblem& problem;
  dnnl::memory::data_type type;
  std::size_t element;
  Dims input_dims;
  Dims output_dims;
  Descriptor kernel_desc;
  std::int64_t kernel_size;
  Dims dilation;
  std::int64_t work;
};

/// Adds the stage that brings the kernel into the layout that the primitive wants, if it is not
/// the same; gives the place to read it from.
Place arranged_kernel(StagedKernel& kernel, const Descriptor& from, const Descriptor& to,
                      int input) {
  if (from == to) return Place::input(input);
  const Place place = Place::scratch(kernel.reserve(to.get_size()));
  kernel.add(reorder(from, to), {Place::input(input), place});
  kernel.next_stage();
  return place;
}

Descriptor bias_desc(const Geometry& geometry) {
  if (!geometry.problem.bias) return {};
  return {{geometry.output_dims[1]}, geometry.type, dnnl::memory::format_tag::a};
}

/// Output rows [first, last) of a single image: which input rows they need, and the padding that is
/// left at both ends.
struct RowBand {
  std::int64_t input_first, input_last, low, high;
};

RowBand row_band(const Geometry& geometry, std::int64_t first, std::int64_t last) {
  const auto& problem = geometry.problem;
  const std::int64_t stride = problem.strides[0];
  const Dims kernel = geometry.kernel_desc.get_dims();
  const std::size_t spatial = problem.strides.size();
  const std::int64_t extent = (kernel[kernel.size() - spatial] - 1) * problem.dilation[0] + 1;
  const std::int64_t begin = first * stride - problem.pad_low[0];
  const std::int64_t end = (last - 1) * stride - problem.pad_low[0] + extent;
  const std::int64_t rows = geometry.input_dims[2];
  return {std::clamp<std::int64_t>(begin, 0, rows), std::clamp<std::int64_t>(end, 0, rows),
          std::max<std::int64_t>(0, -begin), std::max<std::int64_t>(0, end - rows)};
}

class ForwardPlanner {
 public:
  ForwardPlanner(const Geometry& geometry, const engine::KernelCall& call)
      : geometry_(geometry),
        parts_(geometry.parts(call.threads)),
        bias_(bias_desc(geometry)),
        operands_(epilogue_operands(call, geometry.problem.bias ? 3 : 2)) {}

  std::unique_ptr<engine::PreparedKernel> plan() {
    const std::int64_t batch = geometry_.input_dims[0];
    if (batch >= parts_) {
      cut_batch(batch);
    } else {
      cut_rows(batch);
    }
    return std::move(kernel_);
  }

 private:
  void cut_batch(std::int64_t batch) {
    const auto bounds = cut(batch, parts_);
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i)
      add(describe(geometry_.input(bounds[i + 1] - bounds[i]),
                   geometry_.output(bounds[i + 1] - bounds[i]), geometry_.problem.pad_low,
                   geometry_.problem.pad_high),
          geometry_.input_offset(bounds[i]), geometry_.output_offset(bounds[i]));
  }

  /// Few images: every image is cut into bands of rows.
  void cut_rows(std::int64_t batch) {
    const std::size_t input_row =
        static_cast<std::size_t>(product(geometry_.input_dims, 3) * geometry_.input_dims[1]) *
        geometry_.element;
    const std::size_t output_row =
        static_cast<std::size_t>(product(geometry_.output_dims, 3) * geometry_.output_dims[1]) *
        geometry_.element;
    const auto bounds =
        cut(geometry_.output_dims[2], static_cast<int>((parts_ + batch - 1) / batch));
    for (std::int64_t image = 0; image < batch; ++image)
      for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
        const RowBand band = row_band(geometry_, bounds[i], bounds[i + 1]);
        Dims in = Geometry::with_batch(geometry_.input_dims, 1);
        Dims out = Geometry::with_batch(geometry_.output_dims, 1);
        in[2] = band.input_last - band.input_first;
        out[2] = bounds[i + 1] - bounds[i];
        Dims low = geometry_.problem.pad_low;
        Dims high = geometry_.problem.pad_high;
        low[0] = band.low;
        high[0] = band.high;
        add(describe(channels_last(in, geometry_.type), channels_last(out, geometry_.type), low,
                     high),
            geometry_.input_offset(image) + static_cast<std::size_t>(band.input_first) * input_row,
            geometry_.output_offset(image) + static_cast<std::size_t>(bounds[i]) * output_row);
      }
  }

  dnnl::convolution_forward::primitive_desc describe(const Descriptor& in, const Descriptor& out,
                                                     const Dims& low, const Dims& high) const {
    std::vector<Descriptor> descs;
    for (const auto& operand : operands_) descs.push_back(operand_desc(operand, out));
    return geometry_.forward(in, out, low, high, bias_,
                             post_ops(geometry_.problem.epilogue, descs));
  }

  bool by_channel(const EpilogueOperand& operand) const {
    return operand.spec.shape.size() == geometry_.output_dims[1];
  }
  Descriptor operand_desc(const EpilogueOperand& operand, const Descriptor& out) const {
    Dims dims = out.get_dims();
    if (by_channel(operand)) {
      dims.assign(dims.size(), 1);
      dims[1] = geometry_.output_dims[1];
    }
    return channels_last(dims, onednn_type(operand.spec.dtype));
  }

  void add(const dnnl::convolution_forward::primitive_desc& descriptor, std::size_t input_offset,
           std::size_t output_offset) {
    const Descriptor wanted = descriptor.weights_desc();
    if (!arranged_ || wanted != arranged_desc_) {
      arranged_place_ = arranged_kernel(*kernel_, geometry_.kernel_desc, wanted, 1);
      arranged_desc_ = wanted;
      arranged_ = true;
    }
    std::vector<Primitive::Argument> arguments = {{DNNL_ARG_SRC, descriptor.src_desc()},
                                                  {DNNL_ARG_WEIGHTS, wanted},
                                                  {DNNL_ARG_DST, descriptor.dst_desc()}};
    std::vector<Place> places = {Place::input(0, input_offset), arranged_place_,
                                 Place::output(0, output_offset)};
    if (geometry_.problem.bias) {
      arguments.push_back({DNNL_ARG_BIAS, bias_});
      places.push_back(Place::input(2));
    }
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      const auto& operand = operands_[i];
      arguments.push_back({post_op_argument(geometry_.problem.epilogue, i),
                           operand_desc(operand, descriptor.dst_desc())});
      const std::size_t offset = output_offset / geometry_.element * dtype_size(operand.spec.dtype);
      places.push_back(operand.place.after(by_channel(operand) ? 0 : offset));
    }
    kernel_->add(std::make_shared<Primitive>(descriptor, dnnl::convolution_forward(descriptor),
                                             std::move(arguments)),
                 std::move(places));
  }

  const Geometry& geometry_;
  int parts_;
  Descriptor bias_;
  std::vector<EpilogueOperand> operands_;
  std::unique_ptr<StagedKernel> kernel_ = std::make_unique<StagedKernel>();
  bool arranged_ = false;
  Descriptor arranged_desc_;
  Place arranged_place_;
};

std::unique_ptr<engine::PreparedKernel> prepare_input_gradient(const ConvolutionProblem& problem,
                                                               const engine::KernelCall& call) {
  const Shape& weights = call.inputs[1].shape;
  const bool sums = call.outputs[0].dtype == DType::kFloat32;
  if (!call.input_layout(1) && (is_pointwise(problem, weights) ||
                                (sums && is_matmul(problem, weights, call.inputs[0].shape))))
    return prepare_input_gradient_as_matmul(problem, call);
  const SequentialOpenMp sequential;
  const Geometry geometry(problem, call.outputs[0].shape, call.inputs[1].shape,
                          call.inputs[0].shape, call.outputs[0].dtype, call.input_layout(1));
  auto kernel = std::make_unique<StagedKernel>();
  const auto bounds = cut(geometry.input_dims[0], geometry.parts(call.threads));
  Descriptor arranged;
  Place place;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const std::int64_t batch = bounds[i + 1] - bounds[i];
    const dnnl::convolution_backward_data::primitive_desc descriptor(
        onednn_engine(), dnnl::algorithm::convolution_direct, geometry.input(batch),
        any_layout(geometry.kernel_desc), geometry.output(batch), problem.strides,
        geometry.dilation, problem.pad_low, problem.pad_high, geometry.forward(batch),
        user_scratchpad());
    if (i == 0 || descriptor.weights_desc() != arranged) {
      arranged = descriptor.weights_desc();
      place = arranged_kernel(*kernel, geometry.kernel_desc, arranged, 1);
    }
    kernel->add(std::make_shared<Primitive>(descriptor, dnnl::convolution_backward_data(descriptor),
                                            std::vector<Primitive::Argument>{
                                                {DNNL_ARG_DIFF_DST, descriptor.diff_dst_desc()},
                                                {DNNL_ARG_WEIGHTS, arranged},
                                                {DNNL_ARG_DIFF_SRC, descriptor.diff_src_desc()}}),
                {Place::input(0, geometry.output_offset(bounds[i])), place,
                 Place::output(0, geometry.input_offset(bounds[i]))});
  }
  return kernel;
}

/// Adds what lies at `partial` to the output, both in one layout: cut anywhere.
void add_up(StagedKernel& kernel, const Geometry& geometry, const Place& partial, int threads) {
  constexpr std::int64_t kElementsWorthAThread = 1 << 14;
  constexpr std::int64_t kGrain = 1 << 10;
  const std::int64_t size = geometry.kernel_size;
  const auto parts = std::clamp<std::int64_t>(size / kElementsWorthAThread, 1, threads);
  const auto bounds = cut(size, static_cast<int>(parts), kGrain);
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const Descriptor run({bounds[i + 1] - bounds[i]}, geometry.type, dnnl::memory::format_tag::a);
    const std::size_t offset = static_cast<std::size_t>(bounds[i]) * geometry.element;
    kernel.add(reorder(run, run, true),
               {Place::scratch(partial.offset + offset), Place::output(0, offset)});
  }
}

/// Every part of the batch gives a gradient of its own; they are added in a fixed order.
std::unique_ptr<engine::PreparedKernel> prepare_kernel_gradient(const ConvolutionProblem& problem,
                                                                const engine::KernelCall& call) {
  // Another use of the same weights may have given them a layout.
  if (!call.output_layout(0) && is_matmul(problem, call.outputs[0].shape, call.inputs[1].shape))
    return prepare_kernel_gradient_as_matmul(problem, call);
  const SequentialOpenMp sequential;
  const Geometry geometry(problem, call.inputs[0].shape, call.outputs[0].shape,
                          call.inputs[1].shape, call.outputs[0].dtype, call.output_layout(0));
  auto kernel = std::make_unique<StagedKernel>();
  const auto bounds = cut(geometry.input_dims[0], geometry.parts(call.threads));
  std::vector<std::pair<Descriptor, Place>> partial;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const std::int64_t batch = bounds[i + 1] - bounds[i];
    const dnnl::convolution_backward_weights::primitive_desc descriptor(
        onednn_engine(), dnnl::algorithm::convolution_direct, geometry.input(batch),
        any_layout(geometry.kernel_desc), geometry.output(batch), problem.strides,
        geometry.dilation, problem.pad_low, problem.pad_high, geometry.forward(batch),
        user_scratchpad());
    const Descriptor own = descriptor.diff_weights_desc();
    const bool in_place = i == 0 && own == geometry.kernel_desc;
    partial.emplace_back(
        own, in_place ? Place::output(0) : Place::scratch(kernel->reserve(own.get_size())));
    kernel->add(
        std::make_shared<Primitive>(
            descriptor, dnnl::convolution_backward_weights(descriptor),
            std::vector<Primitive::Argument>{{DNNL_ARG_SRC, descriptor.src_desc()},
                                             {DNNL_ARG_DIFF_DST, descriptor.diff_dst_desc()},
                                             {DNNL_ARG_DIFF_WEIGHTS, own}}),
        {Place::input(0, geometry.input_offset(bounds[i])),
         Place::input(1, geometry.output_offset(bounds[i])), partial.back().second});
  }
  for (std::size_t i = 0; i < partial.size(); ++i) {
    const auto& [own, place] = partial[i];
    if (place.kind == Place::Kind::kOutput) continue;
    kernel->next_stage();
    if (i > 0 && own == geometry.kernel_desc) {
      add_up(*kernel, geometry, place, call.threads);
    } else {
      kernel->add(reorder(own, geometry.kernel_desc, i > 0), {place, Place::output(0)});
    }
  }
  return kernel;
}

}  // namespace

std::string convolution_refusal(const engine::KernelCall& call) {
  if (auto reason = type_refusal(call.outputs[0].dtype); !reason.empty()) return reason;
  for (const auto& spec : {call.inputs[0], call.inputs[1], call.outputs[0]})
    if (spec.shape.size() == 0) return "takes no empty operands";
  return {};
}

engine::LayoutPtr convolution_kernel_layout(const ConvolutionProblem& problem,
                                            const engine::KernelCall& call, bool read_only) {
  const Shape& kernel = call.inputs[1].shape;
  if (read_only && (is_pointwise(problem, kernel) || is_small_matmul(problem, call)))
    return matmul_kernel_layout(problem, call);
  if (is_pointwise(problem, kernel)) return nullptr;
  if (!read_only && is_matmul(problem, kernel, call.outputs[0].shape)) return nullptr;
  const SequentialOpenMp sequential;
  const Geometry geometry(problem, call.inputs[0].shape, kernel, call.outputs[0].shape,
                          call.outputs[0].dtype, nullptr);
  const auto bounds = cut(geometry.input_dims[0], geometry.parts(call.threads));
  const auto forward = geometry.forward(geometry.input(bounds[1]), geometry.output(bounds[1]),
                                        problem.pad_low, problem.pad_high, bias_desc(geometry), {});
  const int first = problem.groups > 1 ? 1 : 0;
  std::vector<std::vector<int>> axes;
  for (int axis = 0; axis + 2 < kernel.rank(); ++axis) axes.push_back({first + 2 + axis});
  axes.push_back({first + 1});
  axes.push_back(first == 1 ? std::vector<int>{0, 1} : std::vector<int>{0});
  return weight_layout(forward.weights_desc(), geometry.kernel_desc, axes);
}

std::unique_ptr<engine::PreparedKernel> prepare_convolution(const ConvolutionProblem& problem,
                                                            const engine::KernelCall& call) {
  const Shape& weights = call.inputs[1].shape;
  if (is_pointwise(problem, weights) || is_small_product_layout(call.input_layout(1)) ||
      (!call.input_layout(1) && is_matmul(problem, weights, call.outputs[0].shape)))
    return prepare_as_matmul(problem, call);
  const SequentialOpenMp sequential;
  const Geometry geometry(problem, call.inputs[0].shape, call.inputs[1].shape,
                          call.outputs[0].shape, call.outputs[0].dtype, call.input_layout(1));
  return ForwardPlanner(geometry, call).plan();
}

const engine::Kernel onednn_convolution{
    "onednn_convolution", convolution_refusal, [](const engine::KernelCall& call) {
      return prepare_convolution(convolution_problem(call.attrs.as<ops::ConvAttrs>()), call);
    }};
const engine::Kernel onednn_convolution_input_gradient{
    "onednn_convolution_input_gradient", convolution_refusal, [](const engine::KernelCall& call) {
      return prepare_input_gradient(gradient_problem(call), call);
    }};
const engine::Kernel onednn_convolution_kernel_gradient{
    "onednn_convolution_kernel_gradient", convolution_refusal, [](const engine::KernelCall& call) {
      return prepare_kernel_gradient(gradient_problem(call), call);
    }};

}  // namespace keras::backend::cpu
