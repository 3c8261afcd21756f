#include "keras/backend/cpu/cpu_backend.h"

#include <unordered_map>

#include "keras/backend/cpu/fusions/batch_loop.h"
#include "keras/backend/cpu/fusions/bias_before_reshape.h"
#include "keras/backend/cpu/fusions/fold_batch_norm.h"
#include "keras/backend/cpu/fusions/fold_padding.h"
#include "keras/backend/cpu/fusions/forget_states.h"
#include "keras/backend/cpu/fusions/fused_batch_norm.h"
#include "keras/backend/cpu/fusions/fused_elementwise.h"
#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/fusions/lay_out.h"
#include "keras/backend/cpu/fusions/lay_out_weights.h"
#include "keras/backend/cpu/fusions/pool_before_relu.h"
#include "keras/backend/cpu/fusions/pool_choices.h"
#include "keras/backend/cpu/fusions/swapped_matmul.h"
#include "keras/backend/cpu/fusions/widen_half.h"
#include "keras/backend/cpu/fusions/winograd.h"
#include "keras/backend/cpu/memory/memory_kernels.h"
#include "keras/backend/cpu/onednn/convolution.h"
#include "keras/backend/cpu/onednn/matmul.h"
#include "keras/backend/cpu/onednn/recurrence.h"
#include "keras/backend/cpu/simd/nn_kernels.h"
#include "keras/backend/cpu/simd/program_kernels.h"
#include "keras/backend/reference/kernel_list.h"
#include "keras/ops/control/trim_scans.h"
#include "keras/ops/indexing/indexing.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn/attention.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/nn/normalization.h"
#include "keras/ops/nn/pool.h"
#include "keras/ops/nn/recurrence.h"
#include "keras/ops/nn/softmax.h"
#include "keras/ops/op_list.h"
#include "keras/ops/reduction/reduce.h"
#include "keras/ops/shape/layout.h"

namespace keras::backend::cpu {
namespace {

using engine::KernelRow;

/// The fast kernels, best first.
std::vector<KernelRow> fast_rows() {
  std::vector<KernelRow> rows = {
      {&ops::matmul_op, {&onednn_matmul}},
      {&fused_matmul_op, {&onednn_fused_matmul}},
      {&swapped_matmul_op, {&onednn_swapped_matmul}},
      {&ops::conv_op, {&simd_depthwise_convolution, &onednn_convolution}},
      {&fused_convolution_op, {&simd_depthwise_convolution, &onednn_fused_convolution}},
      {&ops::conv_input_gradient_op,
       {&simd_depthwise_input_gradient, &onednn_convolution_input_gradient}},
      {&ops::conv_kernel_gradient_op,
       {&simd_depthwise_kernel_gradient, &onednn_convolution_kernel_gradient}},
      {&winograd_kernel_op, {&simd_winograd_kernel}},
      {&winograd_op, {&simd_winograd}},
      {&winograd_gradient_op, {&simd_winograd_gradient}},
      {&ops::max_pool_op, {&simd_max_pool}},
      {&ops::average_pool_op, {&simd_average_pool}},
      {&ops::max_pool_gradient_op, {&simd_max_pool_gradient}},
      {&max_pool_choice_op, {&simd_max_pool_choice}},
      {&max_pool_spread_op, {&simd_max_pool_spread}},
      {&ops::average_pool_gradient_op, {&simd_average_pool_gradient}},
      {&ops::softmax_op, {&simd_softmax}},
      {&ops::log_softmax_op, {&simd_log_softmax}},
      {&ops::batch_norm_training_op, {&simd_batch_norm_training}},
      {&ops::batch_norm_gradient_op, {&simd_batch_norm_gradient}},
      {&ops::layer_norm_op, {&simd_layer_norm}},
      {&ops::layer_norm_gradient_op, {&simd_layer_norm_gradient}},
      {&ops::attention_op, {&simd_attention}},
      {&ops::attention_gradient_op, {&simd_attention_gradient}},
      {&ops::recurrence_op, {&onednn_recurrence}},
      {&ops::recurrence_gradient_op, {&onednn_recurrence_gradient}},
      {&fused_batch_norm_op, {&simd_batch_norm_training}},
      {&fused_batch_norm_gradient_op, {&simd_batch_norm_gradient}},
      {&fused_elementwise_op, {&simd_fused_elementwise}},
      {&batch_loop_op, {&batch_loop}},
      {&lay_out_op, {&memory_lay_out}},
      {&ops::reduce_op, {&simd_reduce}},
      {&ops::arg_reduce_op, {&simd_reduce}},
      {&ops::transpose_op, {&simd_copy}},
      {&ops::broadcast_to_op, {&simd_copy}},
      {&ops::slice_op, {&simd_copy}},
      {&ops::take_op, {&memory_take}},
      {&ops::scatter_add_op, {&memory_scatter_add}},
      {&ops::concatenate_op, {&memory_concatenate}},
      {&ops::pad_op, {&memory_pad}},
  };
  for (const engine::Op* op : ops::all_ops())
    if (op->traits.elementwise) rows.push_back({op, {&simd_elementwise}});
  return rows;
}

/// Every operation's fast kernels, then its reference kernels.
std::vector<KernelRow> all_rows() {
  std::vector<KernelRow> rows = fast_rows();
  std::unordered_map<const engine::Op*, std::size_t> place;
  for (std::size_t i = 0; i < rows.size(); ++i) place[rows[i].op] = i;
  for (auto& reference : reference::kernel_rows()) {
    const auto found = place.find(reference.op);
    if (found == place.end()) {
      rows.push_back(std::move(reference));
    } else {
      auto& kernels = rows[found->second].kernels;
      kernels.insert(kernels.end(), reference.kernels.begin(), reference.kernels.end());
    }
  }
  return rows;
}

}  // namespace

engine::Backend cpu_backend() {
  return {"cpu",
          all_rows(),
          {{"fold_padding", fold_padding},
           {"pool_before_relu", pool_before_relu},
           {"keep_pool_choices", keep_pool_choices},
           {"bias_before_reshape", bias_before_reshape},
           {"swap_in_matmul", swap_in_matmul},
           {"fuse_batch_norm", fuse_batch_norm},
           {"fold_batch_norm", fold_batch_norm},
           {"fuse_epilogues", fuse_epilogues},
           {"use_winograd", use_winograd},
           {"fuse_elementwise", fuse_elementwise},
           {"loop_over_batch", loop_over_batch},
           {"lay_out_weights", lay_out_weights}},
          {{"trim_scans", ops::trim_scans},
           {"forget_states", forget_states},
           {"widen_half", widen_half}}};
}

}  // namespace keras::backend::cpu
