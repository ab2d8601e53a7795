#pragma once

#include <cmath>
#include <cstdint>

/// Strong integer types for the two quantities that the ledger adds up, where a mix-up would be
/// silent. Everywhere else the unit is a suffix of the name (`v_read_v`, `g_siemens`).
namespace neurram {

struct Femtojoules {
  std::int64_t value = 0;

  constexpr Femtojoules() = default;
  constexpr explicit Femtojoules(std::int64_t fj) : value(fj) {}
  /// Nearest femtojoule of `energy_j` joules.
  static Femtojoules from_joules(double energy_j) {
    return Femtojoules(std::llround(energy_j * 1e15));
  }
  [[nodiscard]] constexpr double joules() const { return static_cast<double>(value) * 1e-15; }

  constexpr Femtojoules& operator+=(Femtojoules other) {
    value += other.value;
    return *this;
  }
  constexpr Femtojoules& operator-=(Femtojoules other) {
    value -= other.value;
    return *this;
  }
  friend constexpr Femtojoules operator+(Femtojoules a, Femtojoules b) { return a += b; }
  friend constexpr Femtojoules operator-(Femtojoules a, Femtojoules b) { return a -= b; }
  friend constexpr Femtojoules operator*(std::int64_t n, Femtojoules a) {
    return Femtojoules(n * a.value);
  }
  friend constexpr bool operator==(Femtojoules a, Femtojoules b) { return a.value == b.value; }
  friend constexpr bool operator!=(Femtojoules a, Femtojoules b) { return a.value != b.value; }
};

struct Picoseconds {
  std::int64_t value = 0;

  constexpr Picoseconds() = default;
  constexpr explicit Picoseconds(std::int64_t ps) : value(ps) {}
  /// Nearest picosecond of `t_s` seconds.
  static Picoseconds from_seconds(double t_s) { return Picoseconds(std::llround(t_s * 1e12)); }
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(value) * 1e-12; }

  constexpr Picoseconds& operator+=(Picoseconds other) {
    value += other.value;
    return *this;
  }
  constexpr Picoseconds& operator-=(Picoseconds other) {
    value -= other.value;
    return *this;
  }
  friend constexpr Picoseconds operator+(Picoseconds a, Picoseconds b) { return a += b; }
  friend constexpr Picoseconds operator-(Picoseconds a, Picoseconds b) { return a -= b; }
  friend constexpr Picoseconds operator*(std::int64_t n, Picoseconds a) {
    return Picoseconds(n * a.value);
  }
  friend constexpr bool operator==(Picoseconds a, Picoseconds b) { return a.value == b.value; }
  friend constexpr bool operator!=(Picoseconds a, Picoseconds b) { return a.value != b.value; }
  friend constexpr bool operator<(Picoseconds a, Picoseconds b) { return a.value < b.value; }
};

}  // namespace neurram
