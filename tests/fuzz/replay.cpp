// Runs a fuzz target over files and folders of them, and over a few hundred damaged copies of
// each, where no fuzzing engine is linked.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr int kDamagedCopies = 300;

Input read_input(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void damage(Input& input, std::mt19937& random) {
  switch (random() % 3) {
    case 0:
      input[random() % input.size()] ^= static_cast<std::uint8_t>(1u << (random() % 8));
      break;
    case 1:
      input[random() % input.size()] = static_cast<std::uint8_t>(random() % 2 == 0 ? 0xff : 0);
      break;
    default:
      input.resize(1 + random() % input.size());
  }
}

void run(const std::filesystem::path& path) {
  const Input input = read_input(path);
  LLVMFuzzerTestOneInput(input.data(), input.size());
  if (input.empty()) return;
  std::mt19937 random(1);
  for (int copy = 0; copy < kDamagedCopies; ++copy) {
    Input damaged = input;
    for (unsigned hits = 1 + random() % 4; hits > 0; --hits) damage(damaged, random);
    LLVMFuzzerTestOneInput(damaged.data(), damaged.size());
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  int inputs = 0;
  for (int i = 1; i < argument_count; ++i) {
    if (std::filesystem::is_directory(arguments[i])) {
      for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
        run(entry.path());
        ++inputs;
      }
    } else {
      run(arguments[i]);
      ++inputs;
    }
  }
  std::printf("%d inputs\n", inputs);
  return inputs > 0 ? 0 : 1;
}
