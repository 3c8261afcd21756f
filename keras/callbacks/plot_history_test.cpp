#include "keras/callbacks/plot_history.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "keras/engine/error.h"
#include "tests/support/temp_folder.h"

namespace keras::callbacks {
namespace {

EpochLogs some_history() {
  EpochLogs history;
  history.append({{"loss", 1.0}, {"my_metric's", 0.2}, {"val_loss", 1.2}});
  history.append({{"loss", 0.5}, {"my_metric's", 0.8}, {"val_loss", 0.9}});
  return history;
}

TEST(PlotHistory, WritesAPicture) {
  if (std::system("gnuplot --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no gnuplot here";
  const test_support::TempFolder folder;
  const std::string path = folder / "it's.png";
  plot_history(some_history(), path);
  std::ifstream file(path, std::ios::binary);
  std::string head(8, '\0');
  file.read(head.data(), 8);
  EXPECT_EQ(head, "\x89PNG\r\n\x1a\n");
}

TEST(PlotHistory, RefusesWhatItCannotDo) {
  EXPECT_THROW(plot_history(EpochLogs(), "plot.png"), ValueError);
  const test_support::TempFolder folder;
  EXPECT_THROW(plot_history(some_history(), (folder / "none") / "plot.png"), IoError);
}

}  // namespace
}  // namespace keras::callbacks
