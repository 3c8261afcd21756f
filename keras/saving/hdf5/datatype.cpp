#include "keras/saving/hdf5/datatype.h"

#include <array>
#include <string_view>
#include <utility>

#include "keras/engine/text.h"
#include "keras/saving/byte_writer.h"

namespace keras::saving::hdf5 {
namespace {

constexpr std::string_view kWhat = "a datatype";

enum Class : int {
  kFixedPoint = 0,
  kFloatingPoint = 1,
  kString = 3,
  kOpaque = 5,
  kEnumeration = 8,
  kVariableLength = 9,
};

constexpr std::array<const char*, 11> kClassNames{
    "integer",  "float",     "time",        "string",          "bit field", "opaque",
    "compound", "reference", "enumeration", "variable-length", "array"};

struct FloatFormat {
  DType dtype;
  std::size_t size;
  int sign, exponent_at, exponent_size, mantissa_size;
  std::uint32_t bias;
};
constexpr FloatFormat kFloats[] = {
    {DType::kFloat16, 2, 15, 10, 5, 10, 15},
    {DType::kBfloat16, 2, 15, 7, 8, 7, 127},
    {DType::kFloat32, 4, 31, 23, 8, 23, 127},
    {DType::kFloat64, 8, 63, 52, 11, 52, 1023},
};

struct IntegerFormat {
  DType dtype;
  std::size_t size;
  bool is_signed;
};
constexpr IntegerFormat kIntegers[] = {
    {DType::kUint8, 1, false}, {DType::kUint16, 2, false}, {DType::kUint32, 4, false},
    {DType::kInt8, 1, true},   {DType::kInt16, 2, true},   {DType::kInt32, 4, true},
    {DType::kInt64, 8, true},  {DType::kInt64, 8, false},
};

struct Prefix {
  int type_class;
  int version;
  std::uint32_t bits;
  std::size_t size;
};

Prefix read_prefix(Cursor& cursor) {
  const int first = cursor.byte();
  Prefix prefix{first & 0xf, first >> 4, static_cast<std::uint32_t>(cursor.number(3)), 0};
  prefix.size = cursor.number(4);
  return prefix;
}

Datatype unsupported(std::string reason) {
  Datatype type;
  type.reason = std::move(reason);
  return type;
}

Datatype number_type(DType dtype, std::size_t size, std::uint32_t bits) {
  Datatype type;
  type.kind = Datatype::Kind::kNumber;
  type.dtype = dtype;
  type.size = size;
  type.big_endian = (bits & 1) != 0;
  return type;
}

Datatype read_fixed_point(Cursor& cursor, const Prefix& prefix) {
  const std::uint64_t bit_offset = cursor.number(2);
  const std::uint64_t precision = cursor.number(2);
  const bool is_signed = (prefix.bits & 0x8) != 0;
  for (const IntegerFormat& format : kIntegers) {
    if (format.size != prefix.size || format.is_signed != is_signed) continue;
    if (bit_offset != 0 || precision != 8 * prefix.size) break;
    Datatype type = number_type(format.dtype, format.size, prefix.bits);
    type.unsigned_64 = format.size == 8 && !is_signed;
    return type;
  }
  return unsupported("an integer of a strange width");
}

Datatype read_floating_point(Cursor& cursor, const Prefix& prefix) {
  const std::uint64_t bit_offset = cursor.number(2);
  const std::uint64_t precision = cursor.number(2);
  const int exponent_at = cursor.byte();
  const int exponent_size = cursor.byte();
  const int mantissa_at = cursor.byte();
  const int mantissa_size = cursor.byte();
  const std::uint64_t bias = cursor.number(4);
  const int sign = static_cast<int>((prefix.bits >> 8) & 0xff);
  const bool vax = (prefix.bits & 0x40) != 0;
  for (const FloatFormat& format : kFloats) {
    if (!vax && bit_offset == 0 && mantissa_at == 0 && format.size == prefix.size &&
        precision == 8 * prefix.size && format.sign == sign && format.exponent_at == exponent_at &&
        format.exponent_size == exponent_size && format.mantissa_size == mantissa_size &&
        format.bias == bias)
      return number_type(format.dtype, format.size, prefix.bits);
  }
  return unsupported("a float of a strange format");
}

Datatype read_string(const Prefix& prefix) {
  Datatype type;
  type.kind = Datatype::Kind::kFixedString;
  type.size = prefix.size;
  type.space_padded = (prefix.bits & 0xf) == 2;
  return type;
}

/// h5py's booleans are an enumeration of FALSE and TRUE over one byte.
Datatype read_enumeration(Cursor& cursor, const Prefix& prefix) {
  const Prefix base = read_prefix(cursor);
  cursor.skip(4);  // the base type's bit offset and precision
  const std::uint64_t count = prefix.bits & 0xffff;
  if (base.type_class != kFixedPoint || prefix.size != 1 || count != 2)
    return unsupported("an enumeration other than of FALSE and TRUE");
  std::string names;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t start = cursor.position();
    while (const char c = static_cast<char>(cursor.byte())) names += c;
    names += ' ';
    if (prefix.version < 3) cursor.skip((8 - (cursor.position() - start) % 8) % 8);
  }
  const Bytes values = cursor.take(2);
  if (names != "FALSE TRUE " || values[0] != std::byte{0} || values[1] != std::byte{1})
    return unsupported("an enumeration other than of FALSE and TRUE");
  return number_type(DType::kBool, 1, 0);
}

Datatype read_variable_length(const FileBytes& file, const Prefix& prefix) {
  if ((prefix.bits & 0xf) != 1) return unsupported("a variable-length list");
  Datatype type;
  type.kind = Datatype::Kind::kVariableString;
  type.size = prefix.size;
  if (type.size != 8 + file.offset_size)
    return unsupported("a variable-length string of a strange size");
  return type;
}

void append_prefix(ByteWriter& out, int type_class, std::uint32_t bits, std::size_t size) {
  out.number(static_cast<std::uint64_t>(0x10 | type_class), 1);
  out.number(bits, 3);
  out.number(size, 4);
}

void append_integer(ByteWriter& out, std::size_t size, bool is_signed) {
  append_prefix(out, kFixedPoint, is_signed ? 0x8 : 0, size);
  out.number(0, 2);
  out.number(8 * size, 2);
}

void append_bool(ByteWriter& out) {
  append_prefix(out, kEnumeration, 2, 1);
  append_integer(out, 1, true);
  out.text(std::string_view("FALSE\0\0\0TRUE\0\0\0\0\0\1", 18));
}

void append_float(ByteWriter& out, const FloatFormat& format) {
  constexpr std::uint32_t kImpliedLeadingOne = 0x20;
  append_prefix(out, kFloatingPoint,
                kImpliedLeadingOne | static_cast<std::uint32_t>(format.sign) << 8, format.size);
  out.number(0, 2);
  out.number(8 * format.size, 2);
  out.number(static_cast<std::uint64_t>(format.exponent_at), 1);
  out.number(static_cast<std::uint64_t>(format.exponent_size), 1);
  out.number(0, 1);
  out.number(static_cast<std::uint64_t>(format.mantissa_size), 1);
  out.number(format.bias, 4);
}

}  // namespace

Datatype read_datatype(const FileBytes& file, Bytes message) {
  Cursor cursor(file, message, kWhat);
  const Prefix prefix = read_prefix(cursor);
  if (prefix.version < 1 || prefix.version > 4)
    cursor.fail(str("has the unknown version ", prefix.version));
  switch (prefix.type_class) {
    case kFixedPoint:
      return read_fixed_point(cursor, prefix);
    case kFloatingPoint:
      return read_floating_point(cursor, prefix);
    case kString:
      return read_string(prefix);
    case kOpaque: {
      Datatype type;
      type.kind = Datatype::Kind::kOpaque;
      type.size = prefix.size;
      return type;
    }
    case kEnumeration:
      return read_enumeration(cursor, prefix);
    case kVariableLength:
      return read_variable_length(file, prefix);
    default:
      break;
  }
  const auto index = static_cast<std::size_t>(prefix.type_class);
  return unsupported(index < kClassNames.size() ? str("the type class \"", kClassNames[index], "\"")
                                                : "an unknown type class");
}

std::vector<std::byte> encode_datatype(DType dtype) {
  ByteWriter out;
  if (dtype == DType::kBool) {
    append_bool(out);
  } else if (dtype == DType::kBfloat16) {
    append_prefix(out, kOpaque, 0, 2);
  } else if (is_float(dtype)) {
    for (const FloatFormat& format : kFloats)
      if (format.dtype == dtype) append_float(out, format);
  } else {
    const bool is_unsigned =
        dtype == DType::kUint8 || dtype == DType::kUint16 || dtype == DType::kUint32;
    append_integer(out, dtype_size(dtype), !is_unsigned);
  }
  return out.take();
}

std::vector<std::byte> encode_fixed_string(std::size_t size) {
  ByteWriter out;
  append_prefix(out, kString, 1, size);  // padded with NULs, ASCII, as NumPy's "S"
  return out.take();
}

std::vector<std::byte> encode_variable_string() {
  ByteWriter out;
  constexpr std::uint32_t kUtf8String = 0x0101;
  append_prefix(out, kVariableLength, kUtf8String, 16);
  append_integer(out, 1, false);
  return out.take();
}

}  // namespace keras::saving::hdf5
