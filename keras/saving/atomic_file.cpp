#include "keras/saving/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::saving {
namespace {

constexpr std::size_t kPendingLimit = std::size_t{1} << 18;

/// The mode that the new file gets: the old one's, or what a plain open would give.
mode_t mode_for(const std::filesystem::path& target) {
  struct stat old {};
  if (::stat(target.c_str(), &old) == 0) return old.st_mode & 0777;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

/// Renaming over a symbolic link would replace the link and leave the file that it names.
std::filesystem::path follow_links(const std::filesystem::path& target) {
  std::error_code ignored;
  if (!std::filesystem::is_symlink(target, ignored)) return target;
  const auto resolved = std::filesystem::weakly_canonical(target, ignored);
  return ignored ? target : resolved;
}

std::filesystem::path folder_of(const std::filesystem::path& target) {
  return target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
}

}  // namespace

AtomicFile::AtomicFile(const std::filesystem::path& target) : target_(follow_links(target)) {
  std::error_code ignored;
  if (std::filesystem::is_directory(target_, ignored))
    throw IoError(str("Cannot write ", target_.string(), ": it is a directory."));
  std::string name =
      (folder_of(target_) / str(".", target_.filename().string(), ".XXXXXX")).string();
  descriptor_ = ::mkstemp(name.data());
  if (descriptor_ < 0) fail("create");
  temporary_ = name;
  ::fcntl(descriptor_, F_SETFD, FD_CLOEXEC);
  ::fchmod(descriptor_, mode_for(target_));
}

AtomicFile::~AtomicFile() { remove_temporary(); }

void AtomicFile::fail(std::string_view action) const {
  const bool full = errno == ENOSPC || errno == EDQUOT;
  throw IoError(str("Cannot ", action, " ", target_.string(), ": ", std::strerror(errno), "."),
                full ? "make room there, or choose another disk." : "");
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  position_ += bytes.size();
  if (pending_.size() + bytes.size() > kPendingLimit) flush();
  if (bytes.size() > kPendingLimit) {
    write_through(bytes);
    return;
  }
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

void AtomicFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void AtomicFile::write_zeros(std::size_t count) {
  static constexpr std::array<std::byte, 4096> kZeros{};
  for (; count > 0; count -= std::min(count, kZeros.size()))
    write(std::span(kZeros).first(std::min(count, kZeros.size())));
}

void AtomicFile::flush() {
  write_through(pending_);
  pending_.clear();
}

void AtomicFile::write_through(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  flush();
  if (::fsync(descriptor_) != 0) fail("sync");
  const int descriptor = descriptor_;
  descriptor_ = -1;
  if (::close(descriptor) != 0) fail("close");
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("rename to");
  temporary_.clear();
  const int folder = ::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // A folder that may be written but not read cannot be synced.
  const int synced = ::fsync(folder);
  ::close(folder);
  if (synced != 0 && errno != EINVAL) fail("sync the folder of");
}

void AtomicFile::remove_temporary() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void write_file_atomically(const std::filesystem::path& target, std::string_view text) {
  AtomicFile file(target);
  file.write(text);
  file.commit();
}

}  // namespace keras::saving
