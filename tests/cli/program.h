#pragma once

#include <filesystem>
#include <string>

namespace keras::testing {

/// What a run of the program `keras` gave.
struct Ran {
  int code = 0;
  std::string out, err;
};

/// Runs it in a folder with arguments as a shell reads them, after commands that end in ";".
Ran run_keras(const std::filesystem::path& folder, const std::string& arguments,
              const std::string& before = {});

/// A folder that goes away with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace keras::testing
