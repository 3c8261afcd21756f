#include "keras/utils/download.h"

#include <dlfcn.h>

#include <cstdint>
#include <exception>
#include <memory>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::utils {
namespace {

// Of libcurl's interface, which has not changed them since version 4 of the library.
constexpr int kUrl = 10002, kWriteFunction = 20011, kWriteData = 10001, kFollowLocation = 52,
              kFailOnError = 45, kNoProgress = 43, kProgressFunction = 20219, kProgressData = 10057,
              kUserAgent = 10018, kConnectTimeout = 78, kNoSignal = 99, kLowSpeedLimit = 19,
              kLowSpeedTime = 20;

/// The functions of the shared library.
struct Curl {
  void* (*init)();
  int (*setopt)(void*, int, ...);
  int (*perform)(void*);
  void (*cleanup)(void*);
  const char* (*text_of)(int);
};

template <typename Function>
void load(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function) throw IoError(str("libcurl has no function ", name, "."));
}

const Curl& curl() {
  static const Curl functions = [] {
    void* library = nullptr;
    for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib"})
      if (!library) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) throw IoError("libcurl is not installed.");
    Curl out;
    load(library, "curl_easy_init", out.init);
    load(library, "curl_easy_setopt", out.setopt);
    load(library, "curl_easy_perform", out.perform);
    load(library, "curl_easy_cleanup", out.cleanup);
    load(library, "curl_easy_strerror", out.text_of);
    return out;
  }();
  return functions;
}

struct Transfer {
  const std::function<void(std::span<const std::byte>)>& sink;
  const std::function<void(double, double)>& progress;
  std::exception_ptr error;  ///< may not pass through libcurl
};

std::size_t take_piece(const char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  try {
    transfer.sink({reinterpret_cast<const std::byte*>(data), size * count});
    return size * count;
  } catch (...) {
    transfer.error = std::current_exception();
    return 0;
  }
}

int take_progress(void* user, std::int64_t all, std::int64_t done, std::int64_t, std::int64_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.progress) transfer.progress(static_cast<double>(done), static_cast<double>(all));
  return 0;
}

}  // namespace

bool can_download() {
  try {
    curl();
    return true;
  } catch (const IoError&) {
    return false;
  }
}

void download(const std::string& url, const std::function<void(std::span<const std::byte>)>& sink,
              const std::function<void(double, double)>& progress) {
  const Curl& c = curl();
  const std::unique_ptr<void, void (*)(void*)> handle(c.init(), c.cleanup);
  if (!handle) throw IoError("libcurl cannot be started.");
  Transfer transfer{sink, progress, nullptr};
  c.setopt(handle.get(), kUrl, url.c_str());
  c.setopt(handle.get(), kUserAgent, "keras.cpp");
  c.setopt(handle.get(), kFollowLocation, 1L);
  c.setopt(handle.get(), kFailOnError, 1L);
  c.setopt(handle.get(), kNoSignal, 1L);
  c.setopt(handle.get(), kConnectTimeout, 30L);
  c.setopt(handle.get(), kLowSpeedLimit, 1L);
  c.setopt(handle.get(), kLowSpeedTime, 60L);
  c.setopt(handle.get(), kWriteFunction, &take_piece);
  c.setopt(handle.get(), kWriteData, static_cast<void*>(&transfer));
  c.setopt(handle.get(), kNoProgress, 0L);
  c.setopt(handle.get(), kProgressFunction, &take_progress);
  c.setopt(handle.get(), kProgressData, static_cast<void*>(&transfer));
  const int code = c.perform(handle.get());
  if (transfer.error) std::rethrow_exception(transfer.error);
  if (code != 0) throw IoError(str(url, ": ", c.text_of(code), "."));
}

}  // namespace keras::utils
