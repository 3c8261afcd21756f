#include "keras/layers/core/identity.h"

#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"

namespace keras::layers {
namespace {

class IdentityImpl final : public LayerImpl {
 public:
  explicit IdentityImpl(const IdentityOptions& options)
      : LayerImpl({"Identity", options.name, options.trainable, options.dtype}) {
    supports_masking_ = true;
  }

  Tensors call_list(const Tensors& xs, const CallContext&) override { return xs; }
};

}  // namespace

Identity::Identity(IdentityOptions options) : Layer(std::make_shared<IdentityImpl>(options)) {}

Identity Identity::from_config(const Config& config) {
  const ConfigReader reader("Identity", config);
  return Identity(finish_options(reader, IdentityOptions{}));
}

}  // namespace keras::layers
