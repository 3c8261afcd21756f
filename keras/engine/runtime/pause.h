#pragma once

namespace keras::engine {

/// Tells the processor that this thread waits for another one: 5 to 60 ns.
inline void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace keras::engine
