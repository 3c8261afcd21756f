#include "cli/files.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "cli/command.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/saving_api.h"

namespace keras::cli {

void check_readable(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none))
    throw BadInput(path + ": is a folder; name the file in it");
  if (access(path.c_str(), R_OK) != 0)
    throw BadInput(path + ": " + std::strerror(errno) + "; check the name and the permissions");
}

void check_writable(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none))
    throw BadInput(path + ": is a folder; name a file in it");
  if (std::filesystem::exists(path, none) && access(path.c_str(), W_OK) != 0)
    throw BadInput(path + ": " + std::strerror(errno) + "; choose a file that may be replaced");
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (access(folder.empty() ? "." : folder.c_str(), W_OK) != 0)
    throw BadInput(path + ": " + std::strerror(errno) + "; choose a folder that can be written");
}

std::string ending_of(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

Model open_model(const std::string& path, bool compile) {
  check_readable(path);
  if (ending_of(path) == ".json")
    throw BadInput(path + ": a config without weights; make a model of it with `keras convert " +
                   path + " model.keras --weights FILE`");
  return load_model(path, {.compile = compile});
}

}  // namespace keras::cli
