#include "keras/callbacks/plot_history.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::callbacks {
namespace {

constexpr int kPanelWidth = 560;
constexpr int kPanelHeight = 420;

/// A gnuplot string: single quotes hold everything but themselves.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

void add_data_block(std::string& script, const std::string& block,
                    const EpochLogs::Values& values) {
  script += "$" + block + " << END_OF_DATA\n";
  for (std::size_t epoch = 0; epoch < values.size(); ++epoch)
    script += str(epoch + 1, " ", values[epoch], "\n");
  script += "END_OF_DATA\n";
}

std::string curve(const std::string& block, const char* title, const char* color) {
  return "$" + block + " with linespoints linewidth 2 pointtype 7 pointsize 0.6 linecolor rgb '" +
         color + "' title '" + title + "'";
}

void add_panel(std::string& script, const EpochLogs& history, const std::string& name, int number) {
  const std::string train = str("train_", number);
  const std::string validation = str("validation_", number);
  add_data_block(script, train, history[name]);
  const bool validated = history.contains("val_" + name);
  std::string plot = "plot " + curve(train, validated ? "training" : "", "#1f77b4");
  if (validated) {
    add_data_block(script, validation, history["val_" + name]);
    plot += ", " + curve(validation, "validation", "#e6550d");
  }
  script += "set title " + quoted(name) + "\n" + plot + "\n";
}

std::string script_for(const EpochLogs& history, const std::string& filepath) {
  std::vector<std::string> panels;
  for (const auto& name : history.names())
    if (!name.starts_with("val_")) panels.push_back(name);
  const int count = static_cast<int>(panels.size());
  const std::string size = str(" size ", kPanelWidth * count, ",", kPanelHeight, "\n");
  std::string script = "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) set terminal pngcairo" + size +
                       "if (!strstrt(GPVAL_TERMINALS, 'pngcairo')) set terminal png" + size +
                       "set output " + quoted(filepath) + "\n" +
                       "set xlabel 'epoch' noenhanced\nset grid linecolor rgb '#b0b0b0'\n"
                       "set bmargin 5\nset key outside below noenhanced\nset title noenhanced\n"
                       "set datafile missing 'nan'\n" +
                       str("set multiplot layout 1,", count, "\n");
  for (int i = 0; i < count; ++i)
    add_panel(script, history, panels[static_cast<std::size_t>(i)], i);
  return script + "unset multiplot\nset output\n";
}

}  // namespace

void plot_history(const EpochLogs& history, const std::string& filepath) {
  if (history.size() == 0) throw ValueError("plot_history: the history is empty.");
  const std::string script = script_for(history, filepath);
  std::error_code ignored;
  std::filesystem::remove(filepath, ignored);
  std::FILE* gnuplot = popen("gnuplot > /dev/null 2>&1", "w");
  if (gnuplot) std::fwrite(script.data(), 1, script.size(), gnuplot);
  if (!gnuplot || pclose(gnuplot) != 0 || !std::filesystem::exists(filepath, ignored))
    throw IoError(str("plot_history: gnuplot could not draw ", filepath, "."),
                  "install gnuplot, and give a path that can be written.");
}

}  // namespace keras::callbacks
