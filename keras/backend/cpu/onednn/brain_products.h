#pragma once

namespace keras::backend::cpu {

/// True when oneDNN has instructions of this processor for products of bfloat16 numbers.
bool has_brain_products();
/// True when it has such for whole tiles (AMX), many times faster than those for vectors.
bool has_brain_tiles();

}  // namespace keras::backend::cpu
