#include "keras/ops/math.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

constexpr const char* kNumpy = "keras.src.ops.numpy";
constexpr const char* kMath = "keras.src.ops.math";

RegistryRow reduction(const char* name, Tensor (*function)(const Tensor&, ReduceOptions),
                      const char* module = kNumpy) {
  return {name, module, [function](const RecordedCall& call) {
            return Tensors{
                function(call.tensor(0), {.axis = call.axes(), .keepdims = call.flag("keepdims")})};
          }};
}

RegistryRow extremum(const char* name, Tensor (*function)(const Tensor&, ExtremumOptions)) {
  return {name, kNumpy, [function](const RecordedCall& call) {
            return Tensors{function(call.tensor(0), {.axis = call.axes(),
                                                     .keepdims = call.flag("keepdims"),
                                                     .initial = call.number("initial")})};
          }};
}

RegistryRow arg_reduction(const char* name, Tensor (*function)(const Tensor&, ArgReduceOptions)) {
  return {name, kNumpy, [function](const RecordedCall& call) {
            return Tensors{
                function(call.tensor(0), {.axis = call.axis(), .keepdims = call.flag("keepdims")})};
          }};
}

RegistryRow cumulative(const char* name, Tensor (*function)(const Tensor&, CumulativeOptions)) {
  return {name, kNumpy, [function](const RecordedCall& call) {
            return Tensors{function(call.tensor(0), {.axis = call.axis()})};
          }};
}

RegistryRow ordering(const char* name, Tensor (*function)(const Tensor&, SortOptions)) {
  return {name, kNumpy, [function](const RecordedCall& call) {
            return Tensors{function(call.tensor(0), {.axis = call.axis()})};
          }};
}

RegistryRow quantiles(const char* name,
                      Tensor (*function)(const Tensor&, const Tensor&, QuantileOptions)) {
  return {name, kNumpy, [function](const RecordedCall& call) {
            return Tensors{function(call.tensor(0), call.tensor(1, "q"),
                                    {.axis = call.axes(),
                                     .method = call.config().get("method", "linear"),
                                     .keepdims = call.flag("keepdims")})};
          }};
}

RegistryRow segments(const char* name,
                     Tensor (*function)(const Tensor&, const Tensor&, std::int64_t)) {
  return {name, kMath, [function](const RecordedCall& call) {
            return Tensors{function(call.tensor(0, "data"), call.tensor(1, "segment_ids"),
                                    call.config().at("num_segments").as_int())};
          }};
}

std::vector<RegistryRow> plain_rows() {
  return {reduction("All", all),
          reduction("Amax", amax),
          reduction("Amin", amin),
          reduction("Any", any),
          reduction("Logsumexp", logsumexp, kMath),
          extremum("Max", max),
          reduction("Mean", mean),
          reduction("Median", median),
          extremum("Min", min),
          reduction("Nanmax", nanmax),
          reduction("Nanmean", nanmean),
          reduction("Nanmedian", nanmedian),
          reduction("Nanmin", nanmin),
          reduction("Nanprod", nanprod),
          reduction("Nanstd", nanstd),
          reduction("Nansum", nansum),
          reduction("Nanvar", nanvar),
          reduction("Prod", prod),
          reduction("Ptp", ptp),
          reduction("Std", std),
          reduction("Sum", sum),
          reduction("Var", var),
          arg_reduction("Argmax", argmax),
          arg_reduction("Argmin", argmin),
          arg_reduction("Nanargmax", nanargmax),
          arg_reduction("Nanargmin", nanargmin),
          cumulative("Cumprod", cumprod),
          cumulative("Cumsum", cumsum),
          cumulative("Nancumprod", nancumprod),
          cumulative("Nancumsum", nancumsum),
          ordering("Argsort", argsort),
          ordering("Sort", sort),
          quantiles("Nanpercentile", nanpercentile),
          quantiles("Nanquantile", nanquantile),
          quantiles("Percentile", percentile),
          quantiles("Quantile", quantile),
          segments("SegmentMax", segment_max),
          segments("SegmentMin", segment_min),
          segments("SegmentProd", segment_prod),
          segments("SegmentSum", segment_sum)};
}

Tensors apply_histogram(const RecordedCall& call) {
  HistogramOptions options{.bins = call.integer("bins").value_or(10)};
  if (const Config* range = call.config().find("range"); range && range->is_list())
    options.range = {range->at(std::size_t{0}).as_double(), range->at(std::size_t{1}).as_double()};
  const Histogram out = histogram(call.tensor(0), options);
  return {out.counts, out.bin_edges};
}

std::vector<RegistryRow> other_rows() {
  return {
      {"Argpartition", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{
             argpartition(call.tensor(0), call.config().at("kth").as_int(), {.axis = call.axis()})};
       }},
      {"Average", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{average(
             call.tensor(0), {.axis = call.axis(),
                              .weights = call.optional_tensor(1, "weights").value_or(Tensor())})};
       }},
      {"Bincount", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{bincount(call.tensor(0),
                                 {.weights = call.optional_tensor(1, "weights").value_or(Tensor()),
                                  .minlength = call.config().get("minlength", std::int64_t{0})})};
       }},
      {"Histogram", kNumpy, apply_histogram},
      {"Trapezoid", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{
             trapezoid(call.tensor(0, "y"), {.x = call.optional_tensor(1, "x").value_or(Tensor()),
                                             .dx = call.number("dx").value_or(1),
                                             .axis = call.axis().value_or(-1)})};
       }},
      {"CountNonzero", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{count_nonzero(call.tensor(0), {.axis = call.axes()})};
       }},
      {"Diff", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{diff(call.tensor(0, "a"),
                             {.n = call.config().get("n", 1), .axis = call.axis().value_or(-1)})};
       }},
      {"InTopK", kMath,
       [](const RecordedCall& call) {
         return Tensors{in_top_k(call.tensor(0, "targets"), call.tensor(1, "predictions"),
                                 call.config().at("k").as_int())};
       }},
      {"SearchSorted", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{searchsorted(call.tensor(0, "sorted_sequence"), call.tensor(1, "values"),
                                     {.side = call.config().get("side", "left")})};
       }},
      {"TopK", kMath,
       [](const RecordedCall& call) {
         const TopK found = top_k(call.tensor(0), call.config().at("k").as_int(),
                                  {.sorted = call.flag("sorted", true)});
         return Tensors{found.values, found.indices};
       }},
  };
}

}  // namespace

std::vector<RegistryRow> reduction_rows() {
  std::vector<RegistryRow> rows = plain_rows();
  for (auto& row : other_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace keras::ops
