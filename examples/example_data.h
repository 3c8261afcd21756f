// What the examples share: their command line, their last line, and reading tables.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace example {

/// `--data DIR` is the folder with the data; `--quick` trains for seconds only; `--seed N` makes
/// another run of it.
struct Arguments {
  std::filesystem::path data = "data";
  bool quick = false;
  int seed = 1;
};

inline Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--quick") {
      arguments.quick = true;
    } else if (argument == "--data" && i + 1 < argc) {
      arguments.data = argv[++i];
    } else if (argument == "--seed" && i + 1 < argc) {
      arguments.seed = std::atoi(argv[++i]);
    } else {
      std::fprintf(stderr, "usage: %s [--data DIR] [--quick] [--seed N]\n", argv[0]);
      std::exit(2);
    }
  }
  return arguments;
}

/// The seconds since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Ends an example with a line for programs that compare, and an exit code: 0 where the figure is
/// as good as it should be.
inline int finish(double figure, double seconds, bool good) {
  std::printf("figure %.4f seconds %.2f\n", figure, seconds);
  return good ? 0 : 1;
}

/// A file or folder below the data; ends the program, as skipped, when it is not there.
inline std::filesystem::path find(const Arguments& arguments, const std::string& name) {
  const auto path = arguments.data / name;
  if (std::filesystem::exists(path)) return path;
  std::printf("%s is not there: give the folder with the data as --data DIR\n",
              path.string().c_str());
  std::exit(77);
}

inline std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

/// A line's fields, without blanks and quotes around them.
inline std::vector<std::string> split_fields(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream rest(line);
  for (std::string field; std::getline(rest, field, ',');) {
    const auto begin = field.find_first_not_of(" \"");
    const auto end = field.find_last_not_of(" \"\r");
    fields.push_back(begin == std::string::npos ? "" : field.substr(begin, end - begin + 1));
  }
  return fields;
}

}  // namespace example
