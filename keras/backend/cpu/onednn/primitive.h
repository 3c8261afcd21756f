#pragma once

#include <dnnl.hpp>
#include <memory>
#include <string>
#include <vector>

#include "keras/engine/runtime/context_pool.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

const dnnl::engine& onednn_engine();

/// While it lives, oneDNN works sequentially on this thread: primitives are made for one thread and
/// our own threads run them side by side. The thread's OpenMP setting comes back afterwards.
class SequentialOpenMp {
 public:
  SequentialOpenMp();
  ~SequentialOpenMp();
  SequentialOpenMp(const SequentialOpenMp&) = delete;
  SequentialOpenMp& operator=(const SequentialOpenMp&) = delete;

 private:
  int before_;
};

/// A oneDNN primitive together with the roles of its arguments, ready to run on bare addresses.
class Primitive {
 public:
  struct Argument {
    int id;  ///< DNNL_ARG_…
    dnnl::memory::desc desc;
  };
  /// `make_descriptor`'s primitive, with its scratchpad as the last argument where it has one.
  Primitive(const dnnl::primitive_desc_base& descriptor, dnnl::primitive primitive,
            std::vector<Argument> arguments);

  /// One address an argument, in the order of the arguments, and `scratchpad`.
  void run(void* const* addresses, void* scratchpad) const;

  std::size_t scratchpad_bytes() const { return scratchpad_bytes_; }
  const std::string& implementation() const { return implementation_; }

 private:
  /// Memory objects hold an address each, so every run at the same time needs its own.
  struct Arguments {
    std::vector<dnnl::memory> memories;
    std::vector<dnnl_exec_arg_t> list;
  };
  std::unique_ptr<Arguments> make_arguments() const;

  dnnl::primitive primitive_;
  std::vector<Argument> arguments_;
  std::size_t scratchpad_bytes_;
  std::string implementation_;
  mutable engine::ContextPool<Arguments> pool_;
};

/// Attributes with the scratchpad given by us.
dnnl::primitive_attr user_scratchpad();

/// A copy into another layout, adding to what is there if asked.
std::shared_ptr<const Primitive> reorder(const dnnl::memory::desc& from,
                                         const dnnl::memory::desc& to, bool accumulate = false);

dnnl::memory::data_type onednn_type(DType dtype);
/// float32, bfloat16 or float16 as far as the machine computes with it; the reason otherwise.
std::string type_refusal(DType dtype);

}  // namespace keras::backend::cpu
