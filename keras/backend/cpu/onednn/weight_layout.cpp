#include "keras/backend/cpu/onednn/weight_layout.h"

#include <stdexcept>
#include <utility>

namespace keras::backend::cpu {
namespace {

using Places = std::vector<std::int64_t>;

/// Where the indices of one of oneDNN's dimensions lie.
Places places_of_dimension(const dnnl::memory::desc& desc, int dimension) {
  const auto at = [dimension](const dnnl::memory::dims& dims) {
    return dims[static_cast<std::size_t>(dimension)];
  };
  const auto blocks = desc.get_inner_blks();
  const auto owners = desc.get_inner_idxs();
  Places places;
  for (std::int64_t index = 0; index < at(desc.get_dims()); ++index) {
    std::int64_t place = 0, rest = index, step = 1;
    for (std::size_t k = blocks.size(); k-- > 0;) {
      if (owners[k] == dimension) {
        place += rest % blocks[k] * step;
        rest /= blocks[k];
      }
      step *= blocks[k];
    }
    places.push_back(place + rest * at(desc.get_strides()));
  }
  return places;
}

}  // namespace

engine::LayoutPtr weight_layout(const dnnl::memory::desc& wanted, const dnnl::memory::desc& plain,
                                const std::vector<std::vector<int>>& axes) {
  if (wanted == plain || wanted.get_format_kind() != dnnl::memory::format_kind::blocked ||
      wanted.get_size() != plain.get_size())
    return nullptr;
  std::vector<Places> places;
  for (const auto& dimensions : axes) {
    Places axis = {0};
    for (const int dimension : dimensions) {
      Places next;
      for (const auto outer : axis)
        for (const auto inner : places_of_dimension(wanted, dimension))
          next.push_back(outer + inner);
      axis = std::move(next);
    }
    places.push_back(std::move(axis));
  }
  return std::make_shared<WeightLayout>(std::move(places), wanted);
}

dnnl::memory::desc described(const engine::LayoutPtr& layout, const dnnl::memory::desc& plain) {
  if (!layout) return plain;
  const auto* own = dynamic_cast<const WeightLayout*>(layout.get());
  if (!own) throw std::logic_error("oneDNN was given weights in a layout that is not its own");
  return own->desc();
}

}  // namespace keras::backend::cpu
