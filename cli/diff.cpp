#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/engine/text.h"

namespace keras::cli {
namespace {

struct Arguments {
  std::string first, second;
  double tolerance = 0;
  bool json = false;
};

struct Difference {
  std::string place, first, second;
  double distance = 0;  ///< of weights
};
using Differences = std::vector<Difference>;

void compare(const std::string& place, const Config& a, const Config& b, Differences& out) {
  if (a.is_dict() && b.is_dict()) {
    for (const auto& [key, value] : a.as_dict()) {
      const std::string inside = place.empty() ? key : place + "." + key;
      const Config* other = b.find(key);
      if (!other)
        out.push_back({inside, value.to_string(), "(missing)"});
      else
        compare(inside, value, *other, out);
    }
    for (const auto& [key, value] : b.as_dict())
      if (!a.contains(key))
        out.push_back({place.empty() ? key : place + "." + key, "(missing)", value.to_string()});
    return;
  }
  if (a.is_list() && b.is_list() && a.size() == b.size()) {
    for (std::size_t i = 0; i < a.size(); ++i)
      compare(str(place, "[", i, "]"), a.at(i), b.at(i), out);
    return;
  }
  if (!(a == b)) out.push_back({place, a.to_string(), b.to_string()});
}

/// The largest distance of two elements; NaN differs from everything but NaN.
double distance_of(const Tensor& a, const Tensor& b) {
  const auto x = a.to_vector<double>(), y = b.to_vector<double>();
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] == y[i] || (std::isnan(x[i]) && std::isnan(y[i]))) continue;
    const double distance = std::abs(x[i] - y[i]);
    if (std::isnan(distance)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, distance);
  }
  return largest;
}

void compare_weights(const Model& a, const Model& b, double tolerance, Differences& out) {
  std::map<std::string, Variable> others;
  for (const auto& weight : b.weights()) others.emplace(weight.path(), weight);
  for (const auto& weight : a.weights()) {
    const auto other = others.find(weight.path());
    const std::string place = "weight " + weight.path();
    if (other == others.end()) {
      out.push_back({place, weight.shape().to_string(), "(missing)"});
      continue;
    }
    if (weight.shape() != other->second.shape()) {
      out.push_back({place, weight.shape().to_string(), other->second.shape().to_string()});
    } else if (const double distance = distance_of(weight.value(), other->second.value());
               distance > tolerance) {
      out.push_back({place, "", "", distance});
    }
    others.erase(other);
  }
  for (const auto& [path, weight] : others)
    out.push_back({"weight " + path, "(missing)", weight.shape().to_string()});
}

Config json_of(const Difference& d) {
  if (d.distance > 0) return {{"place", d.place}, {"max_difference", d.distance}};
  return {{"place", d.place}, {"first", d.first}, {"second", d.second}};
}

void run(const Arguments& arguments) {
  const Model a = open_model(arguments.first), b = open_model(arguments.second);
  Differences differences;
  compare("", a.get_config(), b.get_config(), differences);
  compare_weights(a, b, arguments.tolerance, differences);
  if (arguments.json) {
    Config::List list;
    for (const auto& d : differences) list.push_back(json_of(d));
    print_json(list);
  } else {
    for (const auto& d : differences) {
      char number[32];
      std::snprintf(number, sizeof number, "%.6g", d.distance);
      print(d.distance > 0 ? str(d.place, ": differs by up to ", number, "\n")
                           : str(d.place, ": ", d.first, " | ", d.second, "\n"));
    }
  }
  if (!differences.empty()) throw Exit{kFailed};
}

}  // namespace

void add_diff(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(
      app, "diff", "Prints where two models' configs and weights differ; exit code 1 if they do.",
      "keras diff before.keras after.keras --tolerance 1e-6");
  command->add_option("A", arguments->first, "A model")->required();
  command->add_option("B", arguments->second, "Another")->required();
  command->add_option("--tolerance", arguments->tolerance, "Weights may differ by so much")
      ->capture_default_str()
      ->check(not_below_zero);
  command->add_flag("--json", arguments->json, "The same as JSON");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keras::cli
