#pragma once

namespace keras::ops {

/// The discrete Fourier transform along the last axis of what two tensors hold as real and
/// imaginary parts, without a factor in either direction.
struct DftAttrs {
  bool inverse = false;
  bool operator==(const DftAttrs&) const = default;
  void visit(auto&& field) const { field("inverse", inverse); }
};

}  // namespace keras::ops
