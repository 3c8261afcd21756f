#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace keras::utils {

/// FarmHash's 64-bit fingerprint (Pike, 2014), which does not change from version to version.
std::uint64_t fingerprint64(std::string_view text);

/// SipHash-2-4 under a key (Aumasson, Bernstein 2012).
std::uint64_t sip_hash64(std::string_view text, const std::array<std::uint64_t, 2>& key);

}  // namespace keras::utils
