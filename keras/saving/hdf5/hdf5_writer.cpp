#include "keras/saving/hdf5/hdf5_writer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/atomic_file.h"
#include "keras/saving/hdf5/attribute_encoder.h"
#include "keras/saving/hdf5/encoder.h"
#include "keras/saving/hdf5/node.h"
#include "keras/utils/config_text.h"

namespace keras::saving {
namespace {

using NodePtr = std::shared_ptr<hdf5::Node>;

void check_name(std::string_view name, std::string_view path) {
  if (name.empty() || name == "." || name == ".." || name.find('\0') != std::string_view::npos)
    throw ValueError(str("An HDF5 file cannot hold the path ", json_quote(path), "."));
}

NodePtr child_group(const NodePtr& parent, std::string_view name, std::string_view path) {
  check_name(name, path);
  auto& child = parent->members[std::string(name)];
  if (child == nullptr) child = std::make_shared<hdf5::Node>();
  if (!child->is_group)
    throw ValueError(str("The path ", json_quote(path), " leads through a dataset."));
  return child;
}

NodePtr make_groups(NodePtr node, std::string_view path) {
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    node = child_group(node, rest.substr(0, end), path);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return node;
}

}  // namespace

void Hdf5DatasetWriter::attribute(std::string_view name, const Config& value) {
  hdf5::check_attribute(name, value);
  node_->attributes.set(name, value);
}

Hdf5GroupWriter Hdf5GroupWriter::group(std::string_view path) {
  return Hdf5GroupWriter(make_groups(node_, path));
}

Hdf5DatasetWriter Hdf5GroupWriter::dataset(std::string_view path, DType dtype, const Shape& shape,
                                           Storage bytes) {
  const std::size_t slash = path.rfind('/');
  const bool nested = slash != std::string_view::npos;
  const NodePtr parent = nested ? make_groups(node_, path.substr(0, slash)) : node_;
  const std::string_view name = nested ? path.substr(slash + 1) : path;
  check_name(name, path);
  const std::size_t size = static_cast<std::size_t>(shape.size()) * dtype_size(dtype);
  if (bytes.size() != size) {
    throw ValueError(str("The dataset ", json_quote(path), " of shape ", shape, " and dtype ",
                         dtype, " needs ", size, " bytes, got ", bytes.size(), "."));
  }
  auto node = std::make_shared<hdf5::Node>();
  node->is_group = false;
  node->dtype = dtype;
  node->shape = shape;
  node->bytes = std::move(bytes);
  if (dtype == DType::kBfloat16) node->attributes.set("dtype", "bfloat16");
  if (!parent->members.emplace(name, node).second)
    throw ValueError(str("The path ", json_quote(path), " is taken."));
  return Hdf5DatasetWriter(std::move(node));
}

std::size_t Hdf5Image::size() const {
  std::size_t size = 0;
  for (const auto& part : parts_) size += part.size();
  return size;
}

Hdf5Writer::Hdf5Writer() : root_(std::make_shared<hdf5::Node>()) {}

Hdf5Image Hdf5Writer::finish() const {
  static constexpr std::array<std::byte, 64> kPadding{};
  hdf5::EncodedFile file = hdf5::encode_file(*root_);
  Hdf5Image image;
  image.structure_ = std::move(file.structure);
  image.parts_.emplace_back(image.structure_);
  std::uint64_t position = image.structure_.size();
  for (const auto& array : file.arrays) {
    if (array.address > position)
      image.parts_.push_back(std::span(kPadding).first(array.address - position));
    image.parts_.emplace_back(array.bytes.data(), array.bytes.size());
    position = array.address + array.bytes.size();
    image.arrays_.push_back(array.bytes);
  }
  return image;
}

void Hdf5Writer::save(const std::filesystem::path& path) const {
  const Hdf5Image image = finish();
  AtomicFile file(path);
  for (const auto& part : image.parts()) file.write(part);
  file.commit();
}

}  // namespace keras::saving
