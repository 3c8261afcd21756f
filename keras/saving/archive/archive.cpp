#include "keras/saving/archive/archive.h"

#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/archive/zip_layout.h"
#include "keras/saving/mapped_file.h"
#include "keras/utils/config_text.h"

namespace keras::saving {
namespace {

constexpr std::uint64_t kExpansionFloor = std::uint64_t{1} << 28;
constexpr std::uint64_t kExpansionLimit = 100;
// What deflate can do at most; a larger declared size is a lie.
constexpr std::uint64_t kDeflateLimit = 1032;
// Checksums of small members cost nothing; those of weights would mean reading them all.
constexpr std::size_t kChecksumLimit = std::size_t{1} << 20;

struct Member {
  zip_uint64_t index = 0;
  std::uint64_t size = 0;
  std::uint64_t compressed_size = 0;
  std::uint32_t crc = 0;
  bool stored = false;
  std::optional<ZipEntry> entry;
};

/// Why a name may not be in an archive; empty where it may.
std::string_view name_fault(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.front() == '/' || (name.size() > 1 && name[1] == ':')) return "is absolute";
  if (name.find('\\') != name.npos) return "holds a backslash";
  if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 0 && c < ' '; }))
    return "holds a control character";
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    if (name.substr(start, end - start) == "..") return "leaves the archive through \"..\"";
    start = end + 1;
  }
  return {};
}

using ZipHandle = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using ZipFile = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

std::string error_text(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

}  // namespace

struct Archive::State {
  Storage bytes;
  std::string source;
  ZipHandle zip{nullptr, &zip_discard};
  std::vector<std::string> names;
  std::map<std::string, Member, std::less<>> members;

  [[noreturn]] void fail(std::string_view reason) const {
    throw IoError(str(source, ": ", reason, "."));
  }
  [[noreturn]] void fail_to_open(std::string_view reason) const;
  std::span<const std::byte> file() const { return {bytes.data(), bytes.size()}; }
  const Member& member(std::string_view name) const;
  void open_zip();
  void read_members();
  void add_member(zip_uint64_t index, const std::vector<ZipEntry>& entries);
  std::optional<Storage> map_stored(const Member& member) const;
  Storage read_through_zip(std::string_view name, const Member& member) const;
};

void Archive::State::fail_to_open(std::string_view reason) const {
  throw IoError(str(source, ": is no zip archive: ", reason, "."),
                "such a file begins with \"PK\" and must be whole: see whether it is cut short, or "
                "something else under this name.");
}

void Archive::State::open_zip() {
  if (bytes.size() == 0) fail_to_open("the file is empty");
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* buffer = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (buffer == nullptr) fail_to_open(error_text(error));
  zip.reset(zip_open_from_source(buffer, ZIP_RDONLY, &error));
  if (zip == nullptr) {
    zip_source_free(buffer);
    fail_to_open(error_text(error));
  }
  zip_error_fini(&error);
}

void Archive::State::read_members() {
  const auto entries = read_zip_directory(file()).value_or(std::vector<ZipEntry>());
  const zip_int64_t count = zip_get_num_entries(zip.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) add_member(static_cast<zip_uint64_t>(i), entries);
}

void Archive::State::add_member(zip_uint64_t index, const std::vector<ZipEntry>& entries) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(zip.get(), index, ZIP_FL_ENC_RAW, &stat) != 0)
    fail(str("member ", index, " cannot be read: ", zip_strerror(zip.get())));
  const std::string name = stat.name;
  const std::string quoted = json_quote(name);
  if (const auto fault = name_fault(name); !fault.empty())
    fail(str("the member name ", quoted, " ", fault));
  if (stat.encryption_method != ZIP_EM_NONE) fail(str("the member ", quoted, " is encrypted"));
  if (stat.comp_size > bytes.size()) fail(str("the member ", quoted, " is larger than the file"));
  const bool stored = stat.comp_method == ZIP_CM_STORE;
  if (!stored && stat.comp_method != ZIP_CM_DEFLATE)
    fail(str("the member ", quoted, " is compressed by an unknown method"));
  if (stored ? stat.size != stat.comp_size : stat.size / kDeflateLimit > stat.comp_size)
    fail(str("the member ", quoted, " declares a size that it cannot have"));
  Member member{index, stat.size, stat.comp_size, stat.crc, stored, {}};
  if (index < entries.size()) {
    const ZipEntry& entry = entries[index];
    if (entry.name == name && entry.size == stat.size && entry.compressed_size == stat.comp_size)
      member.entry = entry;
  }
  if (!members.emplace(name, std::move(member)).second)
    fail(str("the member ", quoted, " appears twice"));
  names.push_back(name);
}

const Member& Archive::State::member(std::string_view name) const {
  const auto found = members.find(name);
  if (found == members.end()) {
    throw IoError(str(source, " has no member ", json_quote(name), "."),
                  str("it holds: ", join(names, ", ").substr(0, 500)));
  }
  return found->second;
}

std::optional<Storage> Archive::State::map_stored(const Member& member) const {
  if (!member.stored || !member.entry) return std::nullopt;
  const auto data = stored_bytes(file(), *member.entry);
  if (!data) return std::nullopt;
  if (data->size() <= kChecksumLimit) {
    const auto crc =
        ::crc32(0, reinterpret_cast<const Bytef*>(data->data()), static_cast<uInt>(data->size()));
    if (crc != member.crc) return std::nullopt;  // The careful way reports it.
  }
  const std::shared_ptr<const Storage> owner = std::make_shared<Storage>(bytes);
  return Storage::view(bytes.data() + (data->data() - bytes.data()), data->size(), owner);
}

Storage Archive::State::read_through_zip(std::string_view name, const Member& member) const {
  const ZipFile input(zip_fopen_index(zip.get(), member.index, 0), &zip_fclose);
  if (input == nullptr)
    fail(str("the member ", json_quote(name), " cannot be read: ", zip_strerror(zip.get())));
  Storage out = Storage::allocate(member.size);
  std::uint64_t done = 0;
  while (done < member.size) {
    const zip_int64_t got = zip_fread(input.get(), out.data() + done, member.size - done);
    if (got <= 0) break;
    done += static_cast<std::uint64_t>(got);
  }
  // One more byte asked for makes libzip compare the checksum, and shows a member that is longer.
  char extra = 0;
  if (done != member.size || zip_fread(input.get(), &extra, 1) != 0)
    fail(str("the member ", json_quote(name), " is damaged"));
  return out;
}

Archive Archive::open(const std::filesystem::path& path) {
  return open(map_file(path), path.string());
}

Archive Archive::open(Storage bytes, std::string source) {
  auto state = std::make_shared<State>();
  state->bytes = std::move(bytes);
  state->source = std::move(source);
  state->open_zip();
  state->read_members();
  return Archive(std::move(state));
}

const std::string& Archive::source() const { return state_->source; }
const std::vector<std::string>& Archive::names() const { return state_->names; }
bool Archive::contains(std::string_view name) const { return state_->members.contains(name); }
std::uint64_t Archive::size(std::string_view name) const { return state_->member(name).size; }

Storage Archive::read(std::string_view name, std::size_t max_size) const {
  const Member& member = state_->member(name);
  if (member.size > max_size) {
    state_->fail(str("the member ", json_quote(name), " has ", member.size, " bytes where at most ",
                     max_size, " are expected"));
  }
  if (auto mapped = state_->map_stored(member)) return *std::move(mapped);
  if (member.size > kExpansionFloor && member.size / kExpansionLimit > member.compressed_size) {
    state_->fail(str("the member ", json_quote(name), " would expand from ", member.compressed_size,
                     " to ", member.size, " bytes, more than ", kExpansionLimit, " times"));
  }
  return state_->read_through_zip(name, member);
}

}  // namespace keras::saving
