#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "cli/command.h"
#include "keras/engine/error.h"

namespace {

/// Messages of the library may have several lines, the way out in the last.
std::string one_line(std::string text) {
  constexpr std::string_view kWayOut = "\n  fix: ";
  if (const std::size_t at = text.find(kWayOut); at != std::string::npos) {
    const std::size_t end = at > 0 && text[at - 1] == '.' ? at - 1 : at;
    text.replace(end, at + kWayOut.size() - end, "; ");
  }
  std::string out;
  for (const char c : text) {
    const bool space = c == '\n' || c == ' ';
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return out;
}

int fail(const std::string& message) {
  std::fprintf(stderr, "keras: %s\n", one_line(message).c_str());
  return keras::cli::kFailed;
}

int run(CLI::App& app, int argc, char** argv) {
  using namespace keras::cli;
  try {
    app.parse(argc, argv);
    return kDone;
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? kDone : kUsage;
  } catch (const Exit& exit) {
    return exit.code;
  } catch (const std::bad_alloc&) {
    return fail("out of memory; a smaller --batch-size may help");
  } catch (const std::exception& problem) {
    return fail(problem.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Looks at Keras models, runs them, trains them and turns one format into another.",
               "keras");
  app.set_version_flag("--version", "keras " KERAS_VERSION);
  app.require_subcommand(1);
  app.footer(
      "`keras COMMAND --help` tells more, with an example. Exit codes: 0 done, 1 not done, "
      "2 wrong usage.");
  for (const auto add : {keras::cli::add_summary, keras::cli::add_predict, keras::cli::add_evaluate,
                         keras::cli::add_train, keras::cli::add_convert, keras::cli::add_plot,
                         keras::cli::add_diff, keras::cli::add_bench})
    add(app);
  return run(app, argc, argv);
}
