#include "keras/saving/sharded_weights.h"

#include <cmath>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/atomic_file.h"
#include "keras/saving/hdf5/hdf5_writer.h"
#include "keras/saving/json/json.h"
#include "keras/saving/mapped_file.h"
#include "keras/saving/weights_store.h"

namespace keras::saving {
namespace {

constexpr double kBytesInGiB = 1024.0 * 1024.0 * 1024.0;

/// "model" of "folder/model.weights.json".
std::string base_name(const std::filesystem::path& json_path) {
  std::string name = json_path.stem().string();
  if (name.ends_with(".weights")) name.resize(name.size() - std::string(".weights").size());
  return name;
}

/// Puts weights into files, a new one where the next weight would be too much.
class Sharder {
 public:
  Sharder(const std::filesystem::path& json_path, double most)
      : path_(json_path), most_(most), base_(base_name(json_path)) {
    start_shard();
  }

  void add(const WeightGroup& group) {
    for (const auto& [name, value] : arrays_of(group)) {
      make_room(group, value);
      Hdf5GroupWriter target = writer_->root().group(group.vars_path());
      target.attribute("name", group.name);
      target.dataset(name, value.dtype(), value.shape(), value.storage());
      note("/" + group.vars_path());
    }
  }

  void finish() {
    finish_shard();
    Config map = {{"metadata", {{"total_size", total_}}}, {"weight_map", std::move(map_)}};
    for (const auto& file : files_) file->commit();
    write_file_atomically(path_, dump_json(map, 4));
  }

 private:
  void make_room(const WeightGroup& group, const Tensor& value) {
    const auto size = static_cast<double>(value.storage().size());
    if (size > most_)
      throw ValueError(str("The size of a weight of layer '", group.name, "' is ", size,
                           " bytes, which exceeds the maximum shard size, ", most_, " bytes."),
                       "increase `max_shard_size`.");
    total_ += size;
    used_ += size;
    if (used_ <= most_) return;
    finish_shard();
    start_shard();
    used_ = size;
  }

  void start_shard() {
    char number[32];
    std::snprintf(number, sizeof number, "_%05d.weights.h5", count_++);
    shard_ = base_ + number;
    writer_ = std::make_unique<Hdf5Writer>();
  }

  void finish_shard() {
    const Hdf5Image image = writer_->finish();
    auto& file = files_.emplace_back(std::make_unique<AtomicFile>(path_.parent_path() / shard_));
    for (const auto& part : image.parts()) file->write(part);
  }

  /// A group that is in several files has a list of them.
  void note(const std::string& group) {
    const Config* found = map_.find(group);
    if (found == nullptr) return map_.set(group, shard_);
    Config names = found->is_list() ? *found : Config::list({*found});
    if (names.as_list().back() == Config(shard_)) return;
    names.as_list().push_back(shard_);
    map_.set(group, std::move(names));
  }

  std::filesystem::path path_;
  double most_;
  std::string base_, shard_;
  int count_ = 0;
  double used_ = 0, total_ = 0;
  std::unique_ptr<Hdf5Writer> writer_;
  std::vector<std::unique_ptr<AtomicFile>> files_;
  Config map_ = Config::dict();
};

void collect_names(const Config& value, std::set<std::string>& names) {
  if (!value.is_list()) {
    names.insert(value.as_string());
    return;
  }
  for (const auto& name : value.as_list()) names.insert(name.as_string());
}

}  // namespace

void write_sharded_weights(const Model& model, const std::filesystem::path& json_path,
                           double max_shard_size) {
  if (!(max_shard_size > 0) || !std::isfinite(max_shard_size))
    throw ValueError(
        str("save_weights: `max_shard_size` must be positive, received ", max_shard_size, "."));
  Sharder sharder(json_path, max_shard_size * kBytesInGiB);
  for (const auto& group : weight_groups(model)) sharder.add(group);
  sharder.finish();
}

StoredWeights open_sharded_weights(const std::filesystem::path& json_path) {
  const Storage bytes = map_file(json_path);
  const Config map =
      parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, json_path.string());
  std::set<std::string> names;
  for (const auto& [group, value] : map.at("weight_map").as_dict()) collect_names(value, names);
  std::vector<Hdf5File> files;
  for (const auto& name : names) {
    if (name.find_first_of("/\\") != std::string::npos || !name.ends_with(".weights.h5"))
      throw IoError(str(json_path.string(), ": the shard \"", name,
                        "\" is not the name of a .weights.h5 file beside it."));
    files.push_back(Hdf5File::open(json_path.parent_path() / name));
  }
  return StoredWeights(std::move(files));
}

}  // namespace keras::saving
