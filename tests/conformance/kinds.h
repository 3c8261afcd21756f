#pragma once

#include "tests/conformance/case.h"

namespace keras::conformance {

/// Arrays that the entries of `inputs` (or another list) name.
Tensors arrays_of(const Case& test, const char* key);
/// Compares with `out0`, `out1`, … in the order of the case's `outputs`.
void expect_outputs(const Case& test, const Tensors& got, const std::string& prefix = "");

/// keras.ops functions by name.
void run_op(const Case& test);
/// Layers called outside of a model.
void run_layer(const Case& test);
/// Networks of keras.applications.
void run_application(const Case& test);
/// Files that must be refused.
void run_reject(const Case& test);
/// Functions of keras.utils.
void run_pad_sequences(const Case& test);
void run_to_categorical(const Case& test);
void run_normalize(const Case& test);
void run_timeseries(const Case& test);
/// ImageDataGenerator.
void run_generator(const Case& test);

}  // namespace keras::conformance
