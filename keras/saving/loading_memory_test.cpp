// What loading takes: the weights, as views of the file, and little else.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <string>

#include "keras/keras.h"
#include "tests/support/sanitizer.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using test_support::TempFolder;

/// A line of /proc/self/status in bytes.
double status(const std::string& key) {
  std::ifstream lines("/proc/self/status");
  for (std::string word; lines >> word;) {
    double kilobytes = 0;
    if (word == key + ":" && lines >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

/// Lets the kernel forget the peak; false where it cannot.
bool reset_peak() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;
  return file.good();
}

double sum_of_weights(const Model& model) {
  double sum = 0;
  for (const auto& weight : model.weights()) {
    const Tensor value = weight.value().eval();
    for (const float number : value.data<float>()) sum += static_cast<double>(number);
  }
  return sum;
}

class LoadingMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    if (test_support::kAddressSanitizer) GTEST_SKIP() << "the sanitizer takes memory of its own";
    if (!reset_peak()) GTEST_SKIP() << "the kernel does not reset the peak";
    const Model model = make();
    bytes_ = 4.0 * static_cast<double>(model.count_params());
    sum_ = sum_of_weights(model);
    model.save(path("m.keras"));
    model.save(path("m.h5"));
    model.save_weights(path("m.weights.h5"));
  }

  static Model make() {
    const Tensor input = Input({2000});
    return Model(input, layers::Dense(500)(layers::Dense(3000)(input)));
  }
  std::string path(const char* name) const { return (folder_ / name).string(); }

  /// Peak and growth, once all weights were read, in units of the weights.
  void expect_little(const std::function<Model()>& load) const {
    reset_peak();
    const double resident = status("VmRSS"), anonymous = status("RssAnon");
    const Model model = load();
    EXPECT_LT(status("RssAnon") - anonymous, 0.2 * bytes_);
    EXPECT_DOUBLE_EQ(sum_of_weights(model), sum_);
    EXPECT_LT(status("VmHWM") - resident, 1.2 * bytes_);
  }

  TempFolder folder_;
  double bytes_ = 0;
  double sum_ = 0;
};

TEST_F(LoadingMemory, ModelsTakeNoMoreThanTheirWeights) {
  for (const char* name : {"m.keras", "m.h5"}) {
    SCOPED_TRACE(name);
    expect_little([&] { return load_model(path(name)); });
  }
}

TEST_F(LoadingMemory, WeightsTakeThePlaceOfThoseThatWereThere) {
  const Model model = make();
  expect_little([&] {
    model.load_weights(path("m.weights.h5"));
    return model;
  });
}

}  // namespace
}  // namespace keras
