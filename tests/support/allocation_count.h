#pragma once

namespace keras::testing {

/// How often any thread of the program has called operator new since this was called first,
/// oneDNN's own calls aside. A program that asks gets counting operators new and delete.
long allocation_count();

}  // namespace keras::testing
