#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/optimizer.h"
#include "keras/saving/json/json.h"

namespace keras::optimizers {
namespace {

/// Four steps of Python's Keras 3.15 (JAX) from `kernel` and `bias` below.
struct Case {
  const char* class_name;
  const char* config;
  std::vector<float> weights;            ///< kernel, then bias
  std::vector<float> state;              ///< the optimizer's variables after iteration and rate
  std::vector<std::string> state_names;  ///< all of the optimizer's variables, without its name
};

// clang-format off
const std::vector<Case>& cases() {
  static const std::vector<Case> rows = {
    {"SGD", R"({"learning_rate": 0.1})",
     {0.110000007f, -0.140000001f, 0.300000012f, -0.460000008f, 0.49000001f, -0.560000002f, 0.619999945f, -0.719999969f, 0.920000017f},
     {},
     {"iteration", "learning_rate"}},
    {"SGD", R"({"learning_rate": 0.1, "momentum": 0.9})",
     {0.186949998f, -0.129379988f, 0.324480027f, -0.600849986f, 0.551110029f, -0.485030085f, 0.543500006f, -0.59453994f, 0.880129993f},
     {0.00144999661f, 0.0588200018f, -0.00272000022f, -0.0443499982f, -0.0167900026f, 0.0316700004f, -0.0715000033f, 0.0660599992f, 0.024430003f},
     {"iteration", "learning_rate", "kernel_momentum", "bias_momentum"}},
    {"SGD", R"({"learning_rate": 0.1, "momentum": 0.9, "nesterov": true, "weight_decay": 0.01})",
     {0.187548488f, -0.075647682f, 0.32075423f, -0.638735414f, 0.533852041f, -0.454355776f, 0.476565629f, -0.532261372f, 0.898663402f},
     {0.00144999661f, 0.0588200018f, -0.00272000022f, -0.0443499982f, -0.0167900026f, 0.0316700004f, -0.0715000033f, 0.0660599992f, 0.024430003f},
     {"iteration", "learning_rate", "kernel_momentum", "bias_momentum"}},
    {"RMSprop", R"({"learning_rate": 0.05})",
     {0.165066302f, -0.129563481f, 0.362701565f, -0.577577531f, 0.380646586f, -0.44232747f, 0.470737964f, -0.555357516f, 0.894131899f},
     {0.0417249948f, 0.0417760015f, 0.0223060008f, 0.0374349989f, 0.0459790006f, 0.0252010003f, 0.0371499993f, 0.0349740013f, 0.0334509984f},
     {"iteration", "learning_rate", "kernel_velocity", "bias_velocity"}},
    {"RMSprop", R"({"learning_rate": 0.05, "momentum": 0.5, "centered": true})",
     {0.260514081f, -0.186709911f, 0.469540924f, -0.768380046f, 0.351693451f, -0.288351417f, 0.346848369f, -0.354642391f, 0.790070832f},
     {0.0417249948f, 0.0417760015f, 0.0223060008f, 0.0374349989f, 0.0459790006f, 0.0252010003f, 0.0371499993f, 0.0349740013f, 0.0334509984f, 0.0135095399f, -0.124688774f, 0.0266630463f, 0.0152283683f, 0.0976201445f, -0.0294861831f, 0.136653334f, -0.0788546801f, -0.0820040628f, -0.00144999661f, -0.0588200018f, 0.00272000022f, 0.0443499982f, 0.0167900026f, -0.0316700004f, 0.0715000033f, -0.0660599992f, -0.024430003f},
     {"iteration", "learning_rate", "kernel_velocity", "bias_velocity", "kernel_momentum", "bias_momentum", "kernel_average_gradient", "bias_average_gradient"}},
    {"Adam", R"({"learning_rate": 0.05})",
     {0.179798901f, -0.199648306f, 0.349142581f, -0.529829621f, 0.496210545f, -0.498488456f, 0.608783066f, -0.660694122f, 0.852366924f},
     {-0.00145000033f, -0.0588200055f, 0.00272000022f, 0.0443500057f, 0.0167899989f, -0.0316700004f, 0.000509000791f, 0.000459550327f, 0.000259610213f, 0.000459070783f, 0.000509470294f, 0.000299490348f, 0.0715000033f, -0.0660600066f, -0.024430003f, 0.000419490272f, 0.000419250515f, 0.000379510398f},
     {"iteration", "learning_rate", "kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"}},
    {"Adam", R"({"learning_rate": 0.05, "amsgrad": true})",
     {0.179782137f, -0.199648306f, 0.349142581f, -0.529829621f, 0.496198922f, -0.498488456f, 0.608783066f, -0.660708964f, 0.852366924f},
     {-0.00145000033f, -0.0588200055f, 0.00272000022f, 0.0443500057f, 0.0167899989f, -0.0316700004f, 0.000509000791f, 0.000459550327f, 0.000259610213f, 0.000459070783f, 0.000509470294f, 0.000299490348f, 0.0715000033f, -0.0660600066f, -0.024430003f, 0.000419490272f, 0.000419250515f, 0.000379510398f, 0.000509000791f, 0.000459550327f, 0.000259610213f, 0.000459070783f, 0.000509470294f, 0.000299490348f, 0.000419490272f, 0.000419670192f, 0.000379510398f},
     {"iteration", "learning_rate", "kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity", "kernel_velocity_hat", "bias_velocity_hat"}},
    {"AdamW", R"({"learning_rate": 0.05})",
     {0.179676399f, -0.199467048f, 0.348875016f, -0.529462457f, 0.495824128f, -0.498047024f, 0.608242512f, -0.660100937f, 0.851678371f},
     {-0.00145000033f, -0.0588200055f, 0.00272000022f, 0.0443500057f, 0.0167899989f, -0.0316700004f, 0.000509000791f, 0.000459550327f, 0.000259610213f, 0.000459070783f, 0.000509470294f, 0.000299490348f, 0.0715000033f, -0.0660600066f, -0.024430003f, 0.000419490272f, 0.000419250515f, 0.000379510398f},
     {"iteration", "learning_rate", "kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"}},
    {"Adagrad", R"({"learning_rate": 0.05})",
     {0.116384692f, -0.165783882f, 0.305298805f, -0.448296309f, 0.494581908f, -0.562319219f, 0.638340592f, -0.735730588f, 0.905124784f},
     {0.610000014f, 0.560000002f, 0.359999985f, 0.560000002f, 0.610000014f, 0.400000006f, 0.519999981f, 0.519999981f, 0.480000019f},
     {"iteration", "learning_rate", "kernel_accumulator", "bias_accumulator"}},
    {"Adadelta", R"({"learning_rate": 1.0})",
     {0.100338504f, -0.198184609f, 0.300182372f, -0.401560098f, 0.498585641f, -0.598531425f, 0.697705388f, -0.797480643f, 0.900705636f},
     {0.0230921879f, 0.021909751f, 0.0120510003f, 0.0207684375f, 0.0242099371f, 0.0137631875f, 1.89446496e-07f, 4.55088411e-07f, 4.25684249e-07f, 1.98130991e-07f, 4.5231161e-07f, 2.98609734e-07f, 0.0197562501f, 0.0191852488f, 0.0178194381f, 1.80159731e-07f, 2.18799499e-07f, 3.87995897e-07f},
     {"iteration", "learning_rate", "kernel_accumulated_grad", "kernel_accumulated_delta_var", "bias_accumulated_grad", "bias_accumulated_delta_var"}},
    {"Adamax", R"({"learning_rate": 0.05})",
     {0.17062442f, -0.213897675f, 0.349962234f, -0.50781101f, 0.480326623f, -0.510974646f, 0.639923632f, -0.686564505f, 0.850861132f},
     {-0.00145000033f, -0.0588200055f, 0.00272000022f, 0.0443500057f, 0.0167899989f, -0.0316700004f, 0.499500006f, 0.5f, 0.299700022f, 0.498501539f, 0.5f, 0.399599999f, 0.0715000033f, -0.0660600066f, -0.024430003f, 0.49900052f, 0.499500006f, 0.400000006f},
     {"iteration", "learning_rate", "kernel_momentum", "kernel_norm", "bias_momentum", "bias_norm"}},
    {"Nadam", R"({"learning_rate": 0.05})",
     {0.128965497f, -0.176122263f, 0.325323403f, -0.470449626f, 0.462530971f, -0.53812319f, 0.617498159f, -0.707189679f, 0.893350303f},
     {-0.00144999847f, -0.058820013f, 0.00272000208f, 0.0443500094f, 0.0167900063f, -0.0316700041f, 0.000508994155f, 0.00045954439f, 0.000259606866f, 0.000459064875f, 0.000509463716f, 0.000299486448f, 0.0715000182f, -0.0660600141f, -0.0244300086f, 0.000419484859f, 0.000419245102f, 0.000379505509f, 0.0590181351f},
     {"iteration", "learning_rate", "kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity", "variable"}},
    {"Ftrl", R"({"learning_rate": 0.05, "l1_regularization_strength": 0.01, "l2_regularization_strength": 0.02, "l2_shrinkage_regularization_strength": 0.03, "beta": 0.1})",
     {0.05100419f, 0.00871324074f, 0.0363660604f, -0.195589557f, 0.008662601f, -0.0964124128f, -0.0567391329f, -0.190904424f, 0.198038653f},
     {0.610000014f, 0.560000002f, 0.359999985f, 0.560000002f, 0.610000014f, 0.400000006f, -0.910759449f, -0.158182859f, -0.520579457f, 3.33631921f, -0.162985861f, 1.42621255f, 0.519999981f, 0.519999981f, 0.480000019f, 0.944051147f, 3.15270758f, -3.15810275f},
     {"iteration", "learning_rate", "kernel_accumulator", "kernel_linear", "bias_accumulator", "bias_linear"}},
    {"Lion", R"({"learning_rate": 0.05})",
     {0.200000003f, -0.200000003f, 0.300000012f, -0.400000006f, 0.5f, -0.600000024f, 0.649999976f, -0.699999988f, 0.899999976f},
     {-0.000901494408f, -0.00598979648f, 2.97019724e-05f, 0.00583138969f, 0.00106979813f, -0.00391069381f, 0.00791049283f, -0.00785108842f, -0.0020494014f},
     {"iteration", "learning_rate", "kernel_momentum", "bias_momentum"}},
    {"Lamb", R"({"learning_rate": 0.05})",
     {0.144489735f, -0.163801536f, 0.319009811f, -0.499064535f, 0.517769456f, -0.526489317f, 0.567903399f, -0.621861517f, 0.853160679f},
     {-0.00145000033f, -0.0588200055f, 0.00272000022f, 0.0443500057f, 0.0167899989f, -0.0316700004f, 0.000509000791f, 0.000459550327f, 0.000259610213f, 0.000459070783f, 0.000509470294f, 0.000299490348f, 0.0715000033f, -0.0660600066f, -0.024430003f, 0.000419490272f, 0.000419250515f, 0.000379510398f},
     {"iteration", "learning_rate", "kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"}},
    {"Muon", R"({"learning_rate": 0.05})",
     {0.115619808f, -0.199192882f, 0.306858689f, -0.44103995f, 0.512264073f, -0.576661527f, 0.608242512f, -0.660100937f, 0.851678371f},
     {-0.0536874905f, -0.59452498f, 0.0142749995f, 0.518437505f, 0.13448751f, -0.35671252f, 0.0715000033f, -0.0660600066f, -0.024430003f, 0.000419490272f, 0.000419250515f, 0.000379510398f},
     {"iteration", "learning_rate", "kernel_momentum", "bias_momentum", "bias_velocity"}},
    {"Adafactor", R"({"learning_rate": 0.05})",
     {0.100089945f, -0.18272543f, 0.296552449f, -0.421783984f, 0.487639934f, -0.573724031f, 0.617043078f, -0.723175645f, 0.916614711f},
     {0.102554619f, 0.104635015f, 0.108115181f, 0.134168506f, 0.068500787f, 0.107029587f, 0.132821307f, 0.0678129643f, 0.109200768f, 0.13551569f, 0.0691886023f, 0.0f, 0.0f, 0.111828893f, 0.0985039249f, 0.0991781801f},
     {"iteration", "learning_rate", "kernel", "kernel", "kernel_velocity", "bias", "bias", "bias_velocity"}},
    {"ScheduleFreeAdamW", R"({"learning_rate": 0.05})",
     {0.120871365f, -0.187434018f, 0.322121859f, -0.459066004f, 0.480974734f, -0.550959587f, 0.634497762f, -0.726549506f, 0.889523864f},
     {0.102768555f, -0.13196227f, 0.307332993f, -0.460091531f, 0.449323595f, -0.543166876f, 0.000508994155f, 0.00045954439f, 0.000259606866f, 0.000459064875f, 0.000509463716f, 0.000299486448f, 0.584578753f, -0.700345218f, 0.927949607f, 0.000419484859f, 0.000419245102f, 0.000379505509f},
     {"iteration", "learning_rate", "kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"}},
    {"ScheduleFreeAdamW", R"({"learning_rate": 0.05, "beta_1": 0.8, "warmup_steps": 3, "weight_decay": 0.01})",
     {0.0854498446f, -0.164652199f, 0.302602559f, -0.42922771f, 0.49192363f, -0.572529316f, 0.64729476f, -0.751816452f, 0.913123488f},
     {0.0694352165f, -0.119707555f, 0.293609321f, -0.431381762f, 0.459549844f, -0.563424587f, 0.000508994155f, 0.00045954439f, 0.000259606866f, 0.000459064875f, 0.000509463716f, 0.000299486448f, 0.608143032f, -0.727960765f, 0.944616377f, 0.000419484859f, 0.000419245102f, 0.000379505509f},
     {"iteration", "learning_rate", "kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"}},
    {"SGD", R"({"learning_rate": 0.1, "clipnorm": 0.5})",
     {0.106229573f, -0.15899241f, 0.297316253f, -0.435098886f, 0.495371729f, -0.577314913f, 0.631515622f, -0.722807944f, 0.912452519f},
     {},
     {"iteration", "learning_rate"}},
    {"SGD", R"({"learning_rate": 0.1, "clipvalue": 0.2})",
     {0.109999999f, -0.190000013f, 0.300000012f, -0.410000026f, 0.48999998f, -0.590000033f, 0.670000017f, -0.770000041f, 0.899999976f},
     {},
     {"iteration", "learning_rate"}},
    {"SGD", R"({"learning_rate": 0.1, "global_clipnorm": 0.5})",
     {0.105753005f, -0.168300107f, 0.29936263f, -0.430534542f, 0.49510321f, -0.579892576f, 0.657872915f, -0.759147823f, 0.910955071f},
     {},
     {"iteration", "learning_rate"}},
    {"SGD", R"({"learning_rate": 0.1, "use_ema": true, "ema_momentum": 0.8})",
     {0.110000007f, -0.140000001f, 0.300000012f, -0.460000008f, 0.49000001f, -0.560000002f, 0.619999945f, -0.719999969f, 0.920000017f},
     {0.134000003f, -0.194079995f, 0.312160045f, -0.455519974f, 0.504400015f, -0.567360044f, 0.671199918f, -0.746879995f, 0.885439992f},
     {"iteration", "learning_rate", "kernel_average", "bias_average"}},
    {"SGD", R"({"learning_rate": 0.1, "use_ema": true, "ema_momentum": 0.8, "ema_overwrite_frequency": 2})",
     {0.134000003f, -0.205599993f, 0.320800006f, -0.458400011f, 0.49000001f, -0.561600029f, 0.685599983f, -0.743999958f, 0.87680006f},
     {0.134000003f, -0.205599993f, 0.320800006f, -0.458400011f, 0.49000001f, -0.561600029f, 0.685599983f, -0.743999958f, 0.87680006f},
     {"iteration", "learning_rate", "kernel_average", "bias_average"}},
    {"SGD", R"({"learning_rate": 0.1, "loss_scale_factor": 4.0})",
     {0.102499999f, -0.184999987f, 0.300000012f, -0.414999992f, 0.497500002f, -0.590000033f, 0.680000007f, -0.780000031f, 0.904999971f},
     {},
     {"iteration", "learning_rate"}},
    {"Adam", R"({"learning_rate": 0.05, "gradient_accumulation_steps": 3})",
     {0.100000001f, -0.150005072f, 0.349997312f, -0.449999094f, 0.549998462f, -0.550001323f, 0.650001526f, -0.750000954f, 0.850002646f},
     {-0.100000001f, -0.5f, 0.200000003f, -0.200000003f, 0.5f, 0.100000001f, 0.400000006f, 0.0f, -0.400000006f, 0.0f, -0.00333333365f, -0.00666666729f, 0.0266666692f, -0.0133333346f, -0.0166666675f, 0.0f, 1.11111126e-06f, 4.44444504e-06f, 7.11111206e-05f, 1.77777802e-05f, 2.77777817e-05f, 0.0133333346f, -0.0266666692f, 0.00666666729f, 1.77777802e-05f, 7.11111206e-05f, 4.44444504e-06f},
     {"iteration", "learning_rate", "kernel_gradient_accumulator", "bias_gradient_accumulator", "kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"}},
    {"SGD", R"({"learning_rate": {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5, "staircase": false, "name": "ExponentialDecay"}, "registered_name": null}})",
     {0.128535539f, -0.179038063f, 0.306715727f, -0.455857873f, 0.507677674f, -0.567677736f, 0.655502498f, -0.742071092f, 0.895355403f},
     {},
     {"iteration"}},
  };
  return rows;
}
// clang-format on

std::vector<float> gradient(int count, int step) {
  std::vector<float> values;
  for (int i = 0; i < count; ++i)
    values.push_back(static_cast<float>((i * 7 + step * 5) % 11 - 5) / 10.0f);
  return values;
}

struct Model {
  Variable kernel{Tensor::from(std::vector<float>{.1f, -.2f, .3f, -.4f, .5f, -.6f}, Shape{2, 3}),
                  {.name = "kernel"}};
  Variable bias{Tensor::of<float>({.7f, -.8f, .9f}), {.name = "bias"}};
};

Tensors gradients(int step) {
  return {Tensor::from(gradient(6, step), Shape{2, 3}),
          Tensor::from(gradient(3, step + 1), Shape{3})};
}

Optimizer make(const Case& c) {
  return Optimizer::deserialize(
      {{"class_name", c.class_name}, {"config", saving::parse_json(c.config, "test")}});
}

std::vector<float> concatenated(const Variables& variables) {
  std::vector<float> values;
  for (const auto& variable : variables)
    for (const float value : variable.value().to_vector<float>()) values.push_back(value);
  return values;
}

void expect_near(const std::vector<float>& got, const std::vector<float>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], expected[i], 2e-6f + 2e-6f * std::abs(expected[i])) << "element " << i;
}

void check(const Case& c, const Optimizer& optimizer, const Model& model) {
  expect_near(concatenated({model.kernel, model.bias}), c.weights);
  const Variables variables = optimizer.variables();
  ASSERT_EQ(variables.size(), c.state_names.size());
  for (std::size_t i = 0; i < variables.size(); ++i)
    EXPECT_EQ(variables[i].path().substr(variables[i].path().find('/') + 1), c.state_names[i]);
  const bool has_rate = c.state_names.size() > 1 && c.state_names[1] == "learning_rate";
  if (!c.state.empty())
    expect_near(concatenated(Variables(variables.begin() + (has_rate ? 2 : 1), variables.end())),
                c.state);
  EXPECT_EQ(optimizer.iterations().value().item<int>(), 4);
}

TEST(OptimizerValues, MatchKeras) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(std::string(c.class_name) + " " + c.config);
    const Optimizer optimizer = make(c);
    const Model model;
    for (int step = 0; step < 4; ++step)
      optimizer.apply(gradients(step), {model.kernel, model.bias});
    check(c, optimizer, model);
  }
}

TEST(OptimizerValues, MatchKerasCompiled) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(std::string(c.class_name) + " " + c.config);
    const Optimizer optimizer = make(c);
    const Model model;
    optimizer.build({model.kernel, model.bias});
    const CompiledFunction step = compile([&](const Tensors& arguments) {
      optimizer.apply(arguments, {model.kernel, model.bias});
      return Tensors{arguments[0] * 1};
    });
    for (int i = 0; i < 4; ++i) step(gradients(i));
    check(c, optimizer, model);
  }
}

}  // namespace
}  // namespace keras::optimizers
