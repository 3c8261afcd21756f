// Files that must be refused. Each is loaded by a process of its own, in an empty folder, so that a
// crash, a hang or a file written beside the case is seen and harms nobody.

#include "tests/conformance/reject.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "keras/engine/text.h"
#include "keras/saving/saving_api.h"
#include "tests/conformance/kinds.h"

namespace keras::conformance {
namespace {

struct Attempt {
  std::string message;
  int status = 0;
  double memory_mb = 0;
  bool folder_clean = true;
};

void become_loader(const Case& test, const std::filesystem::path& folder, int output) {
  const Config& d = test.description();
  if (chdir(folder.c_str()) != 0) _exit(4);
  dup2(output, STDOUT_FILENO);
  // An alarm outlives exec: a hang ends in a signal.
  alarm(static_cast<unsigned>(d.at("limits").at("seconds").as_int()));
  const std::string file = std::filesystem::absolute(test.file(d.at("file").as_string())).string();
  const std::string model = std::filesystem::absolute(test.file(d.get("model", ""))).string();
  const std::string load = d.at("load").as_string();
  std::array<const char*, 6> arguments = {"conformance", "--load",      load.c_str(),
                                          file.c_str(),  model.c_str(), nullptr};
  execv("/proc/self/exe", const_cast<char* const*>(arguments.data()));
  _exit(4);
}

std::string read_all(int input) {
  std::string text;
  std::array<char, 4096> block;
  for (ssize_t count; (count = read(input, block.data(), block.size())) > 0;)
    text.append(block.data(), static_cast<std::size_t>(count));
  return text;
}

Attempt attempt(const Case& test) {
  std::string folder = (std::filesystem::temp_directory_path() / "conformance.XXXXXX").string();
  int ends[2];
  if (!mkdtemp(folder.data()) || pipe(ends) != 0) throw std::runtime_error("no place to load in");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    // The relative folder of the corpus is resolved before the child moves.
    become_loader(test, folder, ends[1]);
  }
  close(ends[1]);
  Attempt result;
  result.message = read_all(ends[0]);
  close(ends[0]);
  rusage usage{};
  wait4(child, &result.status, 0, &usage);
  result.memory_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  result.folder_clean = std::filesystem::is_empty(folder);
  std::filesystem::remove_all(folder);
  return result;
}

}  // namespace

int load_alone(const std::string& kind, const std::string& file, const std::string& model) {
  try {
    if (kind == "weights") {
      const Model good = load_model(model, {.compile = false});
      try {
        good.load_weights(file);
      } catch (const std::exception& reason) {
        std::fputs(reason.what(), stdout);
        return 1;
      }
      return 0;
    }
    load_model(file);
    return 0;
  } catch (const std::exception& reason) {
    std::fputs(reason.what(), stdout);
    return kind == "weights" ? 3 : 1;
  }
}

void run_reject(const Case& test) {
  const Config& d = test.description();
  const auto absolute = std::filesystem::absolute(test.file("case.json")).parent_path();
  const Attempt result = attempt(Case(absolute));
  if (WIFSIGNALED(result.status))
    throw Mismatch(str("the loader ended by signal ", WTERMSIG(result.status)));
  const int code = WEXITSTATUS(result.status);
  if (code == 3) throw Skipped("the good model does not load: " + result.message);
  if (code != 0 && code != 1) throw Mismatch(str("the loader ended with ", code));
  if (!result.folder_clean || std::filesystem::exists(test.file("HARMED")))
    throw Mismatch("a file was written");
  if (result.memory_mb > d.at("limits").at("memory_mb").as_double())
    throw Mismatch(str("took ", result.memory_mb, " MB"));
  if (code == 0) {
    if (d.at("expect").as_string() == "error") throw Mismatch("was loaded");
    return;
  }
  if (result.message.empty()) throw Mismatch("refused without a message");
  for (const auto& word : d.at("message_contains").as_list())
    if (result.message.find(word.as_string()) == std::string::npos)
      throw Mismatch("the message does not name " + word.as_string() + ": " + result.message);
}

}  // namespace keras::conformance
