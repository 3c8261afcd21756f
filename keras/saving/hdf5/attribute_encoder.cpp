#include "keras/saving/hdf5/attribute_encoder.h"

#include <algorithm>
#include <bit>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/byte_writer.h"
#include "keras/saving/hdf5/datatype.h"
#include "keras/utils/config_text.h"

namespace keras::saving::hdf5 {
namespace {

constexpr std::size_t kMessageLimit = 0xffff;

/// A value's type, extent and bytes.
struct Encoded {
  std::vector<std::byte> type;
  Shape shape;
  ByteWriter data;
};

template <typename Test>
bool all(const Config& list, Test test) {
  return std::all_of(list.as_list().begin(), list.as_list().end(), test);
}
bool all_strings(const Config& list) {
  return all(list, [](const Config& item) { return item.is_string(); });
}
bool all_numbers(const Config& list) {
  return all(list, [](const Config& item) { return item.is_number(); });
}

void append_number(ByteWriter& data, const Config& value, DType dtype) {
  if (dtype == DType::kBool)
    data.number(value.as_bool() ? 1 : 0, 1);
  else if (dtype == DType::kInt64)
    data.number(static_cast<std::uint64_t>(value.as_int()), 8);
  else
    data.number(std::bit_cast<std::uint64_t>(value.as_double()), 8);
}

DType number_dtype(const Config& value) {
  if (value.is_bool()) return DType::kBool;
  return value.is_int() ? DType::kInt64 : DType::kFloat64;
}

Encoded encode_string_list(const Config& list) {
  std::size_t width = 1;
  for (const Config& item : list.as_list()) width = std::max(width, item.as_string().size());
  Encoded out{encode_fixed_string(width), {static_cast<std::int64_t>(list.size())}, {}};
  for (const Config& item : list.as_list()) {
    out.data.text(item.as_string());
    out.data.zeros(width - item.as_string().size());
  }
  return out;
}

Encoded encode_number_list(const Config& list) {
  const bool integers =
      list.size() > 0 && all(list, [](const Config& item) { return item.is_int(); });
  const DType dtype = integers ? DType::kInt64 : DType::kFloat64;
  Encoded out{encode_datatype(dtype), {static_cast<std::int64_t>(list.size())}, {}};
  for (const Config& item : list.as_list()) append_number(out.data, item, dtype);
  return out;
}

Encoded encode_value(const Config& value,
                     const std::function<std::vector<std::byte>()>& next_string) {
  if (value.is_list())
    return value.size() > 0 && all_strings(value) ? encode_string_list(value)
                                                  : encode_number_list(value);
  Encoded out;
  if (value.is_string()) {
    out.type = encode_variable_string();
    out.data.number(value.as_string().size(), 4);
    out.data.append(next_string());
  } else {
    out.type = encode_datatype(number_dtype(value));
    append_number(out.data, value, number_dtype(value));
  }
  return out;
}

}  // namespace

void check_attribute(std::string_view name, const Config& value) {
  const bool fits = value.is_string() || value.is_bool() || value.is_number() ||
                    (value.is_list() && (all_strings(value) || all_numbers(value)));
  if (!fits || name.empty()) {
    throw ValueError(str("The HDF5 attribute ", json_quote(name), " cannot hold ",
                         value.to_string().substr(0, 60), "."),
                     "use a string, a number, or a list of either");
  }
}

std::vector<std::byte> encode_attribute(
    const std::string& name, const Config& value,
    const std::function<std::vector<std::byte>()>& next_string) {
  Encoded encoded = encode_value(value, next_string);
  const auto space = encode_dataspace(encoded.shape);
  ByteWriter out;
  out.number(1, 1);  // version
  out.number(0, 1);
  out.number(name.size() + 1, 2);
  out.number(encoded.type.size(), 2);
  out.number(space.size(), 2);
  out.text(name);
  out.zeros(1);
  out.align(8);
  out.append(encoded.type);
  out.align(8);
  out.append(space);
  out.align(8);
  out.append(encoded.data.bytes());
  out.align(8);
  if (out.size() > kMessageLimit) {
    throw ValueError(str("The HDF5 attribute ", json_quote(name), " has ", out.size(),
                         " bytes; an attribute holds 64 KB."),
                     "split the list over several attributes, as Keras does");
  }
  return out.take();
}

std::vector<std::byte> encode_dataspace(const Shape& shape) {
  ByteWriter out;
  out.number(1, 1);  // version
  out.number(static_cast<std::uint64_t>(shape.rank()), 1);
  out.zeros(6);
  for (const std::int64_t dim : shape) out.number(static_cast<std::uint64_t>(dim), 8);
  return out.take();
}

}  // namespace keras::saving::hdf5
