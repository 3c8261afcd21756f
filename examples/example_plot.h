// Curves as a picture, drawn by the program gnuplot where it is installed.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace example {

/// Runs gnuplot's commands on columns of equal length, which they call $data.
inline void plot(const char* path, const std::vector<std::vector<double>>& columns,
                 const std::string& commands) {
  std::string script = "set terminal pngcairo size 720,280 font ',9'\nset output '";
  script += std::string(path) + "'\nset grid linecolor rgb '#d0d0d0'\n$data << END\n";
  for (std::size_t row = 0; row < columns[0].size(); ++row) {
    for (const auto& column : columns) script += std::to_string(column[row]) + " ";
    script += "\n";
  }
  script += "END\n" + commands + "\n";
  std::FILE* gnuplot = popen("gnuplot > /dev/null 2>&1", "w");
  if (gnuplot) std::fwrite(script.data(), 1, script.size(), gnuplot);
  if (!gnuplot || pclose(gnuplot) != 0)
    std::printf("%s is not drawn: gnuplot is not installed\n", path);
}

}  // namespace example
