#include "cli/command.h"

#include <unistd.h>

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

void print(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    throw BadInput(std::string("standard output cannot be written: ") + std::strerror(errno));
}

void print_json(const Config& value) { print(saving::dump_json(value) + "\n"); }

bool on_terminal() { return isatty(STDOUT_FILENO) == 1; }

}  // namespace keras::cli
