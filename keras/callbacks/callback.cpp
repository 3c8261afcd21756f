#include "keras/callbacks/callback.h"

#include "keras/engine/error.h"

namespace keras::callbacks {

CallbackModel& CallbackImpl::model() const {
  if (!model_)
    throw ValueError("A callback asked for its model outside of `fit`, `evaluate` and `predict`.");
  return *model_;
}

}  // namespace keras::callbacks
