#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "keras/engine/tensor/dtype.h"
#include "keras/engine/tensor/shape.h"
#include "keras/engine/text.h"

namespace keras::engine {

template <typename T>
std::string attr_text(const T& value) {
  if constexpr (std::is_enum_v<T> && !std::is_same_v<T, DType>) {
    return std::to_string(static_cast<int>(value));
  } else {
    return to_text(value);
  }
}
template <typename T>
std::string attr_text(const std::vector<T>& values) {
  std::vector<std::string> pieces;
  for (const auto& value : values) pieces.push_back(attr_text(T(value)));
  return "[" + join(pieces, ", ") + "]";
}

/// The attributes of one call of an operation: any plain struct that compares with `==` and shows
/// its fields, type-erased and shared. A struct for it looks like
///   struct SoftmaxAttrs {
///     int axis = -1;
///     bool operator==(const SoftmaxAttrs&) const = default;
///     void visit(auto&& field) const { field("axis", axis); }
///   };
class Attrs {
 public:
  Attrs() = default;
  template <typename T>
  requires(!std::is_same_v<T, Attrs>) Attrs(T value)
      : holder_(std::make_shared<Holder<T>>(std::move(value))) {}

  template <typename T>
  const T& as() const {
    return static_cast<const Holder<T>&>(*holder_).value;
  }
  bool empty() const { return holder_ == nullptr; }
  /// "axis=-1, keepdims=True"
  std::string to_string() const { return holder_ ? holder_->to_string() : std::string(); }
  std::size_t hash() const { return std::hash<std::string>{}(to_string()); }
  friend bool operator==(const Attrs& a, const Attrs& b) {
    if (a.holder_ == b.holder_) return true;
    return a.holder_ && b.holder_ && a.holder_->equals(*b.holder_);
  }

 private:
  struct HolderBase {
    virtual ~HolderBase() = default;
    virtual bool equals(const HolderBase& other) const = 0;
    virtual std::string to_string() const = 0;
  };
  template <typename T>
  struct Holder final : HolderBase {
    explicit Holder(T v) : value(std::move(v)) {}
    bool equals(const HolderBase& other) const override {
      return typeid(*this) == typeid(other) && value == static_cast<const Holder&>(other).value;
    }
    std::string to_string() const override {
      std::string out;
      value.visit([&out](const char* name, const auto& field) {
        if (!out.empty()) out += ", ";
        out += name;
        out += '=';
        out += attr_text(field);
      });
      return out;
    }
    T value;
  };
  std::shared_ptr<const HolderBase> holder_;
};

/// For operations without attributes.
struct NoAttrs {
  bool operator==(const NoAttrs&) const = default;
  void visit(auto&&) const {}
};

}  // namespace keras::engine
