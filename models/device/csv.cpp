#include "models/device/csv.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>

#include "models/base/error.h"
#include "models/base/numerics.h"

namespace neurram::device {

void fail_csv(const std::filesystem::path& path, int line, std::size_t column,
              const std::string& what, const std::string& expected) {
  throw FileError(path.string() + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " +
                  what + ": expected " + expected);
}

namespace {

/// A field of a line and the column (1 …) that it begins in.
struct Field {
  std::string text;
  std::size_t column;
};

std::vector<Field> split(const std::string& line) {
  std::vector<Field> fields;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t comma = std::min(line.find(',', begin), line.size());
    std::size_t first = begin, last = comma;
    while (first < last && (line[first] == ' ' || line[first] == '\t')) ++first;
    while (last > first && (line[last - 1] == ' ' || line[last - 1] == '\t')) --last;
    fields.push_back({line.substr(first, last - first), first + 1});
    begin = comma + 1;
  }
  return fields;
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

double value_of(const std::filesystem::path& path, int line, const Field& field,
                const CsvColumn& column) {
  std::string expected = std::string(column.name) + ", ";
  if (!column.words.empty()) {
    for (std::size_t i = 0; i < column.words.size(); ++i) {
      if (field.text == column.words[i]) return static_cast<double>(i);
      expected += (i == 0 ? "" : " or ") + column.words[i];
    }
  } else {
    double value = 0;
    const char* end = field.text.data() + field.text.size();
    const auto [stop, error] = std::from_chars(field.text.data(), end, value);
    if (error == std::errc() && stop == end && value >= column.low && value <= column.high)
      return value;
    expected += "a number from " + number_text(column.low) + " to " + number_text(column.high);
  }
  fail_csv(path, line, field.column, '"' + field.text + '"', expected);
}

void check_header(const std::filesystem::path& path, int line, const std::vector<Field>& fields,
                  const std::vector<CsvColumn>& columns) {
  std::string expected = "the columns ";
  for (const CsvColumn& column : columns)
    expected += (&column == &columns.front() ? "" : ",") + std::string(column.name);
  for (std::size_t i = 0; i < std::max(fields.size(), columns.size()); ++i) {
    if (i >= fields.size())
      fail_csv(path, line, fields.back().column + fields.back().text.size(), "end of line",
               expected);
    if (i >= columns.size() || fields[i].text != columns[i].name)
      fail_csv(path, line, fields[i].column, '"' + fields[i].text + '"', expected);
  }
}

std::vector<double> axis(const std::vector<CsvLine>& lines, std::size_t index) {
  std::vector<double> values;
  for (const CsvLine& line : lines) values.push_back(line.values[index]);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// Place of `value` on an axis: the point before it, and how far it is to the next.
std::pair<std::size_t, double> place(const std::vector<double>& axis, double value) {
  if (axis.size() == 1 || value <= axis.front()) return {0, 0.0};
  if (value >= axis.back()) return {axis.size() - 2, 1.0};
  const auto next = std::upper_bound(axis.begin(), axis.end(), value);
  const auto k = static_cast<std::size_t>(next - axis.begin()) - 1;
  return {k, (value - axis[k]) / (axis[k + 1] - axis[k])};
}

}  // namespace

std::vector<CsvLine> read_csv(const std::filesystem::path& path,
                              const std::vector<CsvColumn>& columns) {
  std::ifstream file(path);
  if (!file || std::filesystem::is_directory(path))
    throw FileError(path.string() + ": cannot be read; expected a CSV file");
  std::vector<CsvLine> lines;
  std::string text;
  bool header = true;
  int line = 0;
  while (std::getline(file, text)) {
    ++line;
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (text.empty() || text.front() == '#') continue;
    const std::vector<Field> fields = split(text);
    if (header) {
      check_header(path, line, fields, columns);
      header = false;
      continue;
    }
    CsvLine values{line, {}, {}};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i >= fields.size()) fail_csv(path, line, text.size() + 1, "end of line", columns[i].name);
      values.values.push_back(value_of(path, line, fields[i], columns[i]));
      values.begins.push_back(fields[i].column);
    }
    if (fields.size() > columns.size()) {
      const Field& surplus = fields[columns.size()];
      fail_csv(path, line, surplus.column, '"' + surplus.text + '"',
               std::to_string(columns.size()) + " fields");
    }
    lines.push_back(values);
  }
  if (header) check_header(path, line + 1, {{"", 1}}, columns);
  return lines;
}

CsvGrid::CsvGrid(const std::filesystem::path& path, const std::vector<CsvLine>& lines,
                 const std::vector<CsvColumn>& columns, std::size_t first, Scale y_scale)
    : x_(axis(lines, first)),
      y_(axis(lines, first + 1)),
      y_scale_(y_scale),
      points_(x_.size() * y_.size()) {
  std::vector<int> given(points_.size(), 0);
  const auto name = [&](std::size_t i) { return std::string(columns[first + i].name); };
  for (const CsvLine& line : lines) {
    const double x = line.values[first], y = line.values[first + 1];
    const auto i = static_cast<std::size_t>(std::lower_bound(x_.begin(), x_.end(), x) - x_.begin());
    const auto j = static_cast<std::size_t>(std::lower_bound(y_.begin(), y_.end(), y) - y_.begin());
    int& before = given[i * y_.size() + j];
    if (before != 0) {
      fail_csv(path, line.line, 1,
               name(0) + " = " + number_text(x) + ", " + name(1) + " = " + number_text(y),
               "each pair once, but line " + std::to_string(before) + " has it too");
    }
    before = line.line;
    points_[i * y_.size() + j] = {line.values[first + 2], line.values[first + 3]};
  }
  for (std::size_t k = 0; k < given.size(); ++k) {
    if (given[k] != 0) continue;
    fail_csv(path, lines.back().line + 1, 1, "end of file",
             "a line with " + name(0) + " = " + number_text(x_[k / y_.size()]) + ", " + name(1) +
                 " = " + number_text(y_[k % y_.size()]) + ", for each pair needs one");
  }
  if (y_scale_ == Scale::kLogarithmic) {
    for (double& y : y_) y = portable_log(y);
  }
}

CsvGrid::Point CsvGrid::at(double x, double y) const {
  const auto [i, u] = place(x_, x);
  const auto [j, v] = place(y_, y_scale_ == Scale::kLogarithmic ? portable_log(y) : y);
  const std::size_t i1 = std::min(i + 1, x_.size() - 1), j1 = std::min(j + 1, y_.size() - 1);
  const auto mix = [u = u, v = v](double a, double b, double c, double d) {
    return (1 - u) * ((1 - v) * a + v * b) + u * ((1 - v) * c + v * d);
  };
  const Point& a = points_[i * y_.size() + j];
  const Point& b = points_[i * y_.size() + j1];
  const Point& c = points_[i1 * y_.size() + j];
  const Point& d = points_[i1 * y_.size() + j1];
  return {mix(a.mean, b.mean, c.mean, d.mean), mix(a.sigma, b.sigma, c.sigma, d.sigma)};
}

}  // namespace neurram::device
