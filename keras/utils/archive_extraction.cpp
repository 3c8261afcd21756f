#include "keras/utils/archive_extraction.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/archive/archive.h"
#include "keras/utils/gzip_file.h"

namespace keras::utils {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 512;
constexpr std::size_t kPiece = 1 << 20;
constexpr std::size_t kMostOfAName = 1 << 14;
constexpr std::uint64_t kFreeSize = std::uint64_t{256} << 20;
constexpr std::uint64_t kMostExpansion = 100;

/// The parts of a POSIX tar header: offset and size.
constexpr std::pair<std::size_t, std::size_t> kName{0, 100}, kSize{124, 12}, kChecksum{148, 8},
    kMagic{257, 5}, kPrefix{345, 155};
constexpr std::size_t kTypeAt = 156;

using Block = std::array<char, kBlock>;

/// A file of the folder that is not there yet for others.
class OutFile {
 public:
  explicit OutFile(const fs::path& path) : path_(path), stream_(path, std::ios::binary) {}
  void write(std::span<const std::byte> bytes) {
    stream_.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
  }
  void close() {
    stream_.close();
    if (!stream_) throw IoError(str("The file ", path_.string(), " cannot be written."));
  }

 private:
  fs::path path_;
  std::ofstream stream_;
};

std::string_view field(const Block& block, std::pair<std::size_t, std::size_t> part) {
  const std::string_view text(block.data() + part.first, part.second);
  return text.substr(0, text.find('\0'));
}

std::optional<std::uint64_t> octal(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The sum of a header's bytes with blanks for the sum itself.
bool has_right_checksum(const Block& block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool own = i >= kChecksum.first && i < kChecksum.first + kChecksum.second;
    sum += own ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return octal(field(block, kChecksum)) == sum;
}

/// The value of `path` among the lines "LENGTH KEY=VALUE\n" of a POSIX header.
std::optional<std::string> path_among(std::string_view lines) {
  constexpr std::string_view kKey = " path=";
  const std::size_t at = lines.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  lines.remove_prefix(at + kKey.size());
  return std::string(lines.substr(0, lines.find('\n')));
}

class TarReader {
 public:
  TarReader(const fs::path& file, fs::path folder)
      : file_(file),
        folder_(std::move(folder)),
        left_(std::max(kFreeSize, fs::file_size(file) * kMostExpansion)) {}

  void extract() {
    Block block{};
    while (read_block(block)) {
      if (!has_right_checksum(block)) file_.fail("is no tar archive, or a damaged one");
      const auto size = octal(field(block, kSize));
      if (!size) file_.fail("has a damaged header");
      spend(kBlock);  // Else empty members would cost nothing.
      spend(*size);
      member(block, *size);
    }
    // What follows tells whether the file is whole.
    std::vector<std::byte> rest(kPiece);
    while (const std::size_t got = file_.read(rest)) spend(got);
  }

 private:
  void spend(std::uint64_t size) {
    if (size > left_) file_.fail("expands to more than is believable");
    left_ -= size;
  }

  // False at the block of zeros that ends the archive, and at the end of the file.
  bool read_block(Block& block) {
    const std::size_t got = file_.read(std::as_writable_bytes(std::span(block)));
    if (got != 0 && got != kBlock) file_.fail("is truncated");
    return got != 0 && std::any_of(block.begin(), block.end(), [](char c) { return c != 0; });
  }

  void member(const Block& block, std::uint64_t size) {
    switch (block[kTypeAt]) {
      case 'L':
        long_name_ = text(size).c_str();
        return;  // GNU: the name ends with a zero.
      case 'x':
        long_name_ = path_among(text(size)).value_or("");
        return;
      case 'g':
        text(size);
        return;
      default:
        break;
    }
    const fs::path target = target_of(block);
    long_name_.clear();
    switch (block[kTypeAt]) {
      case '5':
        fs::create_directories(target);
        return;
      case '0':
      case '\0':
        write(target, size);
        return;
      default:
        file_.fail(str("the member ", target.filename().string(), " is neither file nor folder"));
    }
  }

  fs::path target_of(const Block& block) const {
    std::string name = long_name_;
    if (name.empty()) {
      const bool posix = field(block, kMagic) == "ustar" && block[kMagic.first + 5] == '\0';
      const std::string_view prefix = posix ? field(block, kPrefix) : std::string_view();
      name =
          prefix.empty() ? std::string(field(block, kName)) : str(prefix, "/", field(block, kName));
    }
    const fs::path path(name);
    const bool climbs =
        std::any_of(path.begin(), path.end(), [](const fs::path& p) { return p == ".."; });
    if (name.empty() || path.is_absolute() || climbs || name.find('\0') != std::string::npos)
      file_.fail(str("the member ", name, " would lie outside of the folder"));
    return folder_ / path.lexically_normal();
  }

  std::string text(std::uint64_t size) {
    if (size > kMostOfAName) file_.fail("has a damaged header");
    std::string bytes(size, '\0');
    copy(size, [&, at = std::size_t{0}](std::span<const std::byte> piece) mutable {
      std::copy(piece.begin(), piece.end(),
                std::as_writable_bytes(std::span(bytes)).begin() + static_cast<std::ptrdiff_t>(at));
      at += piece.size();
    });
    return bytes;
  }

  void write(const fs::path& target, std::uint64_t size) {
    fs::create_directories(target.parent_path());
    OutFile out(target);
    copy(size, [&](std::span<const std::byte> piece) { out.write(piece); });
    out.close();
  }

  // The contents of a member, which are filled up to whole blocks.
  template <typename Sink>
  void copy(std::uint64_t size, Sink&& sink) {
    std::vector<std::byte> buffer(
        std::min<std::uint64_t>(kPiece, (size + kBlock - 1) / kBlock * kBlock));
    while (size > 0) {
      const std::uint64_t wanted =
          std::min<std::uint64_t>(buffer.size(), (size + kBlock - 1) / kBlock * kBlock);
      const auto part = std::span(buffer).first(wanted);
      if (file_.read(part) != wanted) file_.fail("is truncated");
      const std::uint64_t used = std::min(size, wanted);
      sink(std::span<const std::byte>(part.first(used)));
      size -= used;
    }
  }

  GzipFile file_;
  fs::path folder_;
  std::uint64_t left_;
  std::string long_name_;
};

void extract_zip(const fs::path& file, const fs::path& folder) {
  const auto archive = saving::Archive::open(file);
  for (const std::string& name : archive.names()) {
    const fs::path target = folder / name;
    if (name.ends_with('/')) {
      fs::create_directories(target);
      continue;
    }
    fs::create_directories(target.parent_path());
    const Storage bytes = archive.read(name);
    OutFile out(target);
    out.write({bytes.data(), bytes.size()});
    out.close();
  }
}

bool is_zip(const fs::path& file) {
  std::array<char, 4> front{};
  std::ifstream(file, std::ios::binary).read(front.data(), front.size());
  return std::string_view(front.data(), front.size()) == std::string_view("PK\x03\x04", 4);
}

}  // namespace

void extract_archive(const fs::path& file, const fs::path& folder) {
  const fs::path partial = folder.string() + ".partial";
  try {
    fs::remove_all(partial);
    fs::create_directories(partial);
    if (is_zip(file))
      extract_zip(file, partial);
    else
      TarReader(file, partial).extract();
    fs::remove_all(folder);
    fs::rename(partial, folder);
  } catch (const fs::filesystem_error& error) {
    fs::remove_all(partial);
    throw IoError(str("The archive ", file.string(), " cannot be unpacked: ", error.what()));
  } catch (...) {
    fs::remove_all(partial);
    throw;
  }
}

}  // namespace keras::utils
