#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace keras::utils {

/// Gives what stands at a URL piece by piece, with the number of bytes so far and that of all (0
/// where it is not known). libcurl is looked for only now, so that programs that download nothing
/// neither need nor load it. Throws IoError when it is not there, and when the transfer fails.
void download(const std::string& url,
              const std::function<void(std::span<const std::byte> piece)>& sink,
              const std::function<void(double done, double all)>& progress);

/// Whether libcurl is there.
bool can_download();

}  // namespace keras::utils
