#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "keras/backend/cpu/onednn/primitive.h"
#include "keras/backend/cpu/place.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// A kernel of oneDNN primitives: stages that follow one another, each of shares that our threads
/// run side by side, one primitive (or a task of ours) a share. Built up by the kernel that
/// describes its work.
class StagedKernel final : public engine::PreparedKernel {
 public:
  /// Bytes of scratch memory for the kernel's own use, aligned; gives their offset.
  std::size_t reserve(std::size_t bytes);
  /// Begins a stage: what is added next waits for all that was added before.
  void next_stage();
  /// One share of the current stage; `places` follow the primitive's arguments.
  void add(std::shared_ptr<const Primitive> primitive, std::vector<Place> places);

  /// One share that is no primitive: `task` gets an address for each of the places.
  using Task = std::function<void(void* const* addresses)>;
  void add(Task task, std::vector<Place> places);

  void run(const engine::Buffers& buffers) const override;
  std::size_t scratch_bytes() const override { return scratch_bytes_; }

  /// Every implementation that runs, for the test that none is a reference one.
  std::vector<std::string> implementations() const;

 private:
  static constexpr std::size_t kMostArguments = 8;
  struct Share {
    std::shared_ptr<const Primitive> primitive;  ///< or else the task
    Task task;
    std::vector<Place> places;
    std::size_t scratchpad = 0;
  };
  void run_share(const Share& share, const engine::Buffers& buffers) const;

  std::vector<std::vector<Share>> stages_{1};
  std::size_t scratch_bytes_ = 0;
};

/// Cuts [0, size) into at most `parts` runs of nearly equal length, each a multiple of `grain` but
/// the last; gives their first indices and, last, `size`.
std::vector<std::int64_t> cut(std::int64_t size, int parts, std::int64_t grain = 1);

}  // namespace keras::backend::cpu
