#include "keras/backend/cpu/cpu_backend.h"
#include "keras/engine/runtime/backend.h"

namespace keras::engine {

const Backend& active_backend() {
  static const Backend backend = backend::cpu::cpu_backend();
  return backend;
}

}  // namespace keras::engine
