#include "keras/utils/file_utils.h"

#include <cstdlib>
#include <fstream>
#include <span>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/atomic_file.h"
#include "keras/utils/download.h"
#include "keras/utils/io_utils.h"
#include "keras/utils/progbar.h"
#include "keras/utils/sha256.h"

namespace keras::utils {
namespace {

namespace fs = std::filesystem;

fs::path keras_home() {
  if (const char* home = std::getenv("KERAS_HOME"); home && *home) return home;
  const char* home = std::getenv("HOME");
  return fs::path(home ? home : fs::temp_directory_path().string()) / ".keras";
}

void fetch(const std::string& origin, const fs::path& target, const GetFileOptions& options) {
  Sha256 hash;
  saving::AtomicFile file(target);
  const auto sink = [&](std::span<const std::byte> piece) {
    hash.update(piece);
    file.write(piece);
  };
  Progbar bar({}, {.unit_name = "byte"});
  const auto progress = [&](double done, double all) {
    if (!options.verbose || all <= 0 || done <= 0) return;
    bar.set_target(static_cast<std::int64_t>(all));
    if (bar.is_due() || done >= all) bar.update(static_cast<std::int64_t>(done));
  };
  if (options.verbose) print_msg("Downloading data from " + origin);
  download(origin, sink, progress);
  const std::string found = hash.finish();
  if (!options.file_hash.empty() && found != options.file_hash)
    throw IoError(str("What came from ", origin, " has the SHA-256 ", found, ", expected ",
                      options.file_hash, "."));
  file.commit();
}

}  // namespace

std::string hash_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError(str("The file ", path.string(), " cannot be read."));
  Sha256 hash;
  std::vector<char> buffer(1 << 16);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0)
    hash.update(std::as_bytes(std::span(buffer.data(), static_cast<std::size_t>(file.gcount()))));
  return hash.finish();
}

fs::path get_file(const std::string& fname, const std::string& origin, GetFileOptions options) {
  if (fname.empty() || fs::path(fname).filename() != fname)
    throw ValueError(str("get_file: `fname` must be the name of a file. Received: fname=", fname));
  const fs::path folder =
      (options.cache_dir.empty() ? keras_home() : options.cache_dir) / options.cache_subdir;
  const fs::path target = folder / fname;
  if (fs::exists(target)) {
    if (options.file_hash.empty() || hash_file(target) == options.file_hash) return target;
    warn(
        str("A local file was found, but it seems to be incomplete or outdated because the file "
            "hash does not match: ",
            target.string(), " is downloaded again."));
  }
  try {
    fs::create_directories(folder);
    fetch(origin, target, options);
  } catch (const std::exception& error) {
    throw IoError(str("The file ", fname, " cannot be had: ", error.what()),
                  str("get ", origin, " by other means and put it at ", target.string(), "."));
  }
  return target;
}

}  // namespace keras::utils
