#include "keras/utils/config.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "keras/engine/error.h"
#include "keras/utils/config_text.h"

namespace keras {
namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

Config sample() {
  return {{"units", 4},      {"name", "dense"},
          {"rate", 0.5},     {"use_bias", true},
          {"seed", nullptr}, {"shape", Config::list({1, Config::list(), Config::dict()})}};
}

TEST(Config, PrintsAsPython) {
  EXPECT_EQ(sample().to_string(),
            R"({"units": 4, "name": "dense", "rate": 0.5, "use_bias": true, "seed": null, )"
            R"("shape": [1, [], {}]})");
  EXPECT_EQ(Config(0.1f).to_string(), "0.1");
  EXPECT_EQ(Config(1e-7).to_string(), "1e-07");
  EXPECT_EQ(Config(3.0).to_string(), "3.0");
  EXPECT_EQ(Config(std::numeric_limits<double>::quiet_NaN()).to_string(), "NaN");
  EXPECT_EQ(Config(-std::numeric_limits<double>::infinity()).to_string(), "-Infinity");
  EXPECT_EQ(Config(std::numeric_limits<std::int64_t>::min()).to_string(), "-9223372036854775808");
}

TEST(Config, PrintsIndentedAsPython) {
  EXPECT_EQ(json_text({{"a", Config::list({1, 2})}, {"b", Config::dict()}}, 2),
            "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
}

TEST(Config, EscapesAsPython) {
  EXPECT_EQ(json_quote("a\"b\\c\n\x01\x7f/"), "\"a\\\"b\\\\c\\n\\u0001\\u007f/\"");
  EXPECT_EQ(json_quote("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "\"\\u00e9\\u20ac\\ud83d\\ude00\"");
  EXPECT_EQ(json_quote("\xff\xc3"), "\"\\ufffd\\ufffd\"");
}

TEST(Config, ReadsTyped) {
  const Config config = sample();
  EXPECT_EQ(config.at("units").as_int(), 4);
  EXPECT_EQ(config.at("units").as_double(), 4.0);
  EXPECT_EQ(Config(3.0).as_int(), 3);
  EXPECT_EQ(config.get("units", 1), 4);
  EXPECT_EQ(config.get("seed", 7), 7);
  EXPECT_EQ(config.get("missing", "x"), "x");
  EXPECT_EQ(config.get("rate", 0.0), 0.5);
  EXPECT_TRUE(config.get("use_bias", false));
  EXPECT_EQ(config.at("shape").at(0).as_int(), 1);
  EXPECT_EQ(config.size(), 6u);
  EXPECT_EQ(config.find("missing"), nullptr);
  EXPECT_EQ(Config(1).find("x"), nullptr);
}

TEST(Config, WrongKindsAreErrors) {
  const Config config = sample();
  EXPECT_EQ(message_of([&] { config.at("name").as_int(); }),
            "Expected an int, got string \"dense\".");
  EXPECT_EQ(message_of([&] { config.get("name", 3.0); }),
            "\"name\": Expected a number, got string \"dense\".");
  EXPECT_THROW(Config(true).as_int(), ValueError);
  EXPECT_THROW(Config(1).as_bool(), ValueError);
  EXPECT_THROW(Config(0.5).as_int(), ValueError);
  EXPECT_THROW(Config(1e300).as_int(), ValueError);
  EXPECT_THROW(Config().as_list(), ValueError);
  EXPECT_THROW(config.at("shape").at(3), ValueError);
  EXPECT_THROW(Config({{"n", std::int64_t{1} << 40}}).get("n", 0), ValueError);
  EXPECT_EQ(message_of([] { Config({{"a", 1}}).at("b"); }), "Missing the key \"b\"; there is: a.");
}

TEST(Config, SetReplacesAndAppends) {
  Config config;
  config.set("a", 1);
  config.set("b", 2);
  config.set("a", "x");
  EXPECT_EQ(config.to_string(), R"({"a": "x", "b": 2})");
  EXPECT_TRUE(config.erase("a"));
  EXPECT_FALSE(config.erase("a"));
  EXPECT_EQ(config, (Config{{"b", 2}}));
  EXPECT_THROW(Config(1).set("a", 1), ValueError);
}

}  // namespace
}  // namespace keras
