#include "keras/utils/io_utils.h"

#include <atomic>
#include <cstdio>

namespace keras::utils {
namespace {

std::atomic<bool> interactive{true};

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

std::FILE* stream_of_messages() { return interactive ? stdout : stderr; }

}  // namespace

bool is_interactive_logging_enabled() { return interactive; }
void enable_interactive_logging() { interactive = true; }
void disable_interactive_logging() { interactive = false; }

void print_msg(std::string_view message) {
  write(stream_of_messages(), message);
  print_text("\n");
}

void print_text(std::string_view text) {
  write(stream_of_messages(), text);
  std::fflush(stream_of_messages());
}

void warn(std::string_view message) {
  write(stderr, "UserWarning: ");
  write(stderr, message);
  write(stderr, "\n");
}

}  // namespace keras::utils
