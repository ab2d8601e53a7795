#include "models/device/parameters.h"

namespace neurram::device {
namespace {

constexpr auto kDeployment = Affects::kDeployment;

}  // namespace

void ProgrammingParameters::describe(FieldVisitor& v) {
  v.number(
      {"set_start_v", "V", "first bit-line pulse of a SET ramp (Nature 608, Methods)", kDeployment},
      set_start_v, {0, 5});
  v.number({"reset_start_v", "V", "first source-line pulse of a RESET ramp (Nature 608, Methods)",
            kDeployment},
           reset_start_v, {0, 5});
  v.number({"step_v", "V", "growth from one pulse of a ramp to the next (Nature 608, Methods)",
            kDeployment},
           step_v, {1e-3, 5});
  v.number({"end_v", "V", "largest pulse of a ramp (chip team's public repository)", kDeployment},
           end_v, {0, 5});
  v.integer({"end_pulses", "1",
             "pulses at the largest amplitude before a ramp gives up (chip team's public "
             "repository)",
             kDeployment},
            end_pulses, {1, 1000});
  v.number({"pulse_s", "s", "width of a SET or RESET pulse (Nature 608, Methods)", kDeployment},
           pulse_s, {1e-9, 1});
  v.number(
      {"set_wl_v", "V", "word line of a SET pulse (chip team's public repository)", kDeployment},
      set_wl_v, {0, 5});
  v.number({"set_wl_high_v", "V", "the same for targets above g_max (assumption)", kDeployment},
           set_wl_high_v, {0, 5});
  v.number({"reset_wl_v", "V", "word line of a RESET pulse (chip team's public repository)",
            kDeployment},
           reset_wl_v, {0, 5});
  v.integer({"reversals", "1",
             "changes between SET and RESET after which a cell has failed (Nature 608, Methods)",
             kDeployment},
            reversals, {0, 1000});
  v.integer({"verify_samples", "1",
             "reads that one verify averages (chip team's public repository: 8, first 3 dropped)",
             kDeployment},
            verify_samples, {1, 1000});
}

void FormingParameters::describe(FieldVisitor& v) {
  v.number({"yield", "1",
            "share of the cells that form (assumption: makes 3 to 12 % of the rows bad, as in the "
            "chip team's public repository)",
            kDeployment},
           yield, {0, 1});
  v.number({"stuck_share", "1",
            "share of the cells that form but never switch (assumption, from the leaky rows of the "
            "chip team's public repository)",
            kDeployment},
           stuck_share, {0, 1});
  v.number(
      {"formed_s", "S",
       "median conductance after forming (chip team's public repository, 64 cells)", kDeployment},
      formed_s, {1e-9, 1e-3});
  v.number({"formed_spread", "1",
            "spread of its logarithm (chip team's public repository: mean 29 uS, median 23.7 uS)",
            kDeployment},
           formed_spread, {0, 3});
  v.number({"first_pulse_share", "1",
            "share that forms with each pulse (chip team's public repository: 63 of 64 with the "
            "first)",
            kDeployment},
           first_pulse_share, {0.01, 1});
  v.integer({"pulses", "1",
             "pulses until a cell counts as un-formed (chip team's public repository: 4.2 to 4.7 V "
             "by 0.1 V)",
             kDeployment},
            pulses, {1, 1000});
  v.number(
      {"pulse_s", "s", "width of a forming pulse (chip team's public repository)", kDeployment},
      pulse_s, {1e-9, 1});
}

void PulseParameters::describe(FieldVisitor& v) {
  v.number({"set_threshold_v", "V",
            "bit-line voltage above which SET acts (assumption: fits the published pulses a cell)",
            kDeployment},
           set_threshold_v, {0, 5});
  v.number({"reset_threshold_v", "V",
            "source-line voltage above which RESET acts (assumption: fits the published pulses a "
            "cell)",
            kDeployment},
           reset_threshold_v, {0, 5});
  v.number({"threshold_spread_v", "V", "spread of both thresholds from cell to cell (assumption)",
            kDeployment},
           threshold_spread_v, {0, 1});
  v.number({"set_rate", "1/V",
            "share of the way to its limit that a SET pulse of 1 us takes a cell, per volt above "
            "the threshold, as an exponent (assumption: fits the published pulses a cell)",
            kDeployment},
           set_rate, {0, 1000});
  v.number({"reset_rate", "1/V", "the same of RESET, towards g_reset_s (assumption)", kDeployment},
           reset_rate, {0, 1000});
  v.number(
      {"cycle_spread", "1",
       "spread of the logarithm of that exponent from pulse to pulse (assumption)", kDeployment},
      cycle_spread, {0, 3});
  v.number({"g_limit_s", "S",
            "largest conductance that SET reaches at a word line of 3 V (assumption: fits the "
            "published success rate)",
            kDeployment},
           g_limit_s, {1e-9, 1e-3});
  v.number({"limit_spread", "1",
            "relative spread of that limit from cell to cell (assumption: failures at 39 to 40 uS "
            "as in the chip team's public repository)",
            kDeployment},
           limit_spread, {0, 0.2});
  v.number({"limit_wl_v", "V",
            "threshold of the selector: the limit is proportional to the word line above it, and "
            "a RESET pulse cannot exceed it (assumption)",
            kDeployment},
           limit_wl_v, {0, 2.9});
  v.number({"g_reset_s", "S",
            "mean conductance that RESET ends at, uniform from 0 to twice that (assumption)",
            kDeployment},
           g_reset_s, {0, 1e-3});
  v.number({"weak_share", "1",
            "share of the cells whose limit lies anywhere between 17 and 38 uS (assumption, from "
            "the failed cells of the chip team's public repository)",
            kDeployment},
           weak_share, {0, 1});
  v.number({"leaky_share", "1",
            "share of the cells that RESET leaves at 2.4 to 10 uS (assumption, from the failed "
            "cells of the chip team's public repository)",
            kDeployment},
           leaky_share, {0, 1});
}

void TableParameters::describe(FieldVisitor& v) {
  v.text({"states", "", "kind table: CSV file of conductance against target and time", kDeployment},
         states);
  v.text(
      {"pulses", "", "kind table: CSV file of the response to SET and RESET pulses", kDeployment},
      pulses);
}

void DeviceParameters::describe(FieldVisitor& v) {
  v.text({"kind", "", "model of the cell: statistical, pulse or table", kDeployment}, kind);
  v.number({"g_min_s", "S", "conductance of an off cell (Nature 608, Methods)", kDeployment},
           g_min_s, {0, 1e-3});
  v.number({"g_max_s", "S",
            "conductance of the largest weight (40 uS for CNNs, 30 uS for LSTM and RBM; Methods)",
            kDeployment},
           g_max_s, {1e-9, 1e-3});
  v.number({"g_tolerance_s", "S", "window that write-verify accepts about the target (Methods)",
            kDeployment},
           g_tolerance_s, {0, 1e-3});
  v.number({"g_floor_s", "S", "smallest conductance a cell can have (chip team's un-formed cells)",
            kDeployment},
           g_floor_s, {0, 1e-3});
  v.integer({"programming_passes", "1",
             "times the array is programmed again after relaxing (Methods: 3)", kDeployment},
            programming_passes, {1, 10});
  v.number({"t_between_passes_s", "s",
            "time that the cells relax before they are verified again (assumption)", kDeployment},
           t_between_passes_s, {0, 1e9});
  v.number({"pass_relaxation_ratio", "1",
            "kind statistical: relaxation spread after 3 passes, relative to 1 (Methods: -29 %)",
            kDeployment},
           pass_relaxation_ratio, {0.01, 1});
  v.number({"repeat_relaxation_ratio", "1",
            "kinds pulse, table: relaxation spread of a cell that a later pass programmed again, "
            "relative to the first (assumption: fits the -29 % after 3 passes of Methods)",
            kDeployment},
           repeat_relaxation_ratio, {0.01, 1});
  v.number({"age_s", "s",
            "time since programming at which the conductances are taken (assumption: a day)",
            kDeployment},
           age_s, {0, 1e9});
  v.number({"sigma_read", "1",
            "read noise of a cell in one word-line pulse, relative to g_max (AIHWKit's suggestion)",
            kDeployment},
           sigma_read, {0, 1});
  v.number(
      {"pulses_per_cell", "1",
       "kind statistical: mean SET and RESET pulses of one write-verify (Methods)", kDeployment},
      pulses_per_cell, {0, 1e4});
  v.number(
      {"success_rate", "1",
       "kind statistical: share of the cells that reach their window (Methods: 99 %)", kDeployment},
      success_rate, {0, 1});
  v.flag({"programming_spread", "",
          "switch: error inside the write-verify window, and cells that miss it", kDeployment},
         programming_spread);
  v.flag({"relaxation", "", "switch: conductance relaxation after programming", kDeployment},
         relaxation);
  v.flag({"read_noise", "", "switch: read noise of every word-line pulse and verify", kDeployment},
         read_noise);
  v.group("programming", "write-verify", programming);
  v.group("forming", "forming of fresh cells", forming);
  v.group("pulse", "switching law of kind pulse", pulse);
  v.group("table", "files of kind table", table);
}

}  // namespace neurram::device
