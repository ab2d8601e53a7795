#include "models/core/energy.h"

namespace neurram::core {

void EnergyParameters::describe(FieldVisitor& v) {
  constexpr auto kRun = Affects::kRun;
  v.number(
      {"c_word_line_f", "F",
       "word line: 256 access gates of 1.5 fF, driver, wiring (MIT CiMLoop's model of the chip)",
       kRun},
      c_word_line_f, {0, 1e-9});
  v.number({"v_word_line_supply_v", "V",
            "supply that charges a word line (1.8 V gives the measured 1.89 pJ a pulse)", kRun},
           v_word_line_supply_v, {0, 10});
  v.number({"c_input_line_f", "F",
            "input line with driver and conducted current, as one capacitance (measured 0.98 pJ a "
            "pulse at 0.5 V)",
            kRun},
           c_input_line_f, {0, 1e-9});
  v.number({"sample_j", "J",
            "one neuron, one word-line pulse: precharge and sample (fit of Extended Data Fig. 12)",
            kRun},
           sample_j, {0, 1e-6});
  v.number({"integrate_j", "J", "one neuron, one integration (fit of Extended Data Fig. 12)", kRun},
           integrate_j, {0, 1e-6});
  v.number(
      {"compare_j", "J",
       "one neuron, one comparison with its charge decrement (fit of Extended Data Fig. 12)", kRun},
      compare_j, {0, 1e-6});
  v.number(
      {"random_pulse_j", "J", "one random pulse of a stochastic neuron (Methods: 121 fJ)", kRun},
      random_pulse_j, {0, 1});
  v.number({"control_j", "J",
            "one neuron, one word-line pulse: switch control (assumption: its share of the fitted "
            "0.98 pJ)",
            kRun},
           control_j, {0, 1e-6});
  v.number({"program_w", "W",
            "mean power of a SET or RESET pulse (assumption: 3 V, 100 uA for a third of its width)",
            kRun},
           program_w, {0, 1});
  v.number({"form_w", "W", "mean power of a forming pulse (assumption: 4.5 V, 100 uA)", kRun},
           form_w, {0, 1});
  v.number({"t_verify_s", "s", "one verify read (Methods: 1 to 10 us)", kRun}, t_verify_s, {0, 1});
  v.number({"verify_w", "W", "power of a verify read (assumption: 0.2 V across 20 uS)", kRun},
           verify_w, {0, 1});
  v.number({"idle_w", "W", "leakage of a core that is on (assumption: 50 to 100 uW)", kRun}, idle_w,
           {0, 1});
  v.number({"t_wake_s", "s", "time from power on to ready (assumption)", kRun}, t_wake_s, {0, 1});
  v.flag(
      {"neuron_gating", "",
       "what-if: only the neurons of columns in use draw energy (silicon has no such gate)", kRun},
      neuron_gating);
}

}  // namespace neurram::core
