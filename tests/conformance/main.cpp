// Runs a corpus of cases that real Keras computed:
// conformance DIR [--filter REGEX] [--write OUT] [--atol DISTANCE].
// --write leaves the models, as they are after the case, in OUT/group/name for real Keras to read;
// --atol takes the place of the cases' own.
// A line for each case that fails or is skipped, with its reason, and the count at the end.

#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <regex>
#include <sstream>
#include <string>

#include "keras/saving/json/json.h"
#include "tests/conformance/case.h"
#include "tests/conformance/reject.h"

namespace {

struct Counts {
  int passed = 0, failed = 0, skipped = 0;
};

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

/// What the command line says.
struct Arguments {
  std::string folder, filter = ".*", output;
  std::optional<double> atol;
};

void run_one(const Arguments& arguments, const std::string& path, const std::string& label,
             Counts& counts) {
  try {
    keras::conformance::Case test(std::filesystem::path(arguments.folder) / path);
    if (!arguments.output.empty()) test.write_into(arguments.output + "/" + path);
    if (arguments.atol) test.widen(*arguments.atol);
    keras::conformance::run(test);
    ++counts.passed;
  } catch (const keras::conformance::Skipped& reason) {
    ++counts.skipped;
    std::printf("SKIP %s: %s\n", label.c_str(), one_line(reason.what()).c_str());
  } catch (const std::exception& reason) {
    ++counts.failed;
    std::printf("FAIL %s: %s\n", label.c_str(), one_line(reason.what()).c_str());
  }
}

int usage() {
  std::fputs("usage: conformance DIR [--filter REGEX] [--write OUT] [--atol DISTANCE]\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::string(argv[1]) == "--load")
    return keras::conformance::load_alone(argv[2], argv[3], argv[4]);
  Arguments given;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--filter" && i + 1 < argc) {
      given.filter = argv[++i];
    } else if (argument == "--write" && i + 1 < argc) {
      given.output = argv[++i];
    } else if (argument == "--atol" && i + 1 < argc) {
      given.atol = std::stod(argv[++i]);
    } else if (given.folder.empty() && argument[0] != '-') {
      given.folder = argument;
    } else {
      return usage();
    }
  }
  if (given.folder.empty()) return usage();
  const std::filesystem::path root = given.folder;
  std::ifstream file(root / "index.json");
  std::stringstream text;
  text << file.rdbuf();
  const keras::Config index = keras::saving::parse_json(text.str(), (root / "index.json").string());
  const std::regex wanted(given.filter);
  Counts counts;
  for (const auto& entry : index.at("cases").as_list()) {
    const std::string path = entry.at("path").as_string();
    const std::string label = entry.at("kind").as_string() + "/" + path;
    if (std::regex_search(label, wanted)) run_one(given, path, label, counts);
  }
  std::printf("%d passed, %d failed, %d skipped\n", counts.passed, counts.failed, counts.skipped);
  return counts.failed == 0 ? 0 : 1;
}
