#include "cli/command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "keras/saving/json/json.h"

namespace keras::cli {

CLI::App* add_command(CLI::App& app, const char* name, const char* description,
                      const char* example) {
  CLI::App* command = app.add_subcommand(name, description);
  command->footer(std::string("Example:\n  ") + example);
  return command;
}

std::string above_zero(const std::string& value) {
  double number = 0;
  const bool fits = CLI::detail::lexical_cast(value, number) && number > 0;
  return fits ? "" : "must be a number above 0, not " + value;
}

std::string not_below_zero(const std::string& value) {
  double number = 0;
  const bool fits = CLI::detail::lexical_cast(value, number) && number >= 0;
  return fits ? "" : "must be 0 or a number above, not " + value;
}

void print(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    throw BadInput(std::string("standard output cannot be written: ") + std::strerror(errno));
}

void print_json(const Config& value) { print(saving::dump_json(value) + "\n"); }

bool on_terminal() { return isatty(STDOUT_FILENO) == 1; }

}  // namespace keras::cli
