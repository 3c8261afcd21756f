#pragma once

#include <dnnl.hpp>
#include <memory>
#include <vector>

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// A layout that a oneDNN primitive asked for, with oneDNN's own description of it.
class WeightLayout final : public engine::Layout {
 public:
  WeightLayout(std::vector<std::vector<std::int64_t>> places, dnnl::memory::desc desc)
      : Layout(std::move(places)), desc_(std::move(desc)) {}
  const dnnl::memory::desc& desc() const { return desc_; }

 private:
  dnnl::memory::desc desc_;
};

/// `wanted` as a layout of weights whose axis i runs over oneDNN's dimensions `axes[i]`, the outer
/// one first. Null where the weights lie so already (`plain`), where elements would be padded, or
/// where it is not a blocked layout.
engine::LayoutPtr weight_layout(const dnnl::memory::desc& wanted, const dnnl::memory::desc& plain,
                                const std::vector<std::vector<int>>& axes);

/// What oneDNN calls the layout of an operand; `plain` for row-major.
dnnl::memory::desc described(const engine::LayoutPtr& layout, const dnnl::memory::desc& plain);

}  // namespace keras::backend::cpu
