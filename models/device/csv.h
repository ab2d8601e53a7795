#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace neurram::device {

/// What a column of a CSV file holds.
struct CsvColumn {
  const char* name;
  double low = 0;  ///< numbers from low to high
  double high = 0;
  std::vector<std::string> words = {};  ///< if any: one of these instead, read as its index
};

/// Numbers of one line.
struct CsvLine {
  int line = 0;
  std::vector<double> values;
  std::vector<std::size_t> begins;  ///< column (1 …) that each begins in
};

/// Throws FileError "FILE:LINE:COLUMN: WHAT: expected EXPECTED".
[[noreturn]] void fail_csv(const std::filesystem::path& path, int line, std::size_t column,
                           const std::string& what, const std::string& expected);

/// Reads a file whose first line names exactly `columns`. Empty lines and those that begin with #
/// are skipped. Throws as fail_csv() at the first fault.
[[nodiscard]] std::vector<CsvLine> read_csv(const std::filesystem::path& path,
                                            const std::vector<CsvColumn>& columns);

/// Numbers over a grid of two quantities.
class CsvGrid {
 public:
  struct Point {
    double mean = 0;
    double sigma = 0;
  };
  enum class Scale { kLinear, kLogarithmic };

  /// From lines of x, y, mean, sigma at `first`, `first` + 1 …: each x with each y once, in any
  /// order. Throws FileError with the line of a second value, or naming a point that is missing.
  CsvGrid(const std::filesystem::path& path, const std::vector<CsvLine>& lines,
          const std::vector<CsvColumn>& columns, std::size_t first, Scale y_scale = Scale::kLinear);

  /// Linear between the points, of y in its logarithm if so scaled; constant outside.
  [[nodiscard]] Point at(double x, double y) const;

 private:
  std::vector<double> x_, y_;
  Scale y_scale_;
  std::vector<Point> points_;  ///< [x][y]
};

}  // namespace neurram::device
