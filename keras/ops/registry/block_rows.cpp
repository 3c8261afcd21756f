#include "keras/ops/blocks.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

constexpr const char* kNn = "keras.src.ops.nn";

PixelPair pair_of(const RecordedCall& call, const char* key) {
  const std::vector<std::int64_t> values = call.integers(key);
  return PixelPair(values.at(0), values.at(values.size() - 1));
}

UnfoldOptions unfold_options(const RecordedCall& call) {
  return {.dilation = pair_of(call, "dilation"),
          .padding = pair_of(call, "padding"),
          .stride = pair_of(call, "stride")};
}

BlockOptions block_options(const RecordedCall& call) {
  return {.data_format = call.config().get("data_format", "channels_last")};
}

}  // namespace

std::vector<RegistryRow> block_rows() {
  return {
      {"DepthToSpace", kNn,
       [](const RecordedCall& call) {
         return Tensors{depth_to_space(call.tensor(0), call.config().at("block_size").as_int(),
                                       block_options(call))};
       }},
      {"Fold", kNn,
       [](const RecordedCall& call) {
         return Tensors{fold(call.tensor(0), pair_of(call, "output_size"),
                             pair_of(call, "kernel_size"), unfold_options(call))};
       }},
      {"PSNR", kNn,
       [](const RecordedCall& call) {
         return Tensors{psnr(call.tensor(0, "x1"), call.tensor(1, "x2"),
                             call.config().at("max_val").as_double())};
       }},
      {"SpaceToDepth", kNn,
       [](const RecordedCall& call) {
         return Tensors{space_to_depth(call.tensor(0), call.config().at("block_size").as_int(),
                                       block_options(call))};
       }},
      {"Unfold", kNn,
       [](const RecordedCall& call) {
         return Tensors{unfold(call.tensor(0), pair_of(call, "kernel_size"), unfold_options(call))};
       }},
  };
}

}  // namespace keras::ops
