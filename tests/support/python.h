#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/temp_folder.h"

namespace keras::test_support {

/// A Python that has `modules` ("numpy, h5py"), to judge files by: `KERAS_TEST_PYTHON` from the
/// environment, else python3. Nothing where there is none; tests skip then. Looking for modules
/// takes a twentieth of importing them; the folder keras of our own sources is none.
inline std::optional<std::string> find_python(const std::string& modules) {
  const char* chosen = std::getenv("KERAS_TEST_PYTHON");
  const std::string python = chosen != nullptr ? chosen : "python3";
  const std::string command = "'" + python +
                              "' -c 'import sys; sys.path.pop(0); import importlib.util as u; "
                              "sys.exit(None in [u.find_spec("
                              "m.strip()) for m in \"" +
                              modules + "\".split(\",\")])' 2>/dev/null";
  if (std::system(command.c_str()) != 0) return std::nullopt;
  return python;
}

/// Runs a script in `folder` and returns what it prints, errors included.
inline std::string run_python(const std::string& python, const TempFolder& folder,
                              std::string_view script) {
  write_file(folder / "script.py", script);
  const std::string command =
      "cd '" + (folder / "").string() + "' && '" + python + "' script.py 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot start python";
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  ::pclose(pipe);
  return output;
}

}  // namespace keras::test_support
