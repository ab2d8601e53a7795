// The neurons' state machine: its states, and the controls that each of them drives.
package neuron_pkg;

  // Sub-states of the voltage-mode neuron (chip team's public repository, Neurram_48core), in the
  // order in which they follow each other, and two of ours about them: nothing to do, and waiting
  // for the other cores of a group.
  typedef enum logic [4:0] {
    IDLE,
    CDS1,
    CDS2,
    CDS3,
    CDS4,
    SAMPLING,
    SAMPLING1,
    SAMPLING2,
    SAMPLING3,
    SAMPLING4,
    INTEG1,
    INTEG2,
    COMPARE,
    COMPARE_WRITE_MINUS1,
    COMPARE_WRITE_MINUS2,
    COMPARE_WRITE_MINUS3,
    COMPARE_WRITE_MINUS4,
    WRITE_DONE,
    PARTIAL_RESET_MINUS2,
    PARTIAL_RESET_MINUS3,
    PARTIAL_RESET_MINUS4,
    RESET_MINUS_DONE0,
    RESET_MINUS_DONE,
    WAIT_GROUP
  } neuron_state_e;

  // Everything that a state drives, the first field in the highest bit.
  typedef struct packed {
    // the neuron's seven switches
    logic cds;
    logic cds_vref;
    logic in_sample;
    logic integ;
    logic ota_loop;  // 1: the amplifier integrates, 0: it compares
    logic feedback;
    logic latch_en;  // 0: the latch is transparent
    // selected rails
    logic [1:0] vcomp;
    logic [1:0] vlevel1;
    logic [1:0] vlevel2;
    // the array
    logic trigger;
    logic ext_1n;  // input lines are driven
    logic ext_3n;  // output lines are held
    logic register_mode;
    logic turn_on_wl;
    logic inference_enable;
    logic precharge;
    logic [1:0] read_trigger;  // neurons write their registers
  } neuron_controls_t;

  // Switches, rails and array controls without the word line, as three literals.
  function automatic neuron_controls_t controls(logic [6:0] switches, logic [5:0] rails,
                                                logic [6:0] array);
    return {switches, rails, array, 2'b00};
  endfunction

  // The table of the voltage-mode design. COMPARE, WRITE_DONE and INTEG2, which its listing leaves
  // out, hold what lies between their neighbours (assumption).
  function automatic neuron_controls_t controls_of(neuron_state_e state, logic keep_wl);
    neuron_controls_t c;
    //                                               cds vref in int ota fb le
    unique case (state)
      CDS1: c = controls(7'b11_0_1_0_0_1, 6'b11_00_00, 7'b001_0011);
      CDS2: c = controls(7'b01_0_1_0_0_1, 6'b11_00_00, 7'b001_0011);
      CDS3: c = controls(7'b01_0_0_0_0_1, 6'b11_00_00, 7'b001_0011);
      CDS4: c = controls(7'b01_0_0_1_0_1, 6'b11_00_00, 7'b001_0011);
      SAMPLING: c = controls(7'b01_0_0_1_0_1, 6'b00_00_00, 7'b011_0010);
      SAMPLING1: c = controls(7'b01_0_0_1_0_1, 6'b00_00_00, 7'b111_0110);
      SAMPLING2: c = controls(7'b01_0_0_1_0_1, 6'b00_00_00, 7'b110_0110);
      SAMPLING3: c = controls(7'b01_0_0_1_0_1, 6'b00_00_00, {4'b010_0, keep_wl, 2'b10});
      SAMPLING4: c = controls(7'b00_1_0_1_0_1, 6'b00_00_00, {4'b010_0, keep_wl, 2'b10});
      INTEG1: c = controls(7'b00_0_1_1_0_1, 6'b00_00_00, {4'b010_0, keep_wl, 2'b10});
      INTEG2: c = controls(7'b00_0_0_1_0_1, 6'b00_00_00, {4'b010_0, keep_wl, 2'b10});
      COMPARE_WRITE_MINUS1: c = controls(7'b00_0_0_0_0_0, 6'b01_01_10, 7'b000_0000);
      COMPARE_WRITE_MINUS2: c = controls(7'b00_0_0_0_1_1, 6'b01_01_10, 7'b001_0000);
      COMPARE_WRITE_MINUS3: c = controls(7'b00_0_0_0_1_1, 6'b01_01_10, 7'b001_1000);
      COMPARE_WRITE_MINUS4: begin
        c = controls(7'b00_0_0_0_1_1, 6'b01_01_10, 7'b001_1000);
        c.read_trigger = 2'b01;
      end
      WRITE_DONE: c = controls(7'b00_0_0_0_0_1, 6'b01_01_10, 7'b000_0000);
      PARTIAL_RESET_MINUS2: c = controls(7'b00_0_0_0_0_1, 6'b01_11_11, 7'b000_0000);
      PARTIAL_RESET_MINUS3: c = controls(7'b00_0_0_0_1_1, 6'b01_11_11, 7'b000_0000);
      PARTIAL_RESET_MINUS4: c = controls(7'b00_1_0_1_1_1, 6'b01_11_11, 7'b000_0000);
      RESET_MINUS_DONE0: c = controls(7'b00_0_0_1_1_1, 6'b01_11_11, 7'b000_0000);
      RESET_MINUS_DONE: c = controls(7'b00_0_1_1_0_1, 6'b01_11_11, 7'b000_0000);
      // IDLE, COMPARE, WAIT_GROUP: the amplifier holds its charge
      default: c = controls(7'b00_0_0_1_0_1, 6'b00_00_00, 7'b000_0000);
    endcase
    return c;
  endfunction

endpackage
