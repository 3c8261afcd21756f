#pragma once

#include <keras/keras.h>

#include <cstdint>
#include <span>
#include <string>

namespace keras::benchmarks {

/// A model of the bench with the size of its batches. The peers are given these numbers by
/// contest.py; peers/ has the same models.
struct Workload {
  std::string name;
  std::int64_t batch;
  /// In a pass over the data.
  std::int64_t batches;
  /// Of one example.
  Shape shape;
  /// Inputs are integers below it; of floating point when 0.
  std::int64_t vocabulary;
  /// Trainable ones, the same in every peer.
  std::int64_t parameters;
  Model (*make)();
};

std::span<const Workload> workloads();
/// nullptr for a name that is not one.
const Workload* find_workload(const std::string& name);

struct Examples {
  Tensor x;
  Tensor y;
};

/// The first `count` examples, bit for bit those of peers/workloads.py: noise, in which each class
/// raises its own tenth of the features, so that a model has something to learn.
Examples make_examples(const Workload& workload, std::int64_t count);

/// A stack of LSTMs and the transformer for sequences of `steps`.
Model lstm(std::int64_t steps);
Model transformer(std::int64_t steps);

}  // namespace keras::benchmarks
