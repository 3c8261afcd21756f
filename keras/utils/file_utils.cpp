#include "keras/utils/file_utils.h"

#include <cstdlib>
#include <fstream>
#include <span>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/atomic_file.h"
#include "keras/utils/archive_extraction.h"
#include "keras/utils/download.h"
#include "keras/utils/io_utils.h"
#include "keras/utils/md5.h"
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

constexpr std::size_t kMd5Digits = 32;

std::string algorithm_of(const std::string& hash) {
  return hash.size() == kMd5Digits ? "md5" : "sha256";
}

/// The one of the two that is asked for.
class Hash {
 public:
  explicit Hash(const std::string& algorithm) : is_md5_(algorithm == "md5") {
    if (!is_md5_ && algorithm != "sha256")
      throw ValueError(
          str("`algorithm` must be \"sha256\" or \"md5\". Received: algorithm=", algorithm));
  }
  void update(std::span<const std::byte> bytes) {
    if (is_md5_)
      md5_.update(bytes);
    else
      sha256_.update(bytes);
  }
  std::string finish() { return is_md5_ ? md5_.finish() : sha256_.finish(); }
  const char* name() const { return is_md5_ ? "MD5" : "SHA-256"; }

 private:
  bool is_md5_;
  Md5 md5_;
  Sha256 sha256_;
};

void fetch(const std::string& origin, const fs::path& target, const GetFileOptions& options) {
  Hash hash(algorithm_of(options.file_hash));
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
    throw IoError(str("What came from ", origin, " has the ", hash.name(), " ", found,
                      ", expected ", options.file_hash, "."));
  file.commit();
}

bool is_kept(const fs::path& target, const std::string& hash) {
  if (!fs::exists(target)) return false;
  if (hash.empty() || hash_file(target, algorithm_of(hash)) == hash) return true;
  warn(
      str("A local file was found, but it seems to be incomplete or outdated because the file hash "
          "does not match: ",
          target.string(), " is downloaded again."));
  return false;
}

void fetch_into(const fs::path& folder, const std::string& origin, const fs::path& target,
                const GetFileOptions& options) {
  try {
    fs::create_directories(folder);
    fetch(origin, target, options);
  } catch (const std::exception& error) {
    throw IoError(str("The file ", target.filename().string(), " cannot be had: ", error.what()),
                  str("get ", origin, " by other means and put it at ", target.string(), "."));
  }
}

}  // namespace

std::string hash_file(const fs::path& path, const std::string& algorithm) {
  Hash hash(algorithm);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError(str("The file ", path.string(), " cannot be read."));
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
  const std::size_t ending = fname.find('.');
  const bool has_ending = ending != std::string::npos;
  const fs::path target = folder / (options.extract && !has_ending ? fname + "_archive" : fname);
  const bool kept = is_kept(target, options.file_hash);
  if (!kept) fetch_into(folder, origin, target, options);
  if (!options.extract) return target;
  const fs::path extracted = folder / (has_ending ? fname.substr(0, ending) + "_extracted" : fname);
  if (!kept || !fs::is_directory(extracted)) extract_archive(target, extracted);
  return extracted;
}

}  // namespace keras::utils
