#include "keras/backend/cpu/onednn/primitive.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

// Of OpenMP, whose header g++ has and clang has not without another package.
extern "C" int omp_get_max_threads();
extern "C" void omp_set_num_threads(int threads);

namespace keras::backend::cpu {

const dnnl::engine& onednn_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

SequentialOpenMp::SequentialOpenMp() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
SequentialOpenMp::~SequentialOpenMp() { omp_set_num_threads(before_); }

Primitive::Primitive(const dnnl::primitive_desc_base& descriptor, dnnl::primitive primitive,
                     std::vector<Argument> arguments)
    : primitive_(std::move(primitive)),
      arguments_(std::move(arguments)),
      scratchpad_bytes_(descriptor.scratchpad_desc().get_size()),
      implementation_(descriptor.impl_info_str()) {
  arguments_.push_back({DNNL_ARG_SCRATCHPAD, descriptor.scratchpad_desc()});
}

std::unique_ptr<Primitive::Arguments> Primitive::make_arguments() const {
  auto arguments = std::make_unique<Arguments>();
  for (const auto& argument : arguments_) {
    arguments->memories.emplace_back(argument.desc, onednn_engine(), nullptr);
    arguments->list.push_back({argument.id, arguments->memories.back().get()});
  }
  return arguments;
}

void Primitive::run(void* const* addresses, void* scratchpad) const {
  static thread_local dnnl::stream stream(onednn_engine());
  auto arguments = pool_.acquire([this] { return make_arguments(); });
  const std::size_t count = arguments->memories.size();
  for (std::size_t i = 0; i + 1 < count; ++i) arguments->memories[i].set_data_handle(addresses[i]);
  arguments->memories[count - 1].set_data_handle(scratchpad);
  const SequentialOpenMp sequential;
  const dnnl_status_t status = dnnl_primitive_execute(
      primitive_.get(), stream.get(), static_cast<int>(count), arguments->list.data());
  pool_.release(std::move(arguments));
  if (status != dnnl_success)
    throw BackendError(
        str("oneDNN: ", implementation_, " failed with status ", static_cast<int>(status), "."));
}

dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

std::shared_ptr<const Primitive> reorder(const dnnl::memory::desc& from,
                                         const dnnl::memory::desc& to, bool accumulate) {
  auto attributes = user_scratchpad();
  if (accumulate) {
    dnnl::post_ops post;
    post.append_sum();
    attributes.set_post_ops(post);
  }
  const SequentialOpenMp sequential;
  const dnnl::reorder::primitive_desc descriptor(onednn_engine(), from, onednn_engine(), to,
                                                 attributes);
  return std::make_shared<Primitive>(
      descriptor, dnnl::reorder(descriptor),
      std::vector<Primitive::Argument>{{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

dnnl::memory::data_type onednn_type(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return dnnl::memory::data_type::f32;
    case DType::kBfloat16:
      return dnnl::memory::data_type::bf16;
    case DType::kFloat16:
      return dnnl::memory::data_type::f16;
    case DType::kInt32:
      return dnnl::memory::data_type::s32;
    case DType::kInt8:
      return dnnl::memory::data_type::s8;
    case DType::kUint8:
      return dnnl::memory::data_type::u8;
    default:
      return dnnl::memory::data_type::undef;
  }
}

std::string type_refusal(DType dtype) {
  if (dtype == DType::kFloat32 || dtype == DType::kBfloat16) return {};
  return str("takes float32 and bfloat16, not ", dtype);
}

}  // namespace keras::backend::cpu
