#include "processor.h"

#include <cmath>

namespace {

/// Ends the caller with the error of `call`, if there is one.
#define RETURN_ON_ERROR(call)                \
  do {                                       \
    const neurram_error result = (call);     \
    if (result != NEURRAM_OK) return result; \
  } while (false)

void set_lines(std::uint32_t (&mask)[NEURRAM_MASK_WORDS], std::uint32_t count) {
  for (std::uint32_t line = 0; line < count; ++line) mask[line / 32] |= 1u << line % 32;
}

/// Conductances of a pair of cells [pS] for a weight of -127 … 127.
std::uint32_t conductance_ps(int weight, bool positive) {
  return static_cast<std::uint32_t>(
      std::lround(1e6 * (20 + (positive ? 19 : -19) * weight / 127.0)));
}

}  // namespace

void Processor::program() {
  error = multiply();
  finished = true;
  sc_core::sc_stop();
}

neurram_error Processor::multiply() {
  const neurram_bus driver_bus = {this,       read32, write32,       write_burst,
                                  read_burst, fence,  wait_interrupt};
  neurram_chip chip;
  RETURN_ON_ERROR(neurram_discover(&chip, &driver_bus, address_map::kChip));
  RETURN_ON_ERROR(neurram_power_on(&chip, 0));

  // The matrix: from memory into cells.
  std::vector<std::int8_t> weights(task_.inputs * task_.outputs);
  RETURN_ON_ERROR(access(tlm::TLM_READ_COMMAND, address_map::kMemory + task_.weights,
                         weights.data(), weights.size()));
  const neurram_window window = {0, 0, 2 * task_.inputs, task_.outputs};
  std::vector<std::uint32_t> targets_ps;
  for (std::uint32_t row = 0; row < window.rows; ++row) {
    for (std::uint32_t column = 0; column < window.columns; ++column)
      targets_ps.push_back(conductance_ps(weights[row / 2 * task_.outputs + column], row % 2 == 0));
  }
  std::uint32_t failed_cells = 0;
  RETURN_ON_ERROR(neurram_program(&chip, 0, &window, targets_ps.data(), &failed_cells));
  conductances_ps.resize(targets_ps.size());
  RETURN_ON_ERROR(neurram_read_conductances(&chip, 0, &window, conductances_ps.data()));

  // How to multiply: 3 bits and sign in, 7 bits out, 0.5 V for an input, 25 mV for a step.
  const auto step_uv = static_cast<std::uint32_t>(500'000 / kGain);
  const neurram_rails rails = {500'000, 500'000, step_uv, step_uv, 0, 100'000};
  RETURN_ON_ERROR(neurram_configure_rails(&chip, 0, &rails));
  neurram_slot slot = {};
  set_lines(slot.word_line_mask, window.rows);
  set_lines(slot.column_mask, window.columns);
  slot.pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL;
  slot.signedness = NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED;
  slot.input_bits = 4;
  slot.output_bits = 7;
  slot.pulse_multiplier = 1;
  slot.step_limit = 100;
  slot.activation_step = 50'000;
  RETURN_ON_ERROR(neurram_configure_slot(&chip, 0, 0, &slot));

  // All vectors in one start: memory, bank, chip, bank, memory.
  std::vector<std::int8_t> codes(task_.vectors * task_.inputs);
  std::vector<std::int16_t> results(task_.vectors * task_.outputs);
  RETURN_ON_ERROR(access(tlm::TLM_READ_COMMAND, address_map::kMemory + task_.codes, codes.data(),
                         codes.size()));
  RETURN_ON_ERROR(neurram_load_inputs(&chip, 0, 0, codes.data(), codes.size()));
  const neurram_command command = {0, 0, 0, task_.vectors};
  RETURN_ON_ERROR(neurram_arm(&chip, 0, &command));
  neurram_core_set cores = {};
  neurram_core_set_add(&cores, 0);
  RETURN_ON_ERROR(neurram_start(&chip, &cores));
  RETURN_ON_ERROR(neurram_wait(&chip, &cores));
  RETURN_ON_ERROR(neurram_read_outputs(&chip, 0, 0, results.data(), results.size()));
  RETURN_ON_ERROR(neurram_fence(&chip));
  return access(tlm::TLM_WRITE_COMMAND, address_map::kMemory + task_.results, results.data(),
                2 * results.size());
}

neurram_error Processor::access(tlm::tlm_command command, std::uint64_t address, void* data,
                                std::size_t bytes) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(static_cast<unsigned>(bytes));
  payload.set_streaming_width(static_cast<unsigned>(bytes));
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  bus->b_transport(payload, delay);
  wait(delay);
  return payload.is_response_ok() ? NEURRAM_OK : NEURRAM_ERROR_BUS;
}

neurram_error Processor::read32(void* self, std::uint64_t address, std::uint32_t* value) {
  return static_cast<Processor*>(self)->access(tlm::TLM_READ_COMMAND, address, value,
                                               sizeof *value);
}

neurram_error Processor::write32(void* self, std::uint64_t address, std::uint32_t value) {
  return static_cast<Processor*>(self)->access(tlm::TLM_WRITE_COMMAND, address, &value,
                                               sizeof value);
}

neurram_error Processor::write_burst(void* self, std::uint64_t address, const void* data,
                                     std::size_t bytes) {
  return static_cast<Processor*>(self)->access(tlm::TLM_WRITE_COMMAND, address,
                                               const_cast<void*>(data), bytes);
}

neurram_error Processor::read_burst(void* self, std::uint64_t address, void* data,
                                    std::size_t bytes) {
  return static_cast<Processor*>(self)->access(tlm::TLM_READ_COMMAND, address, data, bytes);
}

neurram_error Processor::fence(void* /*self*/) {
  return NEURRAM_OK;  // every access has ended when it returns
}

neurram_error Processor::wait_interrupt(void* self) {
  auto& processor = *static_cast<Processor*>(self);
  if (!processor.interrupt.read()) processor.wait(processor.interrupt.posedge_event());
  return NEURRAM_OK;
}
