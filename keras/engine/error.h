#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace keras {

/// What every failure of the library is thrown as. The text says what was expected and what came;
/// `fix`, where given, is the way out; each layer or model that the failure passes through adds
/// itself to the path with `add_frame`.
class Error : public std::exception {
 public:
  explicit Error(std::string message, std::string fix = {});

  const char* what() const noexcept override { return text_.c_str(); }
  /// The sentence alone, without path and way out.
  const std::string& message() const { return message_; }

  /// Names one more enclosing place, innermost first: a layer, then the model that holds it.
  void add_frame(std::string_view frame);

 private:
  void compose();

  std::string message_;
  std::string fix_;
  std::vector<std::string> path_;
  std::string text_;
};

/// A value outside what an argument allows; an unknown name.
struct ValueError : Error {
  using Error::Error;
};
/// An argument of the wrong kind.
struct TypeError : Error {
  using Error::Error;
};
/// Shapes or ranks that do not fit together.
struct ShapeError : ValueError {
  using ValueError::ValueError;
};
/// A dtype that an operation does not take.
struct DtypeError : TypeError {
  using TypeError::TypeError;
};
/// Something asked of a layer or model before it was built or compiled.
struct NotBuiltError : ValueError {
  using ValueError::ValueError;
};
/// A file that is missing, unreadable, unwritable or malformed.
struct IoError : Error {
  using Error::Error;
};
/// The machine or one of its libraries refused.
struct BackendError : Error {
  using Error::Error;
};

}  // namespace keras
