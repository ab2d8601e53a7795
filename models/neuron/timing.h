#pragma once

#include <array>
#include <cstdint>

#include "models/base/field.h"

namespace neurram::neuron {

/// Timing registers of the neuron's state machine (the chip team's voltage-mode FPGA design), whose
/// fast setting lies within 6 % of all ten published latencies.
struct TimingParameters {
  double t_clock_s = 10e-9;
  int t_cds = 3;
  int t_sample = 2;
  int t_integrate = 3;
  int t_compare = 1;
  int t_reset = 0;

  void describe(FieldVisitor& v);
};

/// Phases in which the time of an operation is booked.
enum class State : std::uint8_t {
  kInitialise,  ///< precharge and correlated double sampling, once per input phase
  kSample,      ///< a word-line pulse with its first sample and integration, once per bit plane
  kIntegrate,   ///< each further sample and integration of the same plane
  kConvert,     ///< compare, latch, write, and one charge decrement
};
inline constexpr int kStates = 4;

/// Cycles of one visit to each state.
///
///   initialise  8 t_cds + 4                   CDS1 (8 t_cds + 1), CDS2 to CDS4
///   sample      8 t_integrate + t_sample + 7  SAMPLING to SAMPLING4, INTEG1, INTEG2
///   integrate   8 t_integrate + 4             SAMPLING3, SAMPLING4, INTEG1, INTEG2
///   convert     8 (t_compare + t_reset) + 19  COMPARE to RESET_DONE
[[nodiscard]] std::array<std::int64_t, kStates> state_cycles(const TimingParameters& timing);

/// How often one vector visits each state.
using StateVisits = std::array<std::int64_t, kStates>;

/// Cycles of one vector, by state. The one function that makes the time of an operation: the
/// functional level sums its result, the phased level walks it, RTL is checked against it.
[[nodiscard]] std::array<std::int64_t, kStates> operation_cycles(const TimingParameters& timing,
                                                                 const StateVisits& visits);

}  // namespace neurram::neuron
