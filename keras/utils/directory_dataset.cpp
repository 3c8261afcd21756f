#include "keras/utils/directory_dataset.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <memory>
#include <numeric>
#include <set>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/random/seed_generator.h"
#include "keras/utils/config.h"
#include "keras/utils/io_utils.h"

namespace keras::utils {
namespace {

namespace fs = std::filesystem;

struct Sample {
  fs::path path;
  std::int32_t label = 0;
};

/// Fisher and Yates on SplitMix64: the same on every machine.
template <typename T>
void shuffle_by(std::vector<T>& items, std::uint64_t& state) {
  for (std::size_t left = items.size(); left > 1; --left) {
    state += 0x9e3779b97f4a7c15u;
    std::uint64_t bits = state;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
    bits ^= bits >> 31;
    std::swap(items[left - 1], items[bits % left]);
  }
}

std::string list_text(const std::vector<std::string>& names) {
  return names.empty() ? "[]" : "['" + join(names, "', '") + "']";
}

/// As Keras reads them: without labels or without a mode there are neither, and no share is no
/// split.
DirectoryOptions normalized(DirectoryOptions o) {
  if ((o.labels == "none" && !o.label_list) || o.label_mode == "none") {
    o.labels = o.label_mode = "none";
    o.label_list.reset();
  }
  if (o.validation_split == 0.0) o.validation_split.reset();
  return o;
}

void check_options(const DirectoryOptions& o) {
  if (o.labels != "inferred" && o.labels != "none")
    throw ValueError(
        str("`labels` argument should be \"inferred\", \"none\", or a list in `label_list`. "
            "Received: labels=",
            o.labels));
  if (o.label_list && !o.class_names.empty())
    throw ValueError(
        str("You can only pass `class_names` if `labels=\"inferred\"`. Received: labels=",
            Config::list_of(*o.label_list), ", and class_names=", list_text(o.class_names)));
  const std::set<std::string> modes = {"int", "categorical", "binary", "none"};
  if (!modes.contains(o.label_mode))
    throw ValueError(
        str("`label_mode` argument must be one of \"int\", \"categorical\", \"binary\", or "
            "\"none\". Received: label_mode=",
            o.label_mode));
  if (o.batch_size && *o.batch_size < 1)
    throw ValueError(str("`batch_size` must be positive. Received: ", *o.batch_size));
  const bool splits = o.validation_split.value_or(0) != 0;
  if (splits && !(*o.validation_split > 0 && *o.validation_split < 1))
    throw ValueError(
        str("`validation_split` must be between 0 and 1, received: ", *o.validation_split));
  if (splits != !o.subset.empty())
    throw ValueError("If `subset` is set, `validation_split` must be set, and inversely.");
  if (!o.subset.empty() && o.subset != "training" && o.subset != "validation")
    throw ValueError(
        str("`subset` must be either \"training\", \"validation\" or \"both\", received: ",
            o.subset),
        o.subset == "both" ? "\"both\" gives two datasets: call the function with a plural name, "
                             "such as image_datasets_from_directory."
                           : "");
  if (o.broken_files != "raise" && o.broken_files != "skip")
    throw ValueError(
        str("`broken_files` must be \"raise\" or \"skip\". Received: ", o.broken_files));
  if (splits && o.shuffle && !o.seed)
    throw ValueError(
        "If using `validation_split` and shuffling the data, you must provide a `seed` argument, "
        "to make sure that there is no overlap between the training and validation subset.");
}

bool has_ending(const fs::path& path, const std::vector<std::string>& endings) {
  std::string name = path.filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(endings.begin(), endings.end(),
                     [&](const std::string& ending) { return name.ends_with(ending); });
}

std::vector<fs::path> files_below(const fs::path& folder, const std::vector<std::string>& endings,
                                  bool follow_links) {
  std::vector<fs::path> files;
  const auto how =
      follow_links ? fs::directory_options::follow_directory_symlink : fs::directory_options::none;
  for (const auto& entry : fs::recursive_directory_iterator(folder, how))
    if (entry.is_regular_file() && has_ending(entry.path(), endings)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> class_folders(const fs::path& directory,
                                       const std::vector<std::string>& wanted) {
  std::vector<std::string> folders;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.is_directory() && entry.path().filename().string()[0] != '.')
      folders.push_back(entry.path().filename().string());
  std::sort(folders.begin(), folders.end());
  for (const auto& name : wanted)
    if (std::find(folders.begin(), folders.end(), name) == folders.end())
      throw ValueError(
          str("The `class_names` passed did not match the names of the subdirectories of the "
              "target directory. Expected: ",
              list_text(folders),
              " (or a subset of it), but received: class_names=", list_text(wanted)));
  return wanted.empty() ? folders : wanted;
}

std::vector<Sample> index_directory(const fs::path& directory,
                                    const std::vector<std::string>& endings,
                                    const DirectoryOptions& o, std::vector<std::string>& classes) {
  if (!fs::is_directory(directory))
    throw IoError(str("There is no folder ", directory.string(), "."));
  std::vector<Sample> samples;
  if (o.labels == "inferred" && !o.label_list) {
    classes = class_folders(directory, o.class_names);
    for (std::size_t label = 0; label < classes.size(); ++label)
      for (const auto& file : files_below(directory / classes[label], endings, o.follow_links))
        samples.push_back({file, static_cast<std::int32_t>(label)});
    return samples;
  }
  if (!o.class_names.empty())
    throw ValueError("When `labels=None` (no labels), argument `class_names` cannot be specified.");
  for (const auto& file : files_below(directory, endings, o.follow_links))
    samples.push_back({file});
  if (!o.label_list) return samples;
  if (o.label_list->size() != samples.size())
    throw ValueError(
        str("Expected the lengths of `labels` to match the number of files in the target "
            "directory. len(labels) is ",
            o.label_list->size(), " while we found ", samples.size(), " files in directory ",
            directory.string(), "."));
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].label = (*o.label_list)[i];
  for (const auto label : std::set(o.label_list->begin(), o.label_list->end()))
    classes.push_back(std::to_string(label));
  return samples;
}

/// Reads batch after batch from the disk, on whatever thread asks.
class Files final : public SequenceImpl {
 public:
  Files(std::vector<Sample> samples, const DirectoryOptions& options, std::int64_t num_classes,
        std::uint64_t seed, ReadFiles read)
      : samples_(std::move(samples)),
        options_(options),
        num_classes_(num_classes),
        state_(seed),
        read_(std::move(read)) {}

  std::int64_t size() const override {
    const auto count = static_cast<std::int64_t>(samples_.size());
    const std::int64_t batch = options_.batch_size.value_or(1);
    return (count + batch - 1) / batch;
  }

  Batch get(std::int64_t index) override {
    const std::int64_t batch = options_.batch_size.value_or(1);
    const auto begin = static_cast<std::size_t>(index * batch);
    const auto end = std::min(samples_.size(), begin + static_cast<std::size_t>(batch));
    std::vector<fs::path> paths;
    std::vector<std::int32_t> labels;
    for (std::size_t i = begin; i < end; ++i) {
      paths.push_back(samples_[i].path);
      labels.push_back(samples_[i].label);
    }
    Batch out{.x = single(read(paths, labels))};
    if (options_.label_mode != "none") out.y = single(label_tensor(labels));
    return out;
  }

  void on_epoch_end() override {
    if (options_.shuffle) shuffle_by(samples_, state_);
  }

  std::int64_t skipped() const { return skipped_; }

 private:
  /// Without the files, and their labels, that may be left out.
  Tensor read(std::vector<fs::path>& paths, std::vector<std::int32_t>& labels) {
    if (options_.broken_files != "skip") return read_(paths);
    try {
      return read_(paths);
    } catch (const IoError&) {
      leave_out_broken(paths, labels);
      return read_(paths);
    }
  }

  bool can_be_read(const fs::path& path) {
    try {
      read_({path});
      return true;
    } catch (const IoError& error) {
      warn(str("A file is left out: ", error.message()));
      ++skipped_;
      return false;
    }
  }

  void leave_out_broken(std::vector<fs::path>& paths, std::vector<std::int32_t>& labels) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (!can_be_read(paths[i])) continue;
      paths[kept] = paths[i];
      labels[kept++] = labels[i];
    }
    if (kept == 0)
      throw IoError(str("None of a batch's ", paths.size(), " files can be read, such as ",
                        paths.at(0).string(), "."));
    paths.resize(kept);
    labels.resize(kept);
  }

  Tensor single(const Tensor& batch) const {
    return options_.batch_size ? batch : ops::squeeze(batch, {.axis = 0}).eval();
  }

  Tensor label_tensor(const std::vector<std::int32_t>& labels) const {
    const auto count = static_cast<std::int64_t>(labels.size());
    const Tensor numbers = Tensor::from(labels, {count});
    if (options_.label_mode == "categorical") return ops::one_hot(numbers, num_classes_).eval();
    if (options_.label_mode == "binary")
      return ops::reshape(ops::cast(numbers, DType::kFloat32), {count, 1}).eval();
    return numbers;
  }

  std::vector<Sample> samples_;
  DirectoryOptions options_;
  std::int64_t num_classes_;
  std::uint64_t state_;
  ReadFiles read_;
  std::atomic<std::int64_t> skipped_ = 0;
};

}  // namespace

std::int64_t DirectoryDataset::skipped() const { return static_cast<Files&>(impl()).skipped(); }

DirectoryDataset dataset_from_directory(const fs::path& directory, const FileKind& kind,
                                        const DirectoryOptions& given, ReadFiles read) {
  check_options(given);
  const DirectoryOptions options = normalized(given);
  std::vector<std::string> classes;
  std::vector<Sample> samples = index_directory(directory, kind.endings, options, classes);
  if (options.label_mode == "binary" && classes.size() != 2)
    throw ValueError(
        str("When passing `label_mode=\"binary\"`, there must be exactly 2 class_names. Received: "
            "class_names=",
            list_text(classes)));
  if (options.verbose)
    print_msg(classes.empty() ? str("Found ", samples.size(), " files.")
                              : str("Found ", samples.size(), " files belonging to ",
                                    classes.size(), " classes."));
  std::uint64_t state =
      options.seed.value_or(static_cast<std::uint64_t>(random::make_default_seed()));
  if (options.shuffle) shuffle_by(samples, state);
  if (options.validation_split) {
    const auto kept = static_cast<std::ptrdiff_t>(*options.validation_split *
                                                  static_cast<double>(samples.size()));
    const auto cut = samples.end() - kept;
    if (options.subset == "training") {
      samples.erase(cut, samples.end());
    } else {
      samples.erase(samples.begin(), cut);
    }
    if (options.verbose)
      print_msg(str("Using ", samples.size(), " files for ", options.subset, "."));
  }
  if (samples.empty())
    throw ValueError(str("No ", options.subset, options.subset.empty() ? "" : " ", kind.name,
                         " found in directory ", directory.string(), ". Allowed format",
                         kind.endings.size() == 1 ? ": " : "s: ", join(kind.endings, ", ")));
  std::vector<fs::path> paths;
  for (const auto& sample : samples) paths.push_back(sample.path);
  DirectoryDataset dataset(std::make_shared<Files>(std::move(samples), options,
                                                   static_cast<std::int64_t>(classes.size()), state,
                                                   std::move(read)));
  dataset.class_names = std::move(classes);
  dataset.file_paths = std::move(paths);
  return dataset;
}

}  // namespace keras::utils
