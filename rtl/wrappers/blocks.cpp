#include "rtl/wrappers/blocks.h"

#include "Vcore_controller.h"
#include "Vinput_sequencer.h"
#include "Vlfsr_pair.h"
#include "Vsearch_register.h"
#include "Vstep_counter.h"
#include "rtl/wrappers/core_controller.h"
#include "rtl/wrappers/input_sequencer.h"
#include "rtl/wrappers/lfsr_pair.h"
#include "rtl/wrappers/search_register.h"
#include "rtl/wrappers/step_counter.h"

namespace neurram::rtl {

void add_blocks(core::BlockRegistry& registry) {
  registry.add<core::CoreController>("rtl", make_block<core_controller::Wrapper<Vcore_controller>>);
  registry.add<core::InputSequencer>("rtl", make_block<input_sequencer::Wrapper<Vinput_sequencer>>);
  registry.add<core::StepCounter>("rtl", make_block<step_counter::Wrapper<Vstep_counter>>);
  registry.add<core::SearchRegister>("rtl", make_block<search_register::Wrapper<Vsearch_register>>);
  registry.add<core::LfsrPair>("rtl", make_block<lfsr_pair::Wrapper<Vlfsr_pair>>);
}

}  // namespace neurram::rtl
