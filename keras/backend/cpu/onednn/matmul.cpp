#include "keras/backend/cpu/onednn/matmul.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "keras/backend/cpu/onednn/gradient_product.h"
#include "keras/backend/cpu/onednn/post_ops.h"
#include "keras/backend/cpu/onednn/primitive.h"
#include "keras/backend/cpu/onednn/small_product.h"
#include "keras/backend/cpu/onednn/staged_kernel.h"
#include "keras/backend/cpu/onednn/weight_layout.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/text.h"
#include "keras/ops/linalg/matmul.h"

namespace keras::backend::cpu {
namespace {

using Dims = dnnl::memory::dims;

/// One operand: a row-major tensor of `batch` matrices, read transposed or not; swapped: the last
/// batch axis lies within the rows of the matrices.
struct Operand {
  Dims batch;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  bool transposed = false;
  bool swapped = false;

  /// From one to the next of the axis that lies outside, as the matrix lies.
  std::int64_t outer_stride() const {
    return (transposed ? rows : columns) * (swapped ? batch.back() : 1);
  }
  std::int64_t row_stride() const { return transposed ? 1 : outer_stride(); }
  std::int64_t column_stride() const { return transposed ? outer_stride() : 1; }
};

Operand operand(Shape shape, bool transposed, bool swapped) {
  if (swapped) std::swap(shape[1], shape[2]);
  Operand out;
  for (int axis = 0; axis + 2 < shape.rank(); ++axis) out.batch.push_back(shape[axis]);
  out.rows = shape[transposed ? -1 : -2];
  out.columns = shape[transposed ? -2 : -1];
  out.transposed = transposed;
  out.swapped = swapped;
  return out;
}

/// A block of an operand as oneDNN sees it: `batch` may be a part of the operand's own.
dnnl::memory::desc block(const Operand& whole, const Dims& batch, std::int64_t rows,
                         std::int64_t columns, dnnl::memory::data_type type) {
  Dims dims = batch;
  dims.push_back(rows);
  dims.push_back(columns);
  Dims strides(dims.size());
  const std::size_t rank = dims.size();
  strides[rank - 2] = whole.row_stride();
  strides[rank - 1] = whole.column_stride();
  std::int64_t step = whole.rows * whole.columns;
  for (std::size_t i = rank - 2; i-- > 0;) {
    strides[i] = step;
    step *= whole.batch[i];
  }
  if (whole.swapped) strides[rank - 3] = whole.transposed ? whole.rows : whole.columns;
  return {dims, type, strides};
}

/// The same with as many batch axes as `rank` by leading ones, as oneDNN wants it.
Operand with_batch_rank(Operand operand, std::size_t rank) {
  operand.batch.insert(operand.batch.begin(), rank - operand.batch.size(), 1);
  return operand;
}

bool is_plain_matrix(const Operand& operand) {
  return std::all_of(operand.batch.begin(), operand.batch.end(),
                     [](std::int64_t size) { return size == 1; });
}

std::int64_t count(const Dims& dims) {
  std::int64_t product = 1;
  for (const auto size : dims) product *= size;
  return product;
}

class Planner {
 public:
  Planner(const MatmulProblem& problem, const MatmulOperands& operands, int threads)
      : problem_(problem),
        operands_(operands),
        threads_(threads),
        type_(onednn_type(operands.c.dtype)),
        element_(static_cast<std::int64_t>(dtype_size(operands.c.dtype))),
        a_(operand(operands.a.shape, problem.transpose_a, problem.swapped_a)),
        b_(operand(operands.b.shape, problem.transpose_b, problem.swapped_b)),
        c_(operand(operands.c.shape, false, problem.swapped_c)) {
    fold_batch_into_rows();
    a_ = with_batch_rank(a_, c_.batch.size());
    b_ = with_batch_rank(b_, c_.batch.size());
  }

  /// Some columns of a row-major matrix are no dense one, for which oneDNN has no fast kernel with
  /// an epilogue's operands.
  void plan(StagedKernel& kernel) {
    const int parts = threads_worth();
    if (pays_to_pack()) pack(kernel);
    if (!c_.batch.empty() && c_.batch[0] >= parts && parts > 1) {
      cut_batch(kernel, parts);
    } else if (c_.rows >= c_.columns || operands_.b_layout || packed_ ||
               !operands_.epilogue.empty()) {
      cut_rows(kernel, parts);
    } else {
      cut_columns(kernel, parts);
    }
  }

  engine::LayoutPtr wanted_layout(const std::vector<std::vector<int>>& axes) const {
    // More than the caches hold is read faster by all threads, each its columns.
    constexpr std::int64_t kFewRows = 32;
    constexpr std::int64_t kManyElements = std::int64_t{1} << 20;
    if (!c_.batch.empty() || problem_.transpose_b ||
        (c_.rows < kFewRows && b_.rows * b_.columns > kManyElements && threads_ > 1))
      return nullptr;
    return weight_layout(wanted_desc(), plain_desc(), axes);
  }

 private:
  static constexpr std::int64_t kRowGrain = 8;

  int threads_worth() const {
    return parts_for_product(count(c_.batch) * c_.rows * c_.columns * a_.columns, threads_);
  }

  dnnl::memory::desc plain_desc() const { return block(b_, {}, b_.rows, b_.columns, type_); }

  /// The second operand as oneDNN would have it.
  dnnl::memory::desc wanted_desc() const {
    const dnnl::memory::desc any({b_.rows, b_.columns}, type_, dnnl::memory::format_tag::any);
    const auto rows = cut(c_.rows, threads_worth(), kRowGrain)[1];
    const SequentialOpenMp sequential;
    return dnnl::matmul::primitive_desc(onednn_engine(), block(a_, {}, rows, a_.columns, type_),
                                        any, block(c_, {}, rows, c_.columns, type_),
                                        user_scratchpad())
        .weights_desc();
  }

  /// The rows of a wide matrix lie so far apart that a tile of its columns, read for every few rows
  /// of the other operand, does not fit the first cache.
  bool pays_to_pack() const {
    constexpr std::int64_t kFewestRows = 256, kFewestColumns = 256;
    return c_.batch.empty() && !problem_.transpose_b && !operands_.b_layout &&
           c_.rows >= kFewestRows && b_.columns >= kFewestColumns && b_.columns > b_.rows;
  }

  /// Brings the second operand into that order first, each thread some of its columns.
  void pack(StagedKernel& kernel) {
    const auto plain = plain_desc(), wanted = wanted_desc();
    if (plain == wanted) return;
    packed_ = wanted;
    const Place place = Place::scratch(kernel.reserve(wanted.get_size()));
    const auto bounds = cut(b_.columns, threads_, block_columns(wanted));
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const Dims dims = {b_.rows, bounds[i + 1] - bounds[i]}, offsets = {0, bounds[i]};
      kernel.add(reorder(plain.submemory_desc(dims, offsets), wanted.submemory_desc(dims, offsets)),
                 {operands_.b_place, place});
    }
    kernel.next_stage();
    b_place_ = place;
  }

  static std::int64_t block_columns(const dnnl::memory::desc& matrix) {
    const auto sizes = matrix.get_inner_blks(), axes = matrix.get_inner_idxs();
    std::int64_t columns = 1;
    for (std::size_t i = 0; i < sizes.size(); ++i)
      if (axes[i] == 1) columns *= sizes[i];
    return columns;
  }

  /// (…, m, k) times (k, n) is one product of all rows.
  void fold_batch_into_rows() {
    if (a_.transposed || !is_plain_matrix(b_) || a_.swapped || b_.swapped || c_.swapped) return;
    a_.rows *= count(a_.batch);
    c_.rows *= count(c_.batch);
    a_.batch.clear();
    b_.batch.clear();
    c_.batch.clear();
  }

  void cut_batch(StagedKernel& kernel, int parts) {
    const auto bounds = cut(c_.batch[0], parts);
    const auto offset = [&](const Operand& operand, std::int64_t first) {
      if (operand.batch[0] == 1) return std::int64_t{0};
      return first * count(operand.batch) / operand.batch[0] * operand.rows * operand.columns;
    };
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const auto part_of = [&](const Operand& operand) {
        Dims batch = operand.batch;
        if (batch[0] != 1) batch[0] = bounds[i + 1] - bounds[i];
        return batch;
      };
      add(kernel, part_of(a_), part_of(b_), part_of(c_), c_.rows, c_.columns,
          {offset(a_, bounds[i]), offset(b_, bounds[i]), offset(c_, bounds[i]), 0});
    }
  }

  void cut_rows(StagedKernel& kernel, int parts) {
    const auto bounds = cut(c_.rows, parts, kRowGrain);
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i)
      add(kernel, a_.batch, b_.batch, c_.batch, bounds[i + 1] - bounds[i], c_.columns,
          {bounds[i] * a_.row_stride(), 0, bounds[i] * c_.row_stride(), 0});
  }

  void cut_columns(StagedKernel& kernel, int parts) {
    // Few columns in wide pieces would leave one thread most of the work.
    constexpr std::int64_t kFewColumns = 512;
    const auto bounds = cut(c_.columns, parts, c_.columns < kFewColumns ? 16 : 64);
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i)
      add(kernel, a_.batch, b_.batch, c_.batch, c_.rows, bounds[i + 1] - bounds[i],
          {0, bounds[i] * b_.column_stride(), bounds[i], bounds[i]});
  }

  struct Offsets {
    std::int64_t a, b, c, bias;
  };

  void add(StagedKernel& kernel, const Dims& a_batch, const Dims& b_batch, const Dims& c_batch,
           std::int64_t rows, std::int64_t columns, const Offsets& offsets) {
    const auto a = block(a_, a_batch, rows, a_.columns, type_);
    const auto b = packed_
                       ? *packed_
                       : described(operands_.b_layout, block(b_, b_batch, b_.rows, columns, type_));
    const auto c = block(c_, c_batch, rows, columns, type_);
    const auto bytes = [&](std::int64_t elements) {
      return static_cast<std::size_t>(elements * element_);
    };
    std::vector<Primitive::Argument> arguments = {
        {DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}};
    std::vector<Place> places = {operands_.a_place.after(bytes(offsets.a)),
                                 b_place_.after(bytes(offsets.b)),
                                 operands_.c_place.after(bytes(offsets.c))};
    dnnl::memory::desc bias;
    if (problem_.bias) {
      Dims dims(c.get_dims().size(), 1);
      dims.back() = columns;
      Dims strides(dims.size(), columns);
      strides.back() = 1;
      bias = {dims, type_, strides};
      arguments.push_back({DNNL_ARG_BIAS, bias});
      places.push_back(operands_.bias_place.after(bytes(offsets.bias)));
    }
    auto attributes = user_scratchpad();
    attributes.set_post_ops(
        post_ops(problem_.epilogue, add_epilogue(c, columns, offsets, arguments, places)));
    const SequentialOpenMp sequential;
    const auto descriptor =
        problem_.bias ? dnnl::matmul::primitive_desc(onednn_engine(), a, b, bias, c, attributes)
                      : dnnl::matmul::primitive_desc(onednn_engine(), a, b, c, attributes);
    kernel.add(
        std::make_shared<Primitive>(descriptor, dnnl::matmul(descriptor), std::move(arguments)),
        std::move(places));
  }

  /// Describes the operands of the epilogue of a block `c` with so many columns.
  std::vector<dnnl::memory::desc> add_epilogue(const dnnl::memory::desc& c, std::int64_t columns,
                                               const Offsets& offsets,
                                               std::vector<Primitive::Argument>& arguments,
                                               std::vector<Place>& places) const {
    std::vector<dnnl::memory::desc> descs;
    for (const auto& [spec, place] : operands_.epilogue) {
      const bool by_column = spec.shape.size() == c_.columns;
      Dims dims = c.get_dims();
      Dims strides = c.get_strides();
      if (by_column) {
        dims.assign(dims.size(), 1);
        dims.back() = columns;
        strides.assign(strides.size(), columns);
        strides.back() = 1;
      }
      descs.emplace_back(dims, onednn_type(spec.dtype), strides);
      arguments.push_back({post_op_argument(problem_.epilogue, descs.size() - 1), descs.back()});
      places.push_back(place.after(static_cast<std::size_t>(by_column ? offsets.bias : offsets.c) *
                                   dtype_size(spec.dtype)));
    }
    return descs;
  }

  const MatmulProblem& problem_;
  const MatmulOperands& operands_;
  int threads_;
  dnnl::memory::data_type type_;
  std::int64_t element_;
  Operand a_, b_, c_;
  Place b_place_ = operands_.b_place;
  std::optional<dnnl::memory::desc> packed_;
};

MatmulOperands operands_of(const MatmulProblem& problem, const engine::KernelCall& call) {
  MatmulOperands operands{call.inputs[0], call.inputs[1], call.outputs[0]};
  operands.b_layout = call.input_layout(1);
  operands.epilogue = epilogue_operands(call, problem.bias ? 3 : 2);
  return operands;
}

MatmulProblem plain_problem(const engine::KernelCall& call) {
  const auto& attrs = call.attrs.as<ops::MatmulAttrs>();
  return {.transpose_a = attrs.transpose_a, .transpose_b = attrs.transpose_b};
}

}  // namespace

void add_matmul(StagedKernel& kernel, const MatmulProblem& problem, const MatmulOperands& operands,
                int threads) {
  if (is_small_product(problem, operands)) {
    add_small_product(kernel, problem, operands, threads);
  } else if (is_gradient_product(problem, operands)) {
    add_gradient_product(kernel, operands, threads);
  } else {
    Planner(problem, operands, threads).plan(kernel);
  }
}

std::string matmul_refusal(const MatmulProblem&, const engine::KernelCall& call) {
  if (auto reason = type_refusal(call.outputs[0].dtype); !reason.empty()) return reason;
  constexpr int kMostAxes = 6;
  if (call.outputs[0].shape.rank() > kMostAxes)
    return str("takes at most ", kMostAxes, " axes, not ", call.outputs[0].shape.rank());
  if (call.outputs[0].shape.size() == 0 || call.inputs[0].shape.size() == 0)
    return "takes no empty operands";
  return {};
}

engine::LayoutPtr matmul_weight_layout(const MatmulProblem& problem,
                                       const engine::KernelCall& call) {
  const MatmulOperands operands = operands_of(problem, call);
  if (is_small_product(problem, operands))
    return call.inputs[1].shape.rank() == 2
               ? small_product_layout(call.inputs[1].shape, SmallProductRows::kFew, call.threads)
               : nullptr;
  return matmul_weight_layout(problem, operands, {{0}, {1}}, call.threads);
}

engine::LayoutPtr matmul_weight_layout(const MatmulProblem& problem, const MatmulOperands& operands,
                                       const std::vector<std::vector<int>>& axes, int threads) {
  return Planner(problem, operands, threads).wanted_layout(axes);
}

std::unique_ptr<engine::PreparedKernel> prepare_matmul(const MatmulProblem& problem,
                                                       const engine::KernelCall& call) {
  auto kernel = std::make_unique<StagedKernel>();
  add_matmul(*kernel, problem, operands_of(problem, call), call.threads);
  return kernel;
}

const engine::Kernel onednn_matmul{
    "onednn_matmul",
    [](const engine::KernelCall& call) { return matmul_refusal(plain_problem(call), call); },
    [](const engine::KernelCall& call) { return prepare_matmul(plain_problem(call), call); }};

}  // namespace keras::backend::cpu
