// The whole way of a model's file. The first byte says which: a file as it is, a config as JSON (in
// an archive its checksum would stop most changes), or weights for a fixed model.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>

#include "keras/engine/error.h"
#include "keras/keras.h"
#include "keras/layers/weights_to_come.h"

namespace {

/// A file in memory.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : descriptor_(memfd_create("input", 0)) {
    if (::write(descriptor_, data, size) != static_cast<ssize_t>(size))
      throw std::runtime_error("no memory for the file");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

const keras::Model& fixed_model() {
  static const keras::Model model = [] {
    const keras::Tensor input = keras::Input({2});
    return keras::Model(input, keras::layers::Dense(2)(input));
  }();
  return model;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    const char kind = static_cast<char>(data[0]);
    if (kind == 'j') {
      const keras::WeightsToCome follow;
      keras::model_from_json({reinterpret_cast<const char*>(data) + 1, size - 1});
    } else {
      const MemoryFile file(data + 1, size - 1);
      if (kind == 'w') {
        fixed_model().load_weights(file.path());
      } else {
        keras::load_model(file.path());
      }
    }
  } catch (const keras::Error&) {
  } catch (const std::bad_alloc&) {  // a config may ask for more than there is
  }
  return 0;
}
