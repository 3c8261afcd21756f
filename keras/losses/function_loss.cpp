#include "keras/losses/function_loss.h"

#include <string>
#include <utility>

#include "keras/losses/weighting.h"

namespace keras::losses {
namespace {

class FunctionLoss final : public LossImpl {
 public:
  FunctionLoss(std::string_view class_name, LossOptions options, Loss::Function function,
               Config config)
      : LossImpl(class_name, std::move(options)),
        function_(std::move(function)),
        config_(std::move(config)) {}
  Config get_config() const override {
    Config config = LossImpl::get_config();
    for (const auto& [key, value] : config_.as_dict()) config.set(key, value);
    return config;
  }
  Tensor call(const Tensor& y_true, const Tensor& y_pred) const override {
    const auto [truth, prediction] = squeeze_or_expand_to_same_rank(y_true, y_pred);
    return function_(truth, prediction);
  }

 private:
  Loss::Function function_;
  Config config_;
};

}  // namespace

std::shared_ptr<const LossImpl> function_loss(std::string_view class_name,
                                              std::string_view default_name, LossOptions options,
                                              Loss::Function function, Config config) {
  if (options.name.empty()) options.name = default_name;
  return std::make_shared<const FunctionLoss>(class_name, std::move(options), std::move(function),
                                              std::move(config));
}

}  // namespace keras::losses
