#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/trainers/data_adapters/dataset.h"

namespace keras::utils {

/// Which files of a folder are read, and how they are labelled: what the functions that make a
/// dataset of a folder share.
struct DirectoryOptions {
  /// "inferred" from the folders, one a class; "none"; or the labels of `label_list`.
  std::string labels = "inferred";
  /// One a file, in the order of the files' names, for labels that are not inferred.
  std::optional<std::vector<std::int32_t>> label_list = {};
  /// "int"; "categorical", as vectors; "binary", 0 or 1 as floats; "none".
  std::string label_mode = "int";
  /// The classes' folders in the order of their labels; all, sorted, when empty.
  std::vector<std::string> class_names = {};
  /// Files a batch; single files, without an axis for the batch, when unset.
  std::optional<std::int64_t> batch_size = 32;
  bool shuffle = true;  ///< in another order at each pass
  std::optional<std::uint64_t> seed = {};
  std::optional<double> validation_split = {};  ///< the share of files kept for validation
  /// "training" or "validation", with a split; the functions with a plural name make both.
  std::string subset = {};
  bool follow_links = false;
  bool verbose = true;  ///< says how many files there are
  /// What happens at a file that cannot be read: "raise" names it and stops, "skip" leaves it out
  /// of its batch, with a warning.
  std::string broken_files = "raise";
};

/// A dataset that knows its classes and files.
class DirectoryDataset : public Dataset {
 public:
  using Dataset::Dataset;
  std::vector<std::string> class_names;
  std::vector<std::filesystem::path> file_paths;
  /// How many files could not be read so far, in all passes.
  std::int64_t skipped() const;
};

/// Both parts of a split, as Keras's subset="both" gives them.
struct DirectorySubsets {
  DirectoryDataset training;
  DirectoryDataset validation;
};

/// Which files are taken: what a message calls them, and how their names end, in lower case.
struct FileKind {
  std::string name;
  std::vector<std::string> endings;
};

/// Makes the tensor of a batch from its files.
using ReadFiles = std::function<Tensor(const std::vector<std::filesystem::path>&)>;

/// Batches of a folder's files of one kind. Throws ValueError for options that do not go together
/// and for a folder without such files, IoError for a folder that is not there.
DirectoryDataset dataset_from_directory(const std::filesystem::path& directory,
                                        const FileKind& kind, const DirectoryOptions& options,
                                        ReadFiles read);

/// What `make` makes of options for each of both subsets. Throws ValueError without a
/// `validation_split`.
template <typename Options, typename Function>
DirectorySubsets both_subsets(Options options, const Function& make) {
  options.files.subset = "training";
  DirectoryDataset training = make(options);
  options.files.subset = "validation";
  return {std::move(training), make(options)};
}

}  // namespace keras::utils
