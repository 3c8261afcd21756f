#include "keras/layers/preprocessing/discretization.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/categorical_inputs.h"
#include "keras/layers/preprocessing/quantile_summary.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

constexpr std::array<std::string_view, 4> kOutputModes = {"int", "one_hot", "multi_hot", "count"};

void check_bins(const DiscretizationOptions& options) {
  if (options.num_bins && *options.num_bins < 0)
    throw ValueError(str("`num_bins` must be greater than or equal to 0. Received: `num_bins=",
                         *options.num_bins, "`"));
  if (options.num_bins && options.bin_boundaries)
    throw ValueError(
        str("Both `num_bins` and `bin_boundaries` should not be set. Received: `num_bins=",
            *options.num_bins, "` and `bin_boundaries=", Config::list_of(*options.bin_boundaries),
            "`"));
  if (!options.num_bins && !options.bin_boundaries)
    throw ValueError("You need to set either `num_bins` or `bin_boundaries`.");
  if (!(options.epsilon > 0 && options.epsilon <= 1))
    throw ValueError(
        str("Discretization: `epsilon` must be in (0, 1]. Received: epsilon=", options.epsilon));
}

class DiscretizationImpl final : public LayerImpl {
 public:
  explicit DiscretizationImpl(DiscretizationOptions options)
      : LayerImpl({"Discretization", options.name, true, options.dtype}),
        options_(std::move(options)) {
    autocast_ = false;
    if (options_.sparse)
      throw ValueError(
          "Discretization: `sparse=True` is not supported; the outputs are dense tensors.");
    if (std::find(kOutputModes.begin(), kOutputModes.end(), options_.output_mode) ==
        kOutputModes.end())
      throw ValueError(
          str("Unknown value for `output_mode` argument of Discretization. Allowed values are: "
              "('int', 'one_hot', 'multi_hot', 'count'). Received: output_mode=",
              options_.output_mode));
    check_bins(options_);
    set_boundaries(options_.bin_boundaries);
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    if (!options_.bin_boundaries)
      throw ValueError(
          "You need to either pass the `bin_boundaries` argument at construction time or call "
          "`adapt(dataset)` before you can start using the `Discretization` layer.");
    const Tensor bins = ops::digitize(x, boundaries_);
    if (options_.output_mode == "int") return ops::cast(bins, DType::kInt32);
    const auto depth = static_cast<std::int64_t>(options_.bin_boundaries->size()) + 1;
    return encode_categorical_inputs(bins, options_.output_mode, depth, compute_dtype());
  }

  void adapt(const AdaptData& data, const DiscretizationAdaptOptions& options) {
    if (!options_.num_bins)
      throw ValueError(
          "Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, "
          "use `num_bins` instead.");
    if (*options_.num_bins == 0)
      throw ValueError("Cannot adapt a Discretization layer with `num_bins=0`.");
    QuantileSummary summary(options_.epsilon);
    data.for_each([&](const Tensor& batch) { summary.add(batch.to_vector<float>()); },
                  options.steps);
    set_boundaries(summary.bin_boundaries(*options_.num_bins));
  }

  const std::optional<std::vector<double>>& boundaries() const { return options_.bin_boundaries; }

  void set_boundaries(std::optional<std::vector<double>> boundaries) {
    options_.bin_boundaries = std::move(boundaries);
    if (!options_.bin_boundaries) return;
    const std::vector<double>& values = *options_.bin_boundaries;
    boundaries_ = Tensor::from(std::vector<float>(values.begin(), values.end()),
                               {static_cast<std::int64_t>(values.size())});
  }

  Config get_config() const override {
    Config config = Config::dict();
    config.set("bin_boundaries",
               options_.bin_boundaries ? Config::list_of(*options_.bin_boundaries) : Config());
    config.set("num_bins", options_.num_bins ? Config(*options_.num_bins) : Config());
    config.set("epsilon", options_.epsilon);
    config.set("output_mode", options_.output_mode);
    config.set("sparse", options_.sparse);
    config.set("name", name());
    const bool mixed = compute_dtype() != variable_dtype();
    config.set("dtype", mixed ? dtype_policy().serialize() : Config(dtype_name(variable_dtype())));
    return config;
  }

 private:
  DiscretizationOptions options_;
  Tensor boundaries_;
};

std::optional<std::vector<double>> boundaries_from_config(const Config& config) {
  if (config.is_null()) return {};
  std::vector<double> boundaries;
  for (const auto& boundary : config.as_list()) boundaries.push_back(boundary.as_double());
  return boundaries;
}

}  // namespace

Discretization::Discretization(DiscretizationOptions options)
    : Layer(std::make_shared<DiscretizationImpl>(std::move(options))) {}

void Discretization::adapt(const AdaptData& data, DiscretizationAdaptOptions options) const {
  static_cast<DiscretizationImpl&>(*impl_).adapt(data, options);
}

std::optional<std::vector<double>> Discretization::bin_boundaries() const {
  return static_cast<const DiscretizationImpl&>(*impl_).boundaries();
}

Discretization Discretization::from_config(const Config& config) {
  ConfigReader reader("Discretization", config);
  DiscretizationOptions options;
  const auto boundaries = boundaries_from_config(reader.get("bin_boundaries"));
  if (!reader.get("num_bins").is_null()) options.num_bins = reader.require_int("num_bins");
  if (!options.num_bins) options.bin_boundaries = boundaries;
  options.epsilon = reader.get("epsilon", 0.01);
  options.output_mode = reader.get("output_mode", "int");
  options.sparse = reader.get("sparse", false);
  options.name = reader.name();
  options.dtype = reader.dtype();
  reader.finish();
  const Discretization layer(std::move(options));
  layer.set_trainable(reader.trainable());
  // An adapted layer's config has both, which the constructor does not take.
  static_cast<DiscretizationImpl&>(*layer.impl_).set_boundaries(boundaries);
  return layer;
}

}  // namespace keras::layers
