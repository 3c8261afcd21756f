#pragma once

#include <stdexcept>
#include <string>

#include "keras/utils/config.h"

namespace CLI {
class App;
}

/// The program `keras`: one file a command, each of which adds itself to the parser. Results go to
/// standard output, what went wrong to standard error as one line.
namespace keras::cli {

/// Exit codes: what was asked for was done; it could not be (or `diff` found a difference); the
/// command line itself is wrong.
inline constexpr int kDone = 0, kFailed = 1, kUsage = 2;

/// What the user gave cannot be worked with: one line that says what, and what to do.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The exit code of a command that ran, where it is not kDone.
struct Exit {
  int code;
};

void add_summary(CLI::App& app);
void add_predict(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_train(CLI::App& app);
void add_convert(CLI::App& app);
void add_plot(CLI::App& app);
void add_diff(CLI::App& app);
void add_bench(CLI::App& app);

/// A command with its example under `--help`.
CLI::App* add_command(CLI::App& app, const char* name, const char* description,
                      const char* example);
/// Checks of an argument's value for CLI11: what is wrong with it, or nothing.
std::string above_zero(const std::string& value);
std::string not_below_zero(const std::string& value);
/// Text to standard output. Throws BadInput when that is full or closed.
void print(const std::string& text);
/// One line of JSON.
void print_json(const Config& value);
/// Whether somebody watches: standard output is a terminal.
bool on_terminal();

}  // namespace keras::cli
