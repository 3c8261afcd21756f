#include "keras/utils/gzip_file.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::utils {
namespace {

constexpr std::size_t kPiece = 1 << 20;

void close(void* handle) {
  if (handle) ::gzclose(static_cast<gzFile>(handle));
}

}  // namespace

GzipFile::GzipFile(const std::filesystem::path& path)
    : source_(path.string()), handle_(::gzopen(path.c_str(), "rb"), close) {
  if (!handle_) fail("cannot be read");
}

std::size_t GzipFile::read(std::span<std::byte> bytes) {
  const auto file = static_cast<gzFile>(handle_.get());
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto size = static_cast<unsigned>(std::min(kPiece, bytes.size() - done));
    const int got = ::gzread(file, bytes.data() + done, size);
    int status = Z_OK;
    if (got < static_cast<int>(size)) ::gzerror(file, &status);
    // A file that ends before its checksum is told as a Z_BUF_ERROR, whatever was read of it.
    if (got < 0 || status != Z_OK) fail("is damaged or truncated");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void GzipFile::fail(std::string_view reason) const {
  throw IoError(str(source_, ": ", reason, "."));
}

Storage read_gzip(const std::filesystem::path& path, std::size_t max_size) {
  GzipFile file(path);
  std::vector<std::byte> bytes;
  for (std::size_t used = 0;;) {
    if (used > max_size) file.fail(str("holds more than ", max_size, " bytes"));
    bytes.resize(used + kPiece);
    const std::size_t got = file.read(std::span(bytes).subspan(used));
    used += got;
    bytes.resize(used);
    if (got < kPiece) break;
  }
  return Storage::copy_of(bytes);
}

}  // namespace keras::utils
