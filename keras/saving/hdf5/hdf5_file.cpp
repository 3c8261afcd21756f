#include "keras/saving/hdf5/hdf5_file.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/element_bytes.h"
#include "keras/saving/hdf5/attribute.h"
#include "keras/saving/hdf5/group_index.h"
#include "keras/saving/hdf5/layout.h"
#include "keras/saving/hdf5/superblock.h"
#include "keras/saving/mapped_file.h"
#include "keras/utils/config_text.h"

namespace keras::saving {
namespace hdf5 {

/// What a dataset's messages say.
struct DatasetInfo {
  Datatype type;
  Dataspace space;
  std::uint64_t byte_size = 0;
  Layout layout;
  std::vector<Filter> filters;
  Bytes fill_value;
};

/// What an object's header says.
struct Content {
  Attributes attributes;
  bool group = false;
  Links links;
  DatasetInfo dataset;
};

/// An open file. Headers are read once: the way to each layer leads through the group of all.
struct OpenFile {
  FileBytes bytes;
  std::mutex mutex;
  std::unordered_map<std::uint64_t, std::shared_ptr<const Content>> contents;
};

struct Object {
  std::shared_ptr<OpenFile> open_file;
  std::string path;
  std::uint64_t address = 0;
  std::shared_ptr<const Object> parent;
  std::shared_ptr<const Content> content;

  const FileBytes& file() const { return open_file->bytes; }
};

namespace {

using ObjectPtr = std::shared_ptr<const Object>;

constexpr std::uint64_t kShapeFloor = std::uint64_t{1} << 25;
constexpr std::uint64_t kShapeLimit = 1032;

/// Runs what reads an object, and names the object in what goes wrong.
template <typename Read>
auto inside(const std::string& path, Read read) {
  try {
    return read();
  } catch (Error& error) {
    error.add_frame(path);
    throw;
  }
}

/// Fill values: what elements that were never written have. Empty means zeros.
Bytes read_fill_value(const FileBytes& file, Bytes message) {
  Cursor cursor(file, message, "a fill value");
  const int version = cursor.byte();
  if (version < 1 || version > 3) cursor.fail(str("has the unknown version ", version));
  if (version == 3) {
    constexpr int kDefined = 0x20;
    if ((cursor.byte() & kDefined) == 0) return {};
  } else {
    cursor.skip(2);
    if (cursor.byte() == 0 && version == 2) return {};
  }
  return cursor.take(cursor.number(4));
}

const Message& required(const FileBytes& file, const std::vector<Message>& messages,
                        MessageType type, std::string_view what) {
  const Message* message = find_message(messages, type);
  if (message == nullptr) file.fail(str("an object has no ", what));
  if (message->shared) file.fail(str("a ", what, " in another object is not supported"));
  return *message;
}

DatasetInfo read_dataset_info(const FileBytes& file, const std::vector<Message>& messages) {
  if (find_message(messages, MessageType::kExternalFiles) != nullptr)
    file.fail("the data lies in other files, which are not opened");
  DatasetInfo info;
  info.type =
      read_datatype(file, required(file, messages, MessageType::kDatatype, "datatype").data);
  info.space =
      read_dataspace(file, required(file, messages, MessageType::kDataspace, "dataspace").data);
  if (__builtin_mul_overflow(info.space.element_count(file), std::uint64_t{info.type.size},
                             &info.byte_size))
    file.fail(str("the shape ", info.space.shape, " is larger than any memory"));
  info.layout = read_layout(file, required(file, messages, MessageType::kLayout, "layout").data);
  if (const Message* filters = find_message(messages, MessageType::kFilters))
    info.filters = read_filters(file, filters->data);
  if (const Message* fill = find_message(messages, MessageType::kFillValue); fill && !fill->shared)
    info.fill_value = read_fill_value(file, fill->data);
  return info;
}

std::shared_ptr<const Content> read_content(const FileBytes& file, std::uint64_t address) {
  auto content = std::make_shared<Content>();
  const auto messages = read_object_header(file, address);
  content->attributes = read_attributes(file, messages);
  content->group = is_group(messages);
  if (content->group)
    content->links = read_links(file, messages);
  else
    content->dataset = read_dataset_info(file, messages);
  return content;
}

std::shared_ptr<const Content> content_at(OpenFile& open_file, std::uint64_t address) {
  const std::lock_guard lock(open_file.mutex);
  auto& content = open_file.contents[address];
  if (content == nullptr) content = read_content(open_file.bytes, address);
  return content;
}

ObjectPtr open_object(std::shared_ptr<OpenFile> open_file, std::uint64_t address, std::string path,
                      ObjectPtr parent) {
  for (const Object* above = parent.get(); above != nullptr; above = above->parent.get())
    if (above->address == address)
      open_file->bytes.fail(str("the group ", path, " contains itself"));
  auto object = std::make_shared<Object>();
  object->content = inside(path, [&] { return content_at(*open_file, address); });
  object->open_file = std::move(open_file);
  object->path = std::move(path);
  object->address = address;
  object->parent = std::move(parent);
  return object;
}

/// The member of a group, or null where there is none.
ObjectPtr open_child(const ObjectPtr& group, std::string_view name) {
  const auto link = group->content->links.find(name);
  if (link == group->content->links.end()) return nullptr;
  const std::string path = str(group->path == "/" ? "" : group->path, "/", name);
  if (link->second.kind != Link::Kind::kHard) {
    const char* kind = link->second.kind == Link::Kind::kSoft       ? "a soft"
                       : link->second.kind == Link::Kind::kExternal ? "an external"
                                                                    : "a user-defined";
    group->file().fail(str(path, " is ", kind, " link, which is not followed"));
  }
  return open_object(group->open_file, link->second.address, path, group);
}

/// Walks "a/b/c"; null where a name is missing or a dataset stands in the way.
ObjectPtr walk(ObjectPtr object, std::string_view path) {
  while (!path.empty() && object != nullptr) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (name.empty()) continue;
    object = object->content->group ? open_child(object, name) : nullptr;
  }
  return object;
}

ObjectPtr walk_or_fail(const ObjectPtr& object, std::string_view path) {
  ObjectPtr found = walk(object, path);
  if (found != nullptr) return found;
  std::vector<std::string> names;
  for (const auto& [name, link] : object->content->links) names.push_back(name);
  throw IoError(
      str(object->file().source, ": ", object->path, " has no member ", json_quote(path), "."),
      names.empty() ? "it is empty" : str("it holds: ", join(names, ", ").substr(0, 500)));
}

/// True for the pairs of bytes as which h5py stores bfloat16; Keras marks them by an attribute.
bool is_bfloat16(const Object& object) {
  const auto mark = object.content->attributes.find("dtype");
  return object.content->dataset.type.kind == Datatype::Kind::kOpaque &&
         object.content->dataset.type.size == 2 && mark != object.content->attributes.end() &&
         attribute_value(object.file(), mark->second) == Config("bfloat16");
}

Storage read_filled(const Object& object) {
  const DatasetInfo& info = object.content->dataset;
  // Nothing need be stored for a dataset of fill values, so its shape alone must not take memory.
  if (info.byte_size > kShapeFloor && info.byte_size / kShapeLimit > object.file().storage.size()) {
    object.file().fail(str("the shape ", info.space.shape, " asks for ", info.byte_size,
                           " bytes, more than such a file can hold"));
  }
  Storage out = Storage::allocate(info.byte_size);
  if (info.fill_value.size() == info.type.size && info.type.size > 0) {
    for (std::uint64_t at = 0; at < info.byte_size; at += info.type.size)
      std::memcpy(out.data() + at, info.fill_value.data(), info.type.size);
  } else {
    std::memset(out.data(), 0, info.byte_size);
  }
  return out;
}

/// The bytes where they lie; nothing where they are in several pieces or nowhere.
std::optional<Bytes> bytes_in_place(const FileBytes& file, const DatasetInfo& info) {
  if (info.layout.kind == Layout::Kind::kCompact) {
    if (info.layout.compact.size() < info.byte_size) file.fail("compact data is too short");
    return info.layout.compact.first(info.byte_size);
  }
  if (info.layout.kind == Layout::Kind::kChunked || info.byte_size == 0 ||
      info.layout.address == kUndefined)
    return std::nullopt;
  return file.at(info.layout.address, info.byte_size, "the data");
}

Storage read_dataset(const Object& object) {
  const FileBytes& file = object.file();
  const DatasetInfo& info = object.content->dataset;
  const auto bytes = bytes_in_place(file, info);
  const bool swap = info.type.big_endian && info.type.size > 1;
  Storage out;
  if (bytes) {
    const auto place = reinterpret_cast<std::uintptr_t>(bytes->data());
    if (!swap && place % std::max<std::size_t>(info.type.size, 1) == 0) {
      out = Storage::view(file.storage.data() + (bytes->data() - file.storage.data()),
                          bytes->size(), std::make_shared<const Storage>(file.storage));
    } else {
      out = Storage::copy_of(*bytes);
    }
  } else {
    out = read_filled(object);
    if (info.layout.kind == Layout::Kind::kChunked)
      read_chunks(file, info.layout, info.filters, info.space.shape, info.type.size,
                  {out.data(), out.size()});
  }
  if (swap) swap_bytes({out.data(), out.size()}, info.type.size);
  if (info.type.kind == Datatype::Kind::kNumber) {
    const auto fault =
        element_fault({out.data(), out.size()}, info.type.dtype, info.type.unsigned_64);
    if (!fault.empty()) file.fail(fault);
  }
  return out;
}

}  // namespace
}  // namespace hdf5

const std::string& Hdf5Object::path() const { return object_->path; }

std::vector<std::string> Hdf5Object::attribute_names() const {
  std::vector<std::string> names;
  for (const auto& [name, attribute] : object_->content->attributes) names.push_back(name);
  return names;
}

bool Hdf5Object::has_attribute(std::string_view name) const {
  return object_->content->attributes.contains(name);
}

Config Hdf5Object::attribute(std::string_view name) const {
  const auto found = object_->content->attributes.find(name);
  if (found == object_->content->attributes.end())
    object_->file().fail(str(object_->path, " has no attribute ", json_quote(name)));
  return hdf5::inside(str(object_->path, ", attribute ", json_quote(name)),
                      [&] { return hdf5::attribute_value(object_->file(), found->second); });
}

const Shape& Hdf5Dataset::shape() const { return object_->content->dataset.space.shape; }

DType Hdf5Dataset::dtype() const {
  const hdf5::Datatype& type = object_->content->dataset.type;
  if (type.kind == hdf5::Datatype::Kind::kNumber) return type.dtype;
  return hdf5::inside(path(), [&] {
    if (hdf5::is_bfloat16(*object_)) return DType::kBfloat16;
    object_->file().fail(str("a dataset of ",
                             type.reason.empty() ? "text or opaque bytes" : type.reason,
                             " cannot be a tensor"));
  });
}

std::size_t Hdf5Dataset::byte_size() const { return object_->content->dataset.byte_size; }

Storage Hdf5Dataset::read(std::size_t max_bytes) const {
  dtype();
  return hdf5::inside(path(), [&] {
    if (byte_size() > max_bytes) {
      object_->file().fail(str("the dataset of shape ", shape(), " has ", byte_size(),
                               " bytes where at most ", max_bytes, " are expected"));
    }
    return hdf5::read_dataset(*object_);
  });
}

std::vector<std::string> Hdf5Group::names() const {
  std::vector<std::string> names;
  for (const auto& [name, link] : object_->content->links) names.push_back(name);
  return names;
}

bool Hdf5Group::has(std::string_view path) const { return hdf5::walk(object_, path) != nullptr; }

bool Hdf5Group::is_group(std::string_view path) const {
  const auto object = hdf5::walk(object_, path);
  return object != nullptr && object->content->group;
}

Hdf5Group Hdf5Group::group(std::string_view path) const {
  auto object = hdf5::walk_or_fail(object_, path);
  if (!object->content->group)
    object->file().fail(str(object->path, " is a dataset where a group is expected"));
  return Hdf5Group(std::move(object));
}

Hdf5Dataset Hdf5Group::dataset(std::string_view path) const {
  auto object = hdf5::walk_or_fail(object_, path);
  if (object->content->group)
    object->file().fail(str(object->path, " is a group where a dataset is expected"));
  return Hdf5Dataset(std::move(object));
}

Hdf5File Hdf5File::open(Storage bytes, std::string source) {
  auto file = std::make_shared<hdf5::OpenFile>();
  file->bytes.storage = std::move(bytes);
  file->bytes.source = std::move(source);
  const std::uint64_t root = hdf5::read_superblock(file->bytes);
  auto object = hdf5::open_object(std::move(file), root, "/", nullptr);
  if (!object->content->group) object->file().fail("the root is no group");
  return Hdf5File(Hdf5Group(std::move(object)));
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  return open(map_file(path), path.string());
}

}  // namespace keras::saving
