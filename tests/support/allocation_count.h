#pragma once

namespace keras::testing {

/// How often any thread of the program has called operator new so far. A program that asks gets
/// counting operators new and delete.
long allocation_count();

}  // namespace keras::testing
