#pragma once

#include <cstdint>

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// The recurrences that are single operations: hyperbolic tangents and, for gates, sigmoids.
enum class RecurrentCell {
  kSimple,  ///< h' = tanh(x + h·U)
  kLstm,    ///< gates i, f, candidate g, gate o; c' = f c + i g, h' = o tanh(c')
  kGru,     ///< gates z, r, candidate tanh(x + r (h·U + b)); h' = z h + (1 - z) candidate
};

/// Attributes of a recurrence over all steps and of its gradient.
struct RecurrenceAttrs {
  RecurrentCell cell = RecurrentCell::kSimple;
  bool go_backwards = false;
  bool masked = false;       ///< a mask is among the inputs
  bool zero_masked = false;  ///< a masked step's output is zero, not the one before it
  bool saves = true;         ///< `before` and `saved` are among the outputs
  /// For the gradient: which of the outputs' gradients are among its inputs.
  bool from_outputs = false;
  bool from_state = false;
  bool from_carry = false;
  bool operator==(const RecurrenceAttrs&) const = default;
  void visit(auto&& field) const {
    field("cell", cell);
    field("go_backwards", go_backwards);
    field("masked", masked);
    field("zero_masked", zero_masked);
    field("saves", saves);
    field("from_outputs", from_outputs);
    field("from_state", from_state);
    field("from_carry", from_carry);
  }
};

/// Matrices side by side in the kernels, and what a step saves for its gradient, both in units.
constexpr std::int64_t gate_count(RecurrentCell cell) {
  return cell == RecurrentCell::kLstm ? 4 : cell == RecurrentCell::kGru ? 3 : 1;
}
constexpr std::int64_t saved_count(RecurrentCell cell) {
  return cell == RecurrentCell::kLstm ? 5 : cell == RecurrentCell::kGru ? 4 : 1;
}

/// (x (batch, steps, gates·units), U (units, gates·units), h (batch, units), extra?, mask?) →
/// (outputs (batch, steps, units) in the order of the work, last h, before?, saved?, last c?).
/// `extra` is the carry c (batch, units) of an LSTM or the candidate's recurrent bias (units) of a
/// GRU; the mask is bool (batch, steps). `before`, (batch, steps, units), is h before each step,
/// and `saved`, (batch, steps, n·units), is for the gradient: LSTM i, f, g, o and c before the
/// step; GRU z, r, candidate and h·U + b; the new h of the simple one; 0 where masked.
extern const engine::Op recurrence_op;
/// (U, before, saved, mask?, gradient of outputs?, of last h?, of last c?) → (gradient of x, of h,
/// of the LSTM's c or of the GRU's h·U + b (batch, steps, units)).
extern const engine::Op recurrence_gradient_op;

}  // namespace keras::ops
