#pragma once

#include <optional>
#include <string>

#include "keras/ops/registry/recorded_call.h"

namespace keras::conformance {

/// Calls one of the functions that stand in no file: those that make tensors from numbers, and
/// those that tell a shape. Nothing for any other function.
std::optional<Tensors> create(const std::string& function, const ops::RecordedCall& call);

}  // namespace keras::conformance
