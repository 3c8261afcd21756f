#include "keras/config/config.h"

#include <atomic>

#include "keras/engine/error.h"
#include "keras/engine/tensor/dtype.h"
#include "keras/engine/text.h"

namespace keras::config {
namespace {

std::atomic<DType> float_type{DType::kFloat32};
std::atomic<double> small_number{1e-7};
std::atomic<bool> channels_first{false};

}  // namespace

std::string floatx() { return to_text(float_type.load()); }

void set_floatx(std::string_view value) {
  if (value != "bfloat16" && value != "float16" && value != "float32" && value != "float64")
    throw ValueError(str("Unknown `floatx` value: ", value,
                         ". Expected one of {'bfloat16', 'float16', 'float32', 'float64'}"));
  float_type = dtype_from_name(value);
}

double epsilon() { return small_number; }
void set_epsilon(double value) { small_number = value; }

std::string image_data_format() { return channels_first ? "channels_first" : "channels_last"; }

void set_image_data_format(std::string_view data_format) {
  if (data_format != "channels_last" && data_format != "channels_first")
    throw ValueError(
        str("The `data_format` argument must be one of {'channels_first', 'channels_last'}. "
            "Received: data_format=",
            data_format));
  channels_first = data_format == "channels_first";
}

}  // namespace keras::config
