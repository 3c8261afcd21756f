#include <memory>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializers.h"
#include "keras/ops/numpy.h"

namespace keras::initializers {
namespace {

class ZerosImpl final : public InitializerImpl {
 public:
  std::string class_name() const override { return "Zeros"; }
  Tensor call(const Shape& shape, DType dtype) const override { return ops::zeros(shape, dtype); }
};

class OnesImpl final : public InitializerImpl {
 public:
  std::string class_name() const override { return "Ones"; }
  Tensor call(const Shape& shape, DType dtype) const override { return ops::ones(shape, dtype); }
};

class ConstantImpl final : public InitializerImpl {
 public:
  explicit ConstantImpl(double value) : value_(value) {}
  std::string class_name() const override { return "Constant"; }
  Config get_config() const override { return {{"value", value_}}; }
  Tensor call(const Shape& shape, DType dtype) const override {
    return ops::full(shape, value_, dtype);
  }

 private:
  double value_;
};

class IdentityImpl final : public InitializerImpl {
 public:
  explicit IdentityImpl(double gain) : gain_(gain) {}
  std::string class_name() const override { return "Identity"; }
  /// Python's Keras forgets the gain here; a file that names it loads there, too.
  Config get_config() const override { return {{"gain", gain_}}; }
  Tensor call(const Shape& shape, DType dtype) const override {
    if (shape.rank() != 2)
      throw ValueError(str(
          "Identity matrix initializer can only be used for 2D matrices. Received: shape=", shape,
          " of rank ", shape.rank(), "."));
    const Tensor diagonal = ops::equal(ops::iota(shape, 0), ops::iota(shape, 1));
    return ops::cast(diagonal, dtype) * gain_;
  }

 private:
  double gain_;
};

}  // namespace

Zeros::Zeros() : Initializer(std::make_shared<const ZerosImpl>()) {}
Ones::Ones() : Initializer(std::make_shared<const OnesImpl>()) {}
Constant::Constant(double value) : Initializer(std::make_shared<const ConstantImpl>(value)) {}
Identity::Identity(IdentityOptions options)
    : Initializer(std::make_shared<const IdentityImpl>(options.gain)) {}

}  // namespace keras::initializers
