#include "keras/backend/cpu/fusions/batch_loop.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/memory_plan.h"
#include "keras/engine/runtime/program.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"

namespace keras::backend::cpu {
namespace {

using engine::Location;

TensorSpec whole(TensorSpec part, std::int64_t parts) {
  part.shape[0] *= parts;
  return part;
}

Specs infer(const Specs&, const BatchLoopAttrs& attrs) {
  Specs out;
  for (const engine::ValueId result : attrs.body->results)
    out.push_back(whole(attrs.body->spec(result), attrs.parts));
  return out;
}

/// Every thread does some of the parts, with a table of addresses and working memory of its own in
/// the scratch memory.
class BatchLoop final : public engine::PreparedKernel {
 public:
  explicit BatchLoop(const engine::KernelCall& call)
      : parts_(call.attrs.as<BatchLoopAttrs>().parts),
        threads_(static_cast<int>(std::min<std::int64_t>(call.threads, parts_))),
        program_(*call.attrs.as<BatchLoopAttrs>().body),
        table_bytes_(engine::aligned(program_.table_size() * sizeof(void*))) {
    const auto& sliced = call.attrs.as<BatchLoopAttrs>().sliced;
    for (const auto& patch : program_.patches()) {
      auto operand = static_cast<std::size_t>(patch.location.index);
      std::size_t bytes = 0;
      const bool is_result = patch.location.kind == Location::Kind::kResult;
      if (is_result) {
        bytes = engine::byte_size(call.outputs[operand]);
      } else if (patch.location.kind == Location::Kind::kVariable) {
        operand += sliced.size();
      } else if (sliced[operand]) {
        bytes = engine::byte_size(call.inputs[operand]);
      }
      entries_.push_back(
          {patch.entry, operand, is_result, bytes / static_cast<std::size_t>(parts_)});
    }
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(threads_) * thread_bytes();
  }

  void run(const engine::Buffers& buffers) const override {
    engine::parallel_for(threads_, [&](int thread) {
      auto* const table =
          reinterpret_cast<void**>(static_cast<std::byte*>(buffers.scratch) +
                                   static_cast<std::size_t>(thread) * thread_bytes());
      std::byte* const working = reinterpret_cast<std::byte*>(table) + table_bytes_;
      program_.fill(table, working);
      const auto [first, last] = share_of(parts_, threads_, thread);
      for (std::int64_t part = first; part < last; ++part) {
        for (const Entry& entry : entries_)
          table[entry.entry] =
              static_cast<std::byte*>(
                  (entry.is_result ? buffers.outputs : buffers.inputs)[entry.operand]) +
              static_cast<std::size_t>(part) * entry.part_bytes;
        program_.run(table, working);
      }
    });
  }

 private:
  struct Entry {
    std::size_t entry;
    std::size_t operand;
    bool is_result;
    std::size_t part_bytes;  ///< from part to part; 0 for what is the same in all
  };

  std::size_t thread_bytes() const {
    return table_bytes_ + engine::aligned(program_.working_bytes());
  }

  std::int64_t parts_;
  int threads_;
  engine::Program program_;
  std::size_t table_bytes_;
  std::vector<Entry> entries_;
};

}  // namespace

std::string BatchLoopAttrs::calls_text() const {
  std::vector<std::string> names;
  for (const auto& call : body->calls) names.emplace_back(call.op->name);
  return join(names, "; ");
}

const engine::Op batch_loop_op =
    engine::define_op<BatchLoopAttrs>({.name = "batch_loop", .infer = infer});

const engine::Kernel batch_loop{
    "batch_loop", [](const engine::KernelCall&) { return std::string(); },
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<BatchLoop>(call);
    }};

}  // namespace keras::backend::cpu
