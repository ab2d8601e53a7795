/// Driver of a NeuRRAM chip, in C11 for host and bare metal: no allocation, no standard I/O, and
/// nothing known of the chip but its register map (neurram_registers.h, generated; its reference
/// page is models/core/registers.md).
///
/// Every function that touches the chip returns an error code. Arguments are checked before the
/// first access, so a call that answers NEURRAM_ERROR_ARGUMENT has changed nothing. A handle
/// belongs to one thread at a time. The host must be little endian, as the chip is.
///
/// From power-on to results:
///
///   neurram_discover, neurram_power_on, neurram_configure_rails, neurram_program,
///   neurram_configure_slot, then per batch neurram_load_inputs, neurram_arm, neurram_start,
///   neurram_wait, neurram_read_outputs, neurram_fence.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "neurram_registers.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  NEURRAM_MASK_WORDS = 8,   ///< words of a mask of rows, of columns or of cores
  NEURRAM_MAX_CORES = 256,  ///< cores that a chip may have
  NEURRAM_SLOTS = 8,
  NEURRAM_RAIL_SETS = 16,
  NEURRAM_BANKS = 2,  ///< input banks of a core, and output banks
};

/// Stands for the chip's own window where a core is named.
#define NEURRAM_NO_CORE UINT32_MAX

enum neurram_error {
  NEURRAM_OK = 0,
  NEURRAM_ERROR_BUS,       ///< the bus answered an error and no sticky error of the chip says more
  NEURRAM_ERROR_ARGUMENT,  ///< refused before any access
  NEURRAM_ERROR_NOT_A_CHIP,   ///< identity or size of the chip or a core is not a NeuRRAM's
  NEURRAM_ERROR_VERSION,      ///< the chip has another version of the register map
  NEURRAM_ERROR_TIMEOUT,      ///< poll_limit looks at a status register did not see it change
  NEURRAM_ERROR_BUSY,         ///< the core runs a command
  NEURRAM_ERROR_NOT_STARTED,  ///< a core is idle without having ended its command or said why
  NEURRAM_ERROR_CHIP,         ///< the chip's ERROR was set: see neurram_chip.fault
  NEURRAM_ERROR_CORE,         ///< a core's ERROR was set: see neurram_chip.fault
};

/// One sentence about an error, never NULL.
const char* neurram_error_text(enum neurram_error error);

/// How the driver reaches the chip. `user` is handed to every function; each returns NEURRAM_OK or
/// NEURRAM_ERROR_BUS (any error is passed on).
struct neurram_bus {
  void* user;
  enum neurram_error (*read32)(void* user, uint64_t address, uint32_t* value);
  enum neurram_error (*write32)(void* user, uint64_t address, uint32_t value);
  /// Bursts may be posted: several, to different cores, may be under way at once. Their data must
  /// stay in place, and what was read is valid, only after fence().
  enum neurram_error (*write_burst)(void* user, uint64_t address, const void* data, size_t bytes);
  enum neurram_error (*read_burst)(void* user, uint64_t address, void* data, size_t bytes);
  /// Returns when all posted bursts are done, with the first error among them.
  enum neurram_error (*fence)(void* user);
  /// Returns when the chip's interrupt line is high, at once where it already is; it may return
  /// early. NULL: the driver polls.
  enum neurram_error (*wait_interrupt)(void* user);
};

/// Rows (bit lines) and columns (source lines) of a core's array, 1 to 256 each.
struct neurram_geometry {
  uint16_t rows;
  uint16_t columns;
};

/// What a sticky error register said when it was last read and cleared.
struct neurram_fault {
  uint32_t core;     ///< core, or NEURRAM_NO_CORE for the chip
  uint32_t bits;     ///< ERROR
  uint32_t address;  ///< ERROR_ADDRESS: offset in the window of the first access that failed
};

/// A chip, as neurram_discover found it.
struct neurram_chip {
  struct neurram_bus bus;
  uint64_t base;        ///< bus address of the chip's window
  uint32_t poll_limit;  ///< looks at a status register before NEURRAM_ERROR_TIMEOUT; 0: no limit
  uint32_t core_count;
  uint32_t grid_rows;
  uint32_t grid_columns;
  struct neurram_geometry geometry[NEURRAM_MAX_CORES];  ///< of the cores that exist
  struct neurram_fault fault;  ///< of the last NEURRAM_ERROR_CHIP or NEURRAM_ERROR_CORE
};

/// Finds the chip at `base`, checks its identity, version and that of every core, and fills `chip`;
/// poll_limit starts at 0. Lets the chip drive its interrupt line if the bus can wait for it.
enum neurram_error neurram_discover(struct neurram_chip* chip, const struct neurram_bus* bus,
                                    uint64_t base);

/// Reads and clears the sticky error of a core, or of the chip (NEURRAM_NO_CORE). No error: bits 0.
enum neurram_error neurram_take_fault(struct neurram_chip* chip, uint32_t core,
                                      struct neurram_fault* fault);

/// Switches a core on and returns when it is awake.
enum neurram_error neurram_power_on(struct neurram_chip* chip, uint32_t core);

/// Gates a core; NEURRAM_ERROR_BUSY where it runs a command. Cells, registers and banks keep their
/// value.
enum neurram_error neurram_power_off(struct neurram_chip* chip, uint32_t core);

/// Resets a core's registers and clears its errors; cells keep their conductance.
enum neurram_error neurram_reset(struct neurram_chip* chip, uint32_t core);

/// Voltages of a rail set in microvolts against V_ref.
struct neurram_rails {
  uint32_t v_read_plus_uv;        ///< 0 to 900000
  uint32_t v_read_minus_uv;       ///< 0 to 900000, below V_ref
  uint32_t v_decrement_plus_uv;   ///< 1 to 900000: one step of negative results
  uint32_t v_decrement_minus_uv;  ///< 1 to 900000: one step of positive results
  int32_t v_comparator_uv;        ///< -100000 to 100000
  uint32_t v_lfsr_uv;             ///< 0 to 900000: random pulses of stochastic neurons
};

/// Writes rail set `set` (0 to 15); it takes effect at the next change to that set.
enum neurram_error neurram_configure_rails(struct neurram_chip* chip, uint32_t set,
                                           const struct neurram_rails* rails);

/// Switches the supply to a rail set ahead of the next start. No core may be busy.
enum neurram_error neurram_select_rails(struct neurram_chip* chip, uint32_t set);

/// Switches the rails off (standby) until the next start. No core may be busy.
enum neurram_error neurram_park_rails(struct neurram_chip* chip);

/// One operation on vectors, as a core keeps it in one of its slots. A mask has bit b of word w for
/// line 32 * w + b.
struct neurram_slot {
  uint64_t operation_id;                        ///< of the next vector; the core adds 1 per vector
  uint32_t word_line_mask[NEURRAM_MASK_WORDS];  ///< rows in use, at least one
  uint32_t column_mask[NEURRAM_MASK_WORDS];     ///< columns in use, at least one
  enum neurram_core_slot_mode_direction direction;
  enum neurram_core_slot_mode_pairing pairing;  ///< differential: an even number of input lines
  enum neurram_core_slot_mode_signedness signedness;
  enum neurram_core_slot_mode_input_scheme input_scheme;
  enum neurram_core_slot_mode_conversion conversion;
  enum neurram_core_slot_mode_activation activation;
  uint32_t input_bits;        ///< 1 to 8, to 7 when unsigned
  uint32_t output_bits;       ///< of a binary search, 1 to 10, sign included
  uint32_t pulse_multiplier;  ///< samples per unit of input, 1 to 32
  uint32_t step_limit;        ///< of a unary conversion, 1 to 127
  uint32_t rail_set;          ///< 0 to 15
  uint32_t activation_step;   ///< of sigmoid and tanh: argument of a step [1e-6], 1 to 10000000
};

/// Writes slot `slot` (0 to 7) of a core.
enum neurram_error neurram_configure_slot(struct neurram_chip* chip, uint32_t core, uint32_t slot,
                                          const struct neurram_slot* settings);

/// Sets the operation id of the slot's next vector and nothing else.
enum neurram_error neurram_set_operation_id(struct neurram_chip* chip, uint32_t core, uint32_t slot,
                                            uint64_t operation_id);

/// A rectangle of cells.
struct neurram_window {
  uint32_t row;
  uint32_t column;
  uint32_t rows;
  uint32_t columns;
};

/// Programs a window to `targets_ps` (pS, row-major, rows * columns of them) with verify, and says
/// how many cells stayed outside their tolerance. Returns when the core is done.
enum neurram_error neurram_program(struct neurram_chip* chip, uint32_t core,
                                   const struct neurram_window* window, const uint32_t* targets_ps,
                                   uint32_t* failed_cells);

/// Begins programming the window to targets that are in the core already, and returns; wait for the
/// core as for an operation. neurram_abort() ends it after the row at work.
enum neurram_error neurram_start_program(struct neurram_chip* chip, uint32_t core,
                                         const struct neurram_window* window);
enum neurram_error neurram_abort(struct neurram_chip* chip, uint32_t core);

/// How far programming has come.
struct neurram_program_progress {
  uint32_t row;     ///< of the array, that the core works on or worked on last
  uint32_t pass;    ///< over the window, from 0
  uint32_t pulses;  ///< SET and RESET pulses in the rows that are done
  bool busy;
  bool aborted;  ///< ended by neurram_abort() before its last row
};

enum neurram_error neurram_read_program_progress(struct neurram_chip* chip, uint32_t core,
                                                 struct neurram_program_progress* progress);

/// Forms the cells of a window and says how many are of no use. Returns when the core is done.
enum neurram_error neurram_form(struct neurram_chip* chip, uint32_t core,
                                const struct neurram_window* window, uint32_t* unusable_cells);

/// Reads what the last programming did to the cells of a window, row-major: bits 13:0 pulses, bit
/// 14 outside its tolerance, bit 15 unusable.
enum neurram_error neurram_read_cell_reports(struct neurram_chip* chip, uint32_t core,
                                             const struct neurram_window* window,
                                             uint16_t* reports);

/// Reads the last verified conductances of a window into `conductances_ps` (pS, row-major).
enum neurram_error neurram_read_conductances(struct neurram_chip* chip, uint32_t core,
                                             const struct neurram_window* window,
                                             uint32_t* conductances_ps);

/// Most vectors of one start: the input bank holds one byte per input, the output bank two per
/// output. 0 where a single vector does not fit or a number is 0.
uint32_t neurram_max_vectors(uint32_t inputs, uint32_t outputs);

/// Writes input codes, vector after vector, from the start of a bank (0 or 1). Posted: the codes
/// must stay in place until neurram_fence or neurram_start.
enum neurram_error neurram_load_inputs(struct neurram_chip* chip, uint32_t core, uint32_t bank,
                                       const void* codes, size_t bytes);

/// Reads `count` output codes, vector after vector, from the start of a bank (0 or 1). Posted: they
/// are valid after neurram_fence.
enum neurram_error neurram_read_outputs(struct neurram_chip* chip, uint32_t core, uint32_t bank,
                                        int16_t* codes, size_t count);

/// Waits until all posted bursts are done.
enum neurram_error neurram_fence(struct neurram_chip* chip);

/// What a core's next start uses.
struct neurram_command {
  uint32_t slot;
  uint32_t input_bank;
  uint32_t output_bank;
  uint32_t vectors;  ///< 1 to neurram_max_vectors
};

/// Arms a core. It stays armed for any number of starts.
enum neurram_error neurram_arm(struct neurram_chip* chip, uint32_t core,
                               const struct neurram_command* command);

/// The cores of a group: bit b of word w is core 32 * w + b.
struct neurram_core_set {
  uint32_t words[NEURRAM_MASK_WORDS];
};

static inline void neurram_core_set_add(struct neurram_core_set* cores, uint32_t core) {
  cores->words[core / 32u] |= (uint32_t)1 << core % 32u;
}

static inline bool neurram_core_set_has(const struct neurram_core_set* cores, uint32_t core) {
  return (cores->words[core / 32u] >> core % 32u & 1u) != 0u;
}

/// Waits for posted bursts, then fires the armed cores in lock-step; a single core by its own
/// CONTROL. Returns at once; a refusal that the bus does not report is found by neurram_wait.
enum neurram_error neurram_start(struct neurram_chip* chip, const struct neurram_core_set* cores);

/// Returns when all cores of a started group are done, by interrupt if the bus can. Where one
/// failed, `fault` names the first that did, and the errors of the group and the chip are cleared.
enum neurram_error neurram_wait(struct neurram_chip* chip, const struct neurram_core_set* cores);

/// Totals of a core since power-up.
struct neurram_counters {
  uint64_t energy_fj;
  uint64_t cycles;  ///< busy cycles
  uint64_t vectors;
  uint32_t commands;
};

enum neurram_error neurram_read_counters(struct neurram_chip* chip, uint32_t core,
                                         struct neurram_counters* counters);

/// Value of an output code in half decrement steps. A code is sign * count and stands for
/// sign * (count - 1/2) steps; that of a two-phase operation is its value in whole steps.
int32_t neurram_half_steps(int16_t code, bool two_phase);

#ifdef __cplusplus
}
#endif
