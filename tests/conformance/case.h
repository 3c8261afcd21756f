#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/models/model.h"
#include "keras/utils/config.h"

namespace keras::conformance {

/// A case cannot be run here: the reason names what is not there.
struct Skipped : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A result is not what Keras computed.
struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One folder of the corpus: what to do and what to expect (its README describes the format).
class Case {
 public:
  explicit Case(const std::filesystem::path& folder);

  const std::string& kind() const { return kind_; }
  const Config& description() const { return description_; }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  bool has_array(const std::string& name) const { return arrays_.contains(name); }
  Tensor array(const std::string& name) const;
  /// Lets all numbers differ by so much.
  void widen(double atol) { atol_ = atol; }
  /// Where files that show what is written go; empty where none are asked for.
  void write_into(const std::filesystem::path& folder) { output_ = folder; }
  const std::filesystem::path& output() const { return output_; }
  /// What an entry of `inputs` or `outputs` names; strings stand in it.
  Tensor array_of(const Config& entry) const;

  /// Throws Mismatch, with the worst element, unless all agree within the case's tolerance.
  void expect(const std::string& what, const Tensor& got, const Tensor& expected) const;
  void expect(const std::string& what, double got, double expected) const;

 private:
  bool agrees(double got, double expected) const;

  std::filesystem::path folder_, output_;
  std::string kind_;
  Config description_;
  double rtol_ = 0;
  double atol_ = 0;
  std::map<std::string, Tensor> arrays_;
};

/// Writes a case's model for real Keras to read, when files are asked for.
void write_model(const Case& test, const Model& model);
/// Runs a case; throws Skipped, Mismatch, or what the library throws.
void run(const Case& test);

}  // namespace keras::conformance
