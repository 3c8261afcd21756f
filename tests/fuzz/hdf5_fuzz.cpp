#include <cstddef>
#include <cstdint>
#include <span>

#include "keras/engine/error.h"
#include "keras/saving/hdf5/hdf5_file.h"

namespace {

using keras::saving::Hdf5Dataset;
using keras::saving::Hdf5Group;
using keras::saving::Hdf5Object;

constexpr std::size_t kLimit = std::size_t{1} << 24;
constexpr int kDepthLimit = 6;

/// Members may be shared, so that a walk through all paths would not end.
class Walk {
 public:
  void visit(const Hdf5Group& group, int depth) {
    read_attributes(group);
    for (const auto& name : group.names()) {
      if (--budget_ < 0) return;
      attempt([&] {
        if (group.is_group(name) && depth < kDepthLimit) visit(group.group(name), depth + 1);
        if (group.is_group(name)) return;
        const Hdf5Dataset dataset = group.dataset(name);
        read_attributes(dataset);
        dataset.read(kLimit);
      });
    }
  }

 private:
  template <typename Action>
  static void attempt(Action action) {
    try {
      action();
    } catch (const keras::Error&) {
    }
  }
  static void read_attributes(const Hdf5Object& object) {
    for (const auto& name : object.attribute_names()) attempt([&] { object.attribute(name); });
  }

  int budget_ = 1000;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto bytes = keras::Storage::copy_of(std::as_bytes(std::span(data, size)));
    Walk().visit(keras::saving::Hdf5File::open(bytes, "input").root(), 0);
  } catch (const keras::Error&) {
  }
  return 0;
}
