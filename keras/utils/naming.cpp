#include "keras/utils/naming.h"

#include <cctype>
#include <map>
#include <mutex>

namespace keras {
namespace {

struct NameCounts {
  std::mutex mutex;
  std::map<std::string, int, std::less<>> counts;
};

NameCounts& name_counts() {
  static NameCounts counts;
  return counts;
}

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string to_snake_case(std::string_view class_name) {
  // Keras's two rules: a break before a capital that starts a word ("AB|Cd"), and between a small
  // letter and a capital ("ab|C"); digits make no break ("conv2d").
  std::string out;
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    const char c = class_name[i];
    if (i > 0 && is_upper(c)) {
      const bool starts_word = i + 1 < class_name.size() && is_lower(class_name[i + 1]);
      if (starts_word || is_lower(class_name[i - 1])) out += '_';
    }
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

std::string auto_name(std::string_view class_name) {
  return unique_name(to_snake_case(class_name));
}

std::string unique_name(std::string_view prefix) {
  NameCounts& names = name_counts();
  const std::lock_guard lock(names.mutex);
  const auto [entry, first] = names.counts.try_emplace(std::string(prefix), 0);
  const int count = entry->second++;
  return first ? std::string(prefix) : std::string(prefix) + "_" + std::to_string(count);
}

void reset_names() {
  NameCounts& names = name_counts();
  const std::lock_guard lock(names.mutex);
  names.counts.clear();
}

}  // namespace keras
