#include <cmath>
#include <limits>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation_registry.h"
#include "keras/saving/json/json.h"
#include "tests/conformance/kinds.h"
#include "tests/conformance/op_creation.h"

namespace keras::conformance {
namespace {

struct Signature {
  const char* function;
  const char* class_name;
  const char* parameters;
};

const Signature kSignatures[] = {
#include "tests/conformance/op_signatures.inc"
};

const Signature* signature_of(const std::string& function) {
  for (const Signature& row : kSignatures)
    if (function == row.function) return &row;
  return nullptr;
}

double special_number(const std::string& text) {
  if (text == "nan") return std::nan("");
  return text[0] == '-' ? -std::numeric_limits<double>::infinity()
                        : std::numeric_limits<double>::infinity();
}

/// An argument of the case as files write it; its arrays are added to the tensors.
Config written(const Case& test, const Config& value, Tensors& tensors) {
  if (value.is_list()) {
    Config::List out;
    for (const auto& item : value.as_list()) out.push_back(written(test, item, tensors));
    return out;
  }
  if (!value.is_dict()) return value;
  if (const Config* name = value.find("array")) {
    tensors.push_back(test.array(name->as_string()));
    return {{"tensor", static_cast<std::int64_t>(tensors.size()) - 1}};
  }
  if (const Config* bounds = value.find("slice"))
    return {{"class_name", "__slice__"},
            {"config", Config::dict({{"start", bounds->at(std::size_t{0})},
                                     {"stop", bounds->at(std::size_t{1})},
                                     {"step", bounds->at(std::size_t{2})}})}};
  if (value.contains("ellipsis")) return {{"class_name", "__ellipsis__"}, {"config", {}}};
  if (const Config* number = value.find("float")) return special_number(number->as_string());
  throw Skipped("an argument of an unknown form: " + value.to_string());
}

/// A call with every argument by its name, but those of a function that takes any number of them.
struct BoundCall {
  Config parameters;
  Config::List positional;
  Tensors tensors;
};

BoundCall bind(const Case& test, const Signature& signature) {
  BoundCall call;
  call.parameters = saving::parse_json(signature.parameters, signature.function);
  std::size_t place = 0;
  for (const auto& value : test.description().at("args").as_list()) {
    Config argument = written(test, value, call.tensors);
    auto& parameters = call.parameters.as_dict();
    if (place >= parameters.size()) throw Skipped("more arguments than the function takes");
    if (parameters[place].first[0] == '*') {
      call.positional.push_back(std::move(argument));
    } else {
      parameters[place++].second = std::move(argument);
    }
  }
  for (const auto& [name, value] : test.description().at("kwargs").as_dict())
    call.parameters.set(name, written(test, value, call.tensors));
  return call;
}

Tensors call_op(const Case& test) {
  const std::string function = test.description().at("op").as_string();
  const Signature* signature = signature_of(function);
  if (!signature) throw Skipped("no function keras.ops." + function);
  const BoundCall call = bind(test, *signature);
  const Config arguments = {{"args", call.positional}, {"kwargs", call.parameters}};
  if (const auto made =
          create(function, ops::RecordedCall(call.tensors, arguments, call.parameters)))
    return *made;
  if (!ops::is_known_operation(signature->class_name))
    throw Skipped("no function keras.ops." + function);
  return ops::operation_from_config(signature->class_name, call.parameters)(call.tensors,
                                                                            arguments);
}

/// The elements before place kth are not greater than the one there, nor those after it less.
void expect_partition(const Case& test, const Tensor& order) {
  const auto& args = test.description().at("args");
  const Tensor x = test.array(args.at(std::size_t{0}).at("array").as_string());
  const std::int64_t kth = args.at(1).as_int(), size = x.shape()[-1];
  const auto values = ops::take_along_axis(x, order, {.axis = -1}).to_vector<double>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i) % size;
    const double pivot = values[i - static_cast<std::size_t>(at) + static_cast<std::size_t>(kth)];
    if ((at < kth && values[i] > pivot) || (at > kth && values[i] < pivot))
      throw Mismatch(str("element ", i, " is on the wrong side of the one at ", kth));
  }
}

/// What a factorization leaves open: the signs of vectors, or how a permutation is written.
void expect_unique_part(const Case& test, const std::string& check, const Tensors& got) {
  if (check.rfind("argpartition", 0) == 0) return expect_partition(test, got.at(0));
  if (check.rfind("lu_factor", 0) == 0) return test.expect("out0", got.at(0), test.array("out0"));
  for (std::size_t i = 0; i < got.size(); ++i) {
    const std::string name = "out" + std::to_string(i);
    test.expect("|" + name + "|", ops::abs(got[i]), ops::abs(test.array(name)));
  }
}

}  // namespace

void run_op(const Case& test) {
  const Tensors got = call_op(test);
  if (const Config* check = test.description().find("check"); check && check->is_string())
    return expect_unique_part(test, check->as_string(), got);
  expect_outputs(test, got);
}

}  // namespace keras::conformance
