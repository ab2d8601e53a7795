// Walks an operation through the states of the voltage-mode neuron, one vector after the other.
//
//   initialise  CDS1 to CDS4                       8 t_cds + 4                   once per phase
//   sample      SAMPLING to SAMPLING4, INTEG1, 2   8 t_integrate + t_sample + 7  once per pulse
//   integrate   SAMPLING3, 4, INTEG1, 2            8 t_integrate + 4             per further sample
//   convert     COMPARE to RESET_MINUS_DONE        8 (t_compare + t_reset) + 19  per comparison
//
// (chip team's public repository, Neurram_48core). The pulses of a phase come from the input
// sequencer, the end of an unary conversion from the step counter. Stochastic neurons take random
// pulses after the last plane, each as long as a further sample. No clock is lost between vectors.
module core_controller
  import neuron_pkg::*;
#(
    parameter int unsigned VECTOR_WIDTH = 18
) (
    input logic clk_i,
    input logic rst_ni,

    // command: `start_i` is refused while busy; `abort_i` ends it at once
    input logic start_i,
    input logic abort_i,

    // held while busy
    input logic [VECTOR_WIDTH-1:0] vectors_i,           // 1 ...
    input logic [             7:0] t_cds_i,
    input logic [            15:0] t_sample_i,
    input logic [             7:0] t_integrate_i,
    input logic [             7:0] t_compare_i,
    input logic [             7:0] t_reset_i,
    input logic                    keep_wl_i,           // word lines stay on between samples
    input logic                    unary_i,             // compare until flipped_i
    input logic [             3:0] comparisons_high_i,  // else so often, in the first phase
    input logic [             3:0] comparisons_low_i,   //   and in the second
    input logic [             7:0] random_pulses_i,     // 0 unless stochastic

    // input sequencer
    output logic        load_o,        // this clock it captures a vector
    output logic        next_o,        // this clock it goes on
    input  logic [11:0] samples_i,
    input  logic        last_pulse_i,
    input  logic        last_phase_i,

    // conversion
    output logic compare_o,  // this clock the comparators' answers are taken
    output logic first_o,    //   the first of a phase
    output logic random_o,   // this clock a random pulse begins: its bits are drawn
    input  logic flipped_i,

    // group: a vector is over when all its cores are
    output logic all_flipped_o,
    input  logic group_flipped_i,

    // progress, one clock each, after the clock that they tell of
    output logic phase_done_o,
    output logic vector_done_o,
    output logic done_o,
    output logic refused_o,

    output logic                           busy_o,
    output logic        [VECTOR_WIDTH-1:0] vector_o,
    output logic        [             7:0] comparison_o,
    output neuron_state_e                  state_o,
    output neuron_controls_t               controls_o
);

  localparam int unsigned DWELL_WIDTH = 17;

  neuron_state_e state_q, state_d;
  logic [DWELL_WIDTH-1:0] dwell_q, dwell_d;  // further clocks in this state
  logic [VECTOR_WIDTH-1:0] vector_q;
  logic [11:0] samples_q;  // further samples of this pulse
  logic [7:0] random_q;  // further random pulses
  logic random_now_q;
  logic [7:0] comparison_q;
  logic fresh_q;  // first clock of a vector
  logic low_q;  // second phase
  logic phase_over_q, vector_over_q;  // known before RESET_MINUS_DONE

  logic [3:0] comparisons;
  logic leaves, ends_phase, ends_vector, last_vector, converted;

  // Registers in units of eight clocks.
  function automatic logic [DWELL_WIDTH-1:0] eights(logic [7:0] value);
    return {6'd0, value, 3'd0};
  endfunction

  assign leaves = dwell_q == '0;
  assign last_vector = vector_q == vectors_i - VECTOR_WIDTH'(1);
  assign comparisons = low_q ? comparisons_low_i : comparisons_high_i;
  assign converted = unary_i ? comparison_q != 0 && flipped_i
                             : comparison_q + 8'd1 >= 8'(comparisons);
  assign ends_phase = state_q == RESET_MINUS_DONE && leaves && phase_over_q;
  assign ends_vector = all_flipped_o && group_flipped_i;

  always_comb begin : next_state
    state_d = state_q;
    unique case (state_q)
      IDLE: if (start_i) state_d = CDS1;
      INTEG2: begin
        if (samples_q != 0) state_d = SAMPLING3;
        else if (!last_pulse_i) state_d = SAMPLING;
        else if (random_q != 0) state_d = SAMPLING3;
        else state_d = COMPARE;
      end
      RESET_MINUS_DONE: begin
        if (leaves && !phase_over_q) state_d = COMPARE;
        else if (leaves && !vector_over_q) state_d = CDS1;
        else if (leaves && !group_flipped_i) state_d = WAIT_GROUP;
        else if (leaves) state_d = last_vector ? IDLE : CDS1;
      end
      WAIT_GROUP: if (group_flipped_i) state_d = last_vector ? IDLE : CDS1;
      default: if (leaves) state_d = neuron_state_e'(state_q + 5'd1);
    endcase
    if (abort_i) state_d = IDLE;
  end

  // Clocks of the next state beyond its first.
  always_comb begin : next_dwell
    unique case (state_d)
      CDS1: dwell_d = eights(t_cds_i);
      SAMPLING1: dwell_d = {1'b0, t_sample_i};
      INTEG1: dwell_d = eights(t_integrate_i);
      COMPARE_WRITE_MINUS1: dwell_d = eights(t_compare_i);
      COMPARE_WRITE_MINUS4: dwell_d = DWELL_WIDTH'(8);
      RESET_MINUS_DONE: dwell_d = eights(t_reset_i);
      default: dwell_d = '0;
    endcase
    if (state_d == state_q && !leaves) dwell_d = dwell_q - DWELL_WIDTH'(1);
  end

  always_ff @(posedge clk_i) begin : walk
    if (!rst_ni) begin
      state_q <= IDLE;
      dwell_q <= '0;
    end else begin
      state_q <= state_d;
      dwell_q <= dwell_d;
    end
  end

  always_ff @(posedge clk_i) begin : pulses
    if (!rst_ni) begin
      samples_q <= '0;
      random_q <= '0;
      random_now_q <= 1'b0;
    end else if (state_q == CDS1) begin
      random_q <= random_pulses_i;
      random_now_q <= 1'b0;
    end else if (state_q == SAMPLING) begin
      samples_q <= samples_i - 12'd1;
    end else if (state_q == INTEG2 && samples_q != 0) begin
      samples_q <= samples_q - 12'd1;
    end else if (state_q == INTEG2 && last_pulse_i && random_q != 0) begin
      random_q <= random_q - 8'd1;
      random_now_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin : conversion
    if (!rst_ni) begin
      comparison_q <= '0;
      phase_over_q <= 1'b0;
      vector_over_q <= 1'b0;
    end else if (state_q == CDS1) begin
      comparison_q <= '0;
    end else if (state_q == RESET_MINUS_DONE0) begin
      phase_over_q <= converted;
      vector_over_q <= converted && last_phase_i;
    end else if (state_q == RESET_MINUS_DONE && leaves && !phase_over_q) begin
      comparison_q <= comparison_q + 8'd1;
    end
  end

  always_ff @(posedge clk_i) begin : vectors
    if (!rst_ni) begin
      vector_q <= '0;
      fresh_q <= 1'b0;
      low_q <= 1'b0;
    end else begin
      fresh_q <= !abort_i && ((state_q == IDLE && start_i) || (ends_vector && !last_vector));
      if (state_q == IDLE && start_i) vector_q <= '0;
      else if (ends_vector && !last_vector) vector_q <= vector_q + VECTOR_WIDTH'(1);
      if (fresh_q) low_q <= 1'b0;
      else if (ends_phase) low_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin : progress
    if (!rst_ni) begin
      phase_done_o <= 1'b0;
      vector_done_o <= 1'b0;
      done_o <= 1'b0;
      refused_o <= 1'b0;
    end else begin
      phase_done_o <= ends_phase && !abort_i;
      vector_done_o <= ends_vector && !abort_i;
      done_o <= ends_vector && last_vector && !abort_i;
      refused_o <= start_i && state_q != IDLE;
    end
  end

  assign load_o = fresh_q;
  assign next_o = (state_q == INTEG2 && samples_q == 0 && !last_pulse_i) ||
                  (ends_phase && !vector_over_q);
  assign compare_o = state_q == WRITE_DONE;
  assign first_o = comparison_q == 0;
  assign random_o = state_q == SAMPLING3 && random_now_q;
  assign all_flipped_o = (ends_phase && vector_over_q) || state_q == WAIT_GROUP;
  assign busy_o = state_q != IDLE;
  assign vector_o = vector_q;
  assign comparison_o = comparison_q;
  assign state_o = state_q;
  assign controls_o = controls_of(state_q, keep_wl_i);

  has_vectors :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   start_i && !busy_o |-> vectors_i != 0);
  compares_at_all :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   start_i && !busy_o |-> unary_i || comparisons_high_i != 0);
  is_held :
  assert property (@(posedge clk_i) disable iff (!rst_ni) busy_o && $past(busy_o) |-> $stable(
      {vectors_i, t_cds_i, t_sample_i, t_integrate_i, t_compare_i, t_reset_i, unary_i}
  ));
  // One rail at a time on a neuron: sampling and integrating never overlap.
  samples_or_integrates :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   !(controls_o.in_sample && controls_o.integ));
  // A word line is only on while lines are driven.
  drives_before_word_line :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   controls_o.turn_on_wl |-> controls_o.ext_1n && controls_o.inference_enable);
  done_is_idle :
  assert property (@(posedge clk_i) disable iff (!rst_ni) done_o |-> vector_done_o && !busy_o);

  waits_for_group :
  cover property (@(posedge clk_i) state_q == WAIT_GROUP);
  second_phase :
  cover property (@(posedge clk_i) low_q && compare_o);
  random_pulse :
  cover property (@(posedge clk_i) random_o);
  next_vector :
  cover property (@(posedge clk_i) ends_vector && !last_vector);
  refuses :
  cover property (@(posedge clk_i) refused_o);
  aborts :
  cover property (@(posedge clk_i) abort_i && busy_o);

endmodule
