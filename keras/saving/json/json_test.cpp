#include "keras/saving/json/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>

#include "keras/engine/error.h"

namespace keras::saving {
namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Json, RoundTripsWhatPythonWrites) {
  for (const std::string text :
       {R"({"module": "keras.layers", "units": 4, "rate": 0.1, "bias": true, "seed": null})",
        R"([1, -2, 9223372036854775807, -9223372036854775808, 1e-07, 1e+16, 2.0, -0.0])",
        R"(["\u00e9\ud83d\ude00\n\"", {}, [], {"": []}])", R"([NaN, Infinity, -Infinity])",
        R"({"NaN": "Infinity \" NaN", "a": [NaN]})", "3", "\"x\"", "null"}) {
    EXPECT_EQ(dump_json(parse_json(text, "t")), text);
  }
}

TEST(Json, ReadsPythonsConstants) {
  const Config config = parse_json("[NaN,Infinity,-Infinity,0e-1]", "t");
  EXPECT_TRUE(std::isnan(config.at(std::size_t{0}).as_double()));
  EXPECT_EQ(config.at(1).as_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(config.at(2).as_double(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(config.at(3).as_double(), 0.0);
}

TEST(Json, KeepsOrderAndLastOfEqualKeys) {
  EXPECT_EQ(dump_json(parse_json(R"({"b": 1, "a": 2, "b": 3, "c": 4, "b": 5})", "t")),
            R"({"b": 5, "a": 2, "c": 4})");
}

TEST(Json, IndentsAsPython) {
  EXPECT_EQ(dump_json({{"a", Config::list({1})}}, 4), "{\n    \"a\": [\n        1\n    ]\n}");
}

TEST(Json, MalformedTextNamesSourceAndPlace) {
  EXPECT_EQ(message_of([] { parse_json("{\"a\": 1,\n \"b\" 2}", "config.json"); }),
            "config.json is not valid JSON: line 2, column 6, near \"2}\".");
  EXPECT_EQ(message_of([] { parse_json("[NaN, NaN, x]", "c"); }),
            "c is not valid JSON: line 1, column 12, near \"x]\".");
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":}", "nul", "1 2", "\"a", "[1e999]", "Nan",
                           "-NaN", "1NaN", "NaN0", "\"\\ud800\"", "\"\xff\"", "InfinityInfinity"}) {
    EXPECT_THROW(parse_json(text, "c"), IoError) << text;
  }
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_NO_THROW(parse_json(nested(500), "c"));
  EXPECT_EQ(message_of([] { parse_json(nested(501), "c"); }),
            "c: it nests deeper than 500 containers.");
  EXPECT_THROW(parse_json(std::string(1000000, '['), "c"), IoError);
}

TEST(Json, RefusesIntegersBeyond64Bits) {
  EXPECT_EQ(message_of([] { parse_json(R"({"a": [0, 9223372036854775808]})", "c"); }),
            "c: the integer 9223372036854775808 at a.[1] does not fit in 64 bits.");
  EXPECT_THROW(parse_json("-9223372036854775809", "c"), ValueError);
  EXPECT_THROW(parse_json("100000000000000000000000", "c"), ValueError);
}

TEST(Json, ManyKeysAreFast) {
  std::string text = "{";
  for (int i = 0; i < 100000; ++i) text += "\"" + std::to_string(i) + "\": 0, ";
  EXPECT_EQ(parse_json(text + "\"0\": 1}", "c").size(), 100000u);
}

TEST(Json, DamagedTextParsesOrErrs) {
  const std::string good =
      R"({"class_name": "Dense", "config": {"units": [4, -1.5e3, NaN, true, null], "n": "\u00e9"}})";
  const auto attempt = [](const std::string& text) {
    try {
      parse_json(text, "c");
    } catch (const Error&) {
    }
  };
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_THROW(parse_json(good.substr(0, length), "c"), IoError);
  std::mt19937 random(7);
  for (int round = 0; round < 10000; ++round) {
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1u << (random() % 8));
    attempt(bad);
  }
}

}  // namespace
}  // namespace keras::saving
