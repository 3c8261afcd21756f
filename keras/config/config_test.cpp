#include "keras/config/config.h"

#include <gtest/gtest.h>

#include <cmath>

#include "keras/dtype_policies/dtype_policy.h"
#include "keras/engine/error.h"
#include "keras/metrics/metrics.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/trainers/data_adapters/data_adapter_utils.h"

namespace keras::config {
namespace {

/// Leaves everything as it was.
class ConfigTest : public testing::Test {
 protected:
  ~ConfigTest() override {
    set_floatx("float32");
    set_epsilon(1e-7);
    set_image_data_format("channels_last");
    enable_interactive_logging();
    set_num_threads(threads_);
  }
  int threads_ = num_threads();
};

template <typename Function>
std::string error_of(const Function& function) {
  try {
    function();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST_F(ConfigTest, FloatxIsTheDtypeOfWhatHasNone) {
  EXPECT_EQ(floatx(), "float32");
  set_floatx("float64");
  EXPECT_EQ(floatx(), "float64");
  EXPECT_EQ(DTypePolicy().variable_dtype(), DType::kFloat64);
  EXPECT_EQ(metrics::Mean().get_config().at("dtype").as_string(), "float64");
  EXPECT_EQ(trainers::to_floatx(Tensor::of<float>({1}))[0].dtype(), DType::kFloat64);
  EXPECT_EQ(trainers::to_floatx(Tensor::of<std::int32_t>({1}))[0].dtype(), DType::kInt32);
  EXPECT_NE(error_of([] { set_floatx("int32"); })
                .find("Unknown `floatx` value: int32. Expected one of {'bfloat16', 'float16', "
                      "'float32', 'float64'}"),
            std::string::npos);
  EXPECT_EQ(floatx(), "float64");
}

TEST_F(ConfigTest, EpsilonKeepsLogarithmsFinite) {
  EXPECT_EQ(epsilon(), 1e-7);
  const Tensor zero = Tensor::of<float>({0, 1}), one = Tensor::of<float>({1, 0});
  EXPECT_NEAR(ops::categorical_crossentropy(one, zero).item<double>(), -std::log(1e-7), 1e-3);
  set_epsilon(1e-3);
  EXPECT_NEAR(ops::categorical_crossentropy(one, zero).item<double>(), -std::log(1e-3), 1e-3);
}

TEST_F(ConfigTest, ImageDataFormatIsTheDefault) {
  EXPECT_EQ(image_data_format(), "channels_last");
  const Tensor x = ops::ones({1, 2, 4, 4});
  set_image_data_format("channels_first");
  EXPECT_EQ(ops::max_pool(x, 2).shape(), (Shape{1, 2, 2, 2}));
  set_image_data_format("channels_last");
  EXPECT_EQ(ops::max_pool(x, 2).shape(), (Shape{1, 1, 2, 4}));
  EXPECT_NE(error_of([] { set_image_data_format("channels"); }).find("data_format=channels"),
            std::string::npos);
}

TEST_F(ConfigTest, SetsThreadsAndLogging) {
  set_num_threads(3);
  EXPECT_EQ(num_threads(), 3);
  EXPECT_NE(error_of([] { set_num_threads(0); }).find("must be at least 1, received 0"),
            std::string::npos);
  disable_interactive_logging();
  EXPECT_FALSE(is_interactive_logging_enabled());
  enable_interactive_logging();
  EXPECT_TRUE(is_interactive_logging_enabled());
}

}  // namespace
}  // namespace keras::config
