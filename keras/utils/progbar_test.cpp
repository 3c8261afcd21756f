#include "keras/utils/progbar.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"

namespace keras::utils {
namespace {

/// A bar on a clock of the test's own.
class Display {
 public:
  ProgbarOptions options() {
    ProgbarOptions options;
    options.dynamic_display = true;
    options.clock = [this] { return now; };
    options.print = [this](std::string_view piece) { text += piece; };
    return options;
  }

  double now = 1000;
  std::string text;
};

std::string back(std::size_t count) { return std::string(count, '\b'); }
std::string bar(int done, int width = 20) {
  std::string out = done > 0 ? "\x1b[32m" : "";
  for (int i = 0; i < done; ++i) out += "━";
  if (done > 0) out += "\x1b[0m";
  out += "\x1b[37m";
  for (int i = done; i < width; ++i) out += "━";
  return out + "\x1b[0m";
}
std::string bold(const std::string& text) { return "\x1b[1m" + text + "\x1b[0m"; }

// The expected texts are what Keras 3.15 writes with the same clock.
TEST(Progbar, DrawsAsKerasDoes) {
  Display display;
  auto options = display.options();
  options.stateless_metrics = std::vector<std::string>{};
  Progbar progbar(45, options);
  display.now += 0.5;
  progbar.update(1, {{"accuracy", .5}, {"loss", 2.3}}, false);
  display.now += 0.01;
  EXPECT_FALSE(progbar.is_due());
  progbar.update(2, {{"accuracy", .5}, {"loss", 2.2}}, false);
  display.now += 0.3;
  EXPECT_TRUE(progbar.is_due());
  progbar.update(10, {{"accuracy", .9}, {"loss", .0003}}, false);
  display.now += 0.2;
  progbar.update(45, {{"accuracy", .95}, {"loss", .25}}, true);
  EXPECT_EQ(display.text, "\r" + bold(" 1/45") + " " + bar(0) + " " + bold("22s") +
                              " 500ms/step - accuracy: 0.5000 - loss: 2.3000" + back(75) + "\r" +
                              bold("10/45") + " " + bar(4) + " " + bold("1s") +
                              " 34ms/step - accuracy: 0.9000 - loss: 3.0000e-04" + back(77) + "\r" +
                              bold("45/45") + " " + bar(20) + " " + bold("1s") +
                              " 12ms/step - accuracy: 0.9500 - loss: 0.2500    \n");
}

TEST(Progbar, CountsUpWithoutATarget) {
  Display display;
  Progbar progbar(std::nullopt, display.options());
  display.now += 0.5;
  progbar.update(1, {{"loss", 2.}}, false);
  display.now += 2;
  progbar.update(2, {{"loss", 1.}}, false);
  EXPECT_EQ(display.text, "\r      1/Unknown " + bold("0s") + " 500ms/step - loss: 2.0000" +
                              back(44) + "\r      2/Unknown " + bold("2s") +
                              " 2s/step - loss: 1.5000   ");
}

TEST(Progbar, EstimatesHours) {
  Display display;
  Progbar progbar(100, display.options());
  display.now += 100;
  progbar.update(1, {}, false);
  display.now += 100;
  progbar.update(3, {}, false);
  EXPECT_EQ(display.text, "\r" + bold("  1/100") + " " + bar(0) + " " + bold("2:45:00") +
                              " 100s/step" + back(46) + "\r" + bold("  3/100") + " " + bar(0) +
                              " " + bold("1:20:50") + " 50s/step ");
}

TEST(Progbar, AveragesOverSteps) {
  Display display;
  Progbar progbar(10, display.options());
  for (const auto& [step, loss] : {std::pair{1, 2.}, {4, 1.}, {10, .5}}) {
    display.now += 0.5;
    progbar.update(step, {{"loss", loss}});
  }
  const std::string last =
      "\r" + bold("10/10") + " " + bar(20) + " " + bold("2s") + " 111ms/step - loss: 0.5000\n";
  EXPECT_TRUE(display.text.ends_with(last));
  EXPECT_NE(display.text.find(" 167ms/step - loss: 1.2500"), std::string::npos);
}

TEST(Progbar, AddCountsOn) {
  Display display;
  auto options = display.options();
  options.unit_name = "sample";
  Progbar progbar(20000, options);
  display.now += 1;
  progbar.add(1);
  display.now += 0.5;
  progbar.add(1);
  EXPECT_TRUE(display.text.ends_with(bold("    2/20000") + " " + bar(0) + " " + bold("2:46:39") +
                                     " 500ms/sample"));
}

TEST(Progbar, PrintsOneLineWhenAskedTo) {
  Display display;
  auto options = display.options();
  options.verbose = 2;
  Progbar progbar(45, options);
  display.now += 0.5;
  progbar.update(1, {{"loss", 2.}}, false);
  EXPECT_EQ(display.text, "");
  display.now += 3.1;
  progbar.update(45, {{"loss", 1.}, {"val_loss", 1.5}}, true);
  EXPECT_EQ(display.text, "45/45 - 4s - 70ms/step - loss: 1.0000 - val_loss: 1.5000\n");
}

TEST(Progbar, PrintsOnlyTheLastStateWhereThereIsNoTerminal) {
  Display display;
  auto options = display.options();
  options.dynamic_display = false;
  Progbar progbar(4, options);
  display.now += 0.5;
  progbar.update(1, {{"loss", 2.}});
  EXPECT_FALSE(progbar.is_due());
  EXPECT_EQ(display.text, "");
  display.now += 0.6;
  progbar.update(4, {{"loss", 1.}});
  EXPECT_EQ(display.text, "4/4 ━━━━━━━━━━━━━━━━━━━━ 1s 200ms/step - loss: 1.0000\n");
}

TEST(Progbar, RefusesTwoWaysToAverage) {
  ProgbarOptions options;
  options.stateful_metrics = {"loss"};
  options.stateless_metrics = std::vector<std::string>{"accuracy"};
  try {
    Progbar progbar(1, options);
    FAIL() << "nothing was thrown";
  } catch (const ValueError& error) {
    EXPECT_NE(std::string(error.what()).find("Only one of `stateful_metrics`"), std::string::npos);
  }
}

}  // namespace
}  // namespace keras::utils
