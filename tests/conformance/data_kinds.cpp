#include <algorithm>
#include <string_view>

#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/utils/numerical_utils.h"
#include "keras/utils/sequence_utils.h"
#include "keras/utils/timeseries_dataset_utils.h"
#include "tests/conformance/kinds.h"

namespace keras::conformance {
namespace {

/// The arguments that a runner knows must be all that the case has.
const Config& arguments_of(const Case& test, std::initializer_list<std::string_view> known) {
  const Config& arguments = test.description().at("arguments");
  for (const auto& [name, value] : arguments.as_dict())
    if (std::find(known.begin(), known.end(), name) == known.end() && !value.is_null())
      throw Skipped("no argument " + name);
  return arguments;
}

std::optional<std::int64_t> optional_int(const Config& from, const char* key) {
  const Config* value = from.find(key);
  if (!value || value->is_null()) return std::nullopt;
  return value->as_int();
}

Tensor numbers(const Config& sequence) {
  std::vector<double> values;
  for (const auto& value : sequence.as_list()) {
    if (!value.is_number()) throw Skipped("sequences of other things than numbers");
    values.push_back(value.as_double());
  }
  return Tensor::from(values, {static_cast<std::int64_t>(values.size())});
}

}  // namespace

void run_pad_sequences(const Case& test) {
  const Config& a = arguments_of(test, {"maxlen", "dtype", "padding", "truncating", "value"});
  Tensors sequences;
  for (const auto& sequence : test.description().at("sequences").as_list())
    sequences.push_back(numbers(sequence));
  const std::string dtype = a.get("dtype", "int32");
  if (dtype == "object") throw Skipped("sequences of other things than numbers");
  expect_outputs(test, {utils::pad_sequences(sequences, {.maxlen = optional_int(a, "maxlen"),
                                                         .dtype = dtype_from_name(dtype),
                                                         .padding = a.get("padding", "pre"),
                                                         .truncating = a.get("truncating", "pre"),
                                                         .value = a.get("value", 0.0)})});
}

void run_to_categorical(const Case& test) {
  const Config& a = arguments_of(test, {"num_classes"});
  expect_outputs(test, {utils::to_categorical(test.array("x0"),
                                              {.num_classes = optional_int(a, "num_classes")})});
}

void run_normalize(const Case& test) {
  const Config& a = arguments_of(test, {"axis", "order"});
  expect_outputs(test, {utils::normalize(test.array("x0"),
                                         {.axis = a.get("axis", -1), .order = a.get("order", 2)})});
}

void run_timeseries(const Case& test) {
  const Config& a = arguments_of(test, {"sequence_length", "sequence_stride", "sampling_rate",
                                        "batch_size", "shuffle", "start_index", "end_index"});
  if (a.get("shuffle", false)) throw Skipped("another order of shuffled windows");
  const Config& targets = test.description().at("targets");
  const Config* batch_size = a.find("batch_size");
  Dataset dataset = utils::timeseries_dataset_from_array(
      test.array("x0"), targets.is_null() ? Tensor() : test.array(targets.as_string()),
      a.at("sequence_length").as_int(),
      {.sequence_stride = a.get("sequence_stride", std::int64_t{1}),
       .sampling_rate = a.get("sampling_rate", std::int64_t{1}),
       .batch_size = batch_size ? optional_int(a, "batch_size") : 128,
       .start_index = optional_int(a, "start_index"),
       .end_index = optional_int(a, "end_index")});
  const std::int64_t batches = test.description().at("batches").as_int();
  test.expect("batches", static_cast<double>(*dataset.impl().num_batches()),
              static_cast<double>(batches));
  for (std::int64_t b = 0; b < batches; ++b) {
    const std::string name = "batch" + std::to_string(b);
    const Batch batch = dataset.impl().get(b);
    test.expect(name + "_x", batch.x.tensors().at(0), test.array(name + "_x"));
    if (!targets.is_null())
      test.expect(name + "_y", batch.y.tensors().at(0), test.array(name + "_y"));
  }
}

}  // namespace keras::conformance
