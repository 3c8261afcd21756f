#include "keras/callbacks/path_template.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"

namespace keras::callbacks {
namespace {

const Logs kLogs = {{"loss", 0.123456}, {"val_loss", 12.5}};

std::string error_of(const std::string& pattern) {
  try {
    fill_path(pattern, 1, {}, kLogs);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(PathTemplate, FormatsAsPythonDoes) {
  EXPECT_EQ(fill_path("m.keras", 3, {}, kLogs), "m.keras");
  EXPECT_EQ(fill_path("{epoch:02d}-{val_loss:.2f}.keras", 3, {}, kLogs), "03-12.50.keras");
  EXPECT_EQ(fill_path("{epoch}_{batch:03}_{loss}.h5", 3, 7, kLogs), "3_007_0.123456.h5");
  EXPECT_EQ(fill_path("{{{epoch}}}{val_loss:08.1e}", 3, {}, kLogs), "{3}01.2e+01");
}

TEST(PathTemplate, NamesWhatItCannotFill) {
  EXPECT_NE(error_of("{mape:.2f}.keras").find("Reason: 'mape' (there are: epoch, loss, val_loss)"),
            std::string::npos);
  EXPECT_NE(error_of("{batch}.keras").find("'batch'"), std::string::npos);
  EXPECT_NE(error_of("{loss:>8}.keras").find("the format of {loss:>8}"), std::string::npos);
  EXPECT_NE(error_of("{loss:s}.keras").find("the format of {loss:s}"), std::string::npos);
  EXPECT_NE(error_of("{loss.keras").find("a brace without its partner"), std::string::npos);
  EXPECT_NE(error_of("}.keras").find("a brace without its partner"), std::string::npos);
}

TEST(Logs, WorksOutLazyValuesOnce) {
  int calls = 0;
  const Logs logs = Logs::lazy([&] {
    ++calls;
    return Logs::Items{{"loss", 2.0}};
  });
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(logs["loss"], 2.0);
  EXPECT_FALSE(logs.contains("accuracy"));
  EXPECT_EQ(calls, 1);
}

TEST(Logs, ReplacesAndNamesWhatIsThere) {
  Logs logs = kLogs;
  logs.set("loss", 1);
  logs.set("learning_rate", 0.5);
  EXPECT_EQ(logs.names(), (std::vector<std::string>{"loss", "val_loss", "learning_rate"}));
  EXPECT_EQ(logs.at("loss"), 1);
  try {
    logs.at("acc");
    FAIL() << "nothing was thrown";
  } catch (const ValueError& error) {
    EXPECT_NE(std::string(error.what()).find("no value named \"acc\""), std::string::npos);
  }
}

}  // namespace
}  // namespace keras::callbacks
