#include "keras/datasets/pickled_lists.h"

#include <span>
#include <utility>

#include "keras/datasets/pickle_reader.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/archive/archive.h"
#include "keras/saving/npy.h"
#include "keras/saving/npy_header.h"

namespace keras::datasets {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMostBytes = std::size_t{1} << 30;

std::vector<std::vector<std::int64_t>> lists_of(const Storage& npy, const std::string& source) {
  const auto front = saving::read_npy_front({npy.data(), npy.size()}, source);
  if (front.header.descr != "|O") throw IoError(str(source, ": is no array of lists."));
  const Pickle pickle(npy, front.data_at, source);
  const PickleValue& root = pickle.root();
  if (root.kind != Kind::kArray || root.node->items.size() != 1 || root.node->descr != "|O8" ||
      root.node->numbers.size() != 1)
    pickle.fail("is no array of lists");
  const PickleNode& objects = *root.node->items[0].node;
  if (!objects.numbers.empty() ||
      objects.items.size() != static_cast<std::size_t>(root.node->numbers[0]))
    pickle.fail("is no array of lists");
  std::vector<std::vector<std::int64_t>> lists;
  // A number takes two bytes or more, unless a list stands in many places.
  std::size_t left = npy.size() / 2;
  for (const PickleValue& item : objects.items) {
    if (item.kind != Kind::kList || !item.node->items.empty())
      pickle.fail("has an element other than a list of integers");
    if (item.node->numbers.size() > left) pickle.fail("holds the same list too often");
    left -= item.node->numbers.size();
    lists.push_back(item.node->numbers);
  }
  return lists;
}

}  // namespace

SequenceSplit load_lists(const std::filesystem::path& file, const std::string& x,
                         const std::string& y) {
  const auto archive = saving::Archive::open(file);
  const auto source = [&](const std::string& name) { return str(file.string(), ", ", name); };
  SequenceSplit split;
  split.x = lists_of(archive.read(x + ".npy", kMostBytes), source(x));
  const auto labels = saving::parse_npy(archive.read(y + ".npy", kMostBytes), source(y));
  split.y = Tensor::from_storage({labels.shape, labels.dtype}, labels.bytes);
  if (split.y.rank() != 1 || split.y.shape()[0] != static_cast<std::int64_t>(split.x.size()))
    throw IoError(
        str("The arrays ", x, " and ", y, " of ", file.string(), " do not fit each other."));
  return split;
}

}  // namespace keras::datasets
