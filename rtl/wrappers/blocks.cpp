#include "rtl/wrappers/blocks.h"

#include "Vcore_controller.h"
#include "Vinput_sequencer.h"
#include "Vlfsr_pair.h"
#include "Vmesh_router.h"
#include "Vrow_shift_chain.h"
#include "Vsearch_register.h"
#include "Vstep_counter.h"
#include "Vwrite_verify.h"
#include "rtl/wrappers/core_controller.h"
#include "rtl/wrappers/input_sequencer.h"
#include "rtl/wrappers/lfsr_pair.h"
#include "rtl/wrappers/mesh_router.h"
#include "rtl/wrappers/row_shift_chain.h"
#include "rtl/wrappers/search_register.h"
#include "rtl/wrappers/step_counter.h"
#include "rtl/wrappers/write_verify.h"

namespace neurram::rtl {

void add_blocks(core::BlockRegistry& registry) {
  registry.add<core::CoreController>("rtl", make_block<core_controller::Wrapper<Vcore_controller>>);
  registry.add<core::InputSequencer>("rtl", make_block<input_sequencer::Wrapper<Vinput_sequencer>>);
  registry.add<core::StepCounter>("rtl", make_block<step_counter::Wrapper<Vstep_counter>>);
  registry.add<core::SearchRegister>("rtl", make_block<search_register::Wrapper<Vsearch_register>>);
  registry.add<core::LfsrPair>("rtl", make_block<lfsr_pair::Wrapper<Vlfsr_pair>>);
  registry.add<core::MeshRouter>("rtl", make_block<mesh_router::Wrapper<Vmesh_router>>);
  registry.add<core::RowShiftChain>("rtl", make_block<row_shift_chain::Wrapper<Vrow_shift_chain>>);
  registry.add<core::WriteVerify>("rtl", make_block<write_verify::Wrapper<Vwrite_verify>>);
}

}  // namespace neurram::rtl
