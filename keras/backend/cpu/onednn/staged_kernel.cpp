#include "keras/backend/cpu/onednn/staged_kernel.h"

#include <algorithm>
#include <array>
#include <utility>

#include "keras/backend/cpu/onednn/implementations.h"
#include "keras/engine/runtime/thread_pool.h"

namespace keras::backend::cpu {

std::size_t StagedKernel::reserve(std::size_t bytes) {
  constexpr std::size_t kAlignment = 64;
  const std::size_t offset = scratch_bytes_;
  scratch_bytes_ += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return offset;
}

void StagedKernel::next_stage() {
  if (!stages_.back().empty()) stages_.emplace_back();
}

void StagedKernel::add(std::shared_ptr<const Primitive> primitive, std::vector<Place> places) {
  const std::size_t scratchpad = reserve(primitive->scratchpad_bytes());
  stages_.back().push_back({std::move(primitive), nullptr, std::move(places), scratchpad});
}

void StagedKernel::add(Task task, std::vector<Place> places) {
  stages_.back().push_back({nullptr, std::move(task), std::move(places)});
}

void StagedKernel::run_share(const Share& share, const engine::Buffers& buffers) const {
  auto* const scratch = static_cast<std::byte*>(buffers.scratch);
  std::array<void*, kMostArguments> addresses{};
  for (std::size_t i = 0; i < share.places.size(); ++i) {
    const Place& place = share.places[i];
    void* base = scratch;
    if (place.kind == Place::Kind::kInput) base = buffers.inputs[place.index];
    if (place.kind == Place::Kind::kOutput) base = buffers.outputs[place.index];
    addresses[i] = static_cast<std::byte*>(base) + place.offset;
  }
  if (share.primitive)
    share.primitive->run(addresses.data(), scratch + share.scratchpad);
  else
    share.task(addresses.data());
}

void StagedKernel::run(const engine::Buffers& buffers) const {
  for (const auto& stage : stages_)
    engine::parallel_for(static_cast<int>(stage.size()), [&](int part) {
      run_share(stage[static_cast<std::size_t>(part)], buffers);
    });
}

std::vector<std::string> StagedKernel::implementations() const {
  std::vector<std::string> names;
  for (const auto& stage : stages_)
    for (const auto& share : stage)
      if (share.primitive) names.push_back(share.primitive->implementation());
  return names;
}

std::vector<std::string> implementations(const engine::PreparedKernel& kernel) {
  const auto* staged = dynamic_cast<const StagedKernel*>(&kernel);
  return staged ? staged->implementations() : std::vector<std::string>();
}

std::vector<std::int64_t> cut(std::int64_t size, int parts, std::int64_t grain) {
  const std::int64_t grains = (size + grain - 1) / grain;
  const std::int64_t count = std::clamp<std::int64_t>(parts, 1, std::max<std::int64_t>(grains, 1));
  std::vector<std::int64_t> bounds;
  for (std::int64_t part = 0; part <= count; ++part)
    bounds.push_back(std::min(size, grains * part / count * grain));
  return bounds;
}

}  // namespace keras::backend::cpu
