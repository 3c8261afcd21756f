#pragma once

#include <memory>
#include <string_view>

#include "keras/losses/loss.h"

namespace keras::losses {

/// A loss that is a function. `config` are the arguments that the class has besides a Loss's.
std::shared_ptr<const LossImpl> function_loss(std::string_view class_name,
                                              std::string_view default_name, LossOptions options,
                                              Loss::Function function,
                                              Config config = Config::dict());

}  // namespace keras::losses
