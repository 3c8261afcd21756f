#pragma once

#include <string_view>

namespace keras::utils {

/// Whether progress and messages go to standard output; they do unless this is turned off.
/// Keras: keras.config.is_interactive_logging_enabled.
bool is_interactive_logging_enabled();
void enable_interactive_logging();
/// For programs that are no terminal sessions: messages go to standard error, a line each.
void disable_interactive_logging();

/// Prints a message and a line break.
void print_msg(std::string_view message);
/// Prints text as it is and flushes, so that a progress bar shows.
void print_text(std::string_view text);
/// Says on standard error what the program's author will want to know: "UserWarning: …".
void warn(std::string_view message);

}  // namespace keras::utils
