#pragma once

#include <string>
#include <string_view>

#include "keras/engine/runtime/thread_pool.h"
#include "keras/utils/io_utils.h"

/// What holds for the whole program (Keras: keras.config); the dtype policy is set in
/// "keras/dtype_policies/dtype_policy.h". Layers, models and compiled functions that are there
/// already stay as they are.
namespace keras::config {

/// The dtype of weights and of data where none is given: "float32" unless it was set.
std::string floatx();
/// Throws ValueError for other names than "bfloat16", "float16", "float32" and "float64".
void set_floatx(std::string_view value);

/// What keeps divisions and logarithms away from 0: 1e-7 unless it was set.
double epsilon();
void set_epsilon(double value);

/// Where images have their channels unless a layer says it: "channels_last".
std::string image_data_format();
/// Throws ValueError for other names than "channels_last" and "channels_first".
void set_image_data_format(std::string_view data_format);

/// How many threads work is cut for: the processors that this process may use, unless it was set.
using engine::num_threads;
/// Throws ValueError below 1.
using engine::set_num_threads;

using utils::disable_interactive_logging;
using utils::enable_interactive_logging;
using utils::is_interactive_logging_enabled;

}  // namespace keras::config
