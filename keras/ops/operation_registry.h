#pragma once

#include <functional>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras::ops {

/// The module in which Keras has an operation's class, such as "keras.src.ops.numpy".
std::string operation_module(const std::string& class_name);
/// Whether a keras.ops function is known by its class name in files.
bool is_known_operation(const std::string& class_name);
/// All of these names.
std::vector<std::string> known_operations();
/// The function that a class and its config stand for, to be called with tensors and with arguments
/// in which {"tensor": i} stands for tensor i. Throws ValueError for an unknown class.
std::function<Tensors(const Tensors&, const Config&)> operation_from_config(
    const std::string& class_name, const Config& config);

}  // namespace keras::ops
