// Write-verify of one cell (Nature 608, Methods; chip team's public repository, Neurram_48core):
//
//   read
//   until the cell reads inside its window twice in a row:
//     above:  RESET ramp until it reads not above
//     below:  SET ramp until it reads not below
//
// with a read after every pulse. A ramp begins at its start amplitude and grows by a step up to the
// end amplitude, at which it gives `end_pulses_i` pulses at most. The cell has failed when a ramp
// runs out of pulses, or when one more than `reversals_i` would follow the first.
module write_verify #(
    parameter int unsigned READING_WIDTH   = 32,  // conductance [pS]
    parameter int unsigned AMPLITUDE_WIDTH = 24   // voltage [uV]
) (
    input logic clk_i,
    input logic rst_ni,

    // command: ignored while busy; `abort_i` ends it at once
    input logic start_i,
    input logic abort_i,

    // held while busy
    input logic [  READING_WIDTH-1:0] low_i,           // the window, both ends inside
    input logic [  READING_WIDTH-1:0] high_i,
    input logic [AMPLITUDE_WIDTH-1:0] set_start_i,
    input logic [AMPLITUDE_WIDTH-1:0] reset_start_i,
    input logic [AMPLITUDE_WIDTH-1:0] step_i,
    input logic [AMPLITUDE_WIDTH-1:0] end_i,
    input logic [                9:0] end_pulses_i,
    input logic [                9:0] reversals_i,
    input logic [               31:0] pulse_clocks_i,  // width of a pulse

    // the cell: `read_o` asks until a reading comes, `pulse_o` lasts as long as the pulse
    output logic                       read_o,
    input  logic                       reading_valid_i,
    input  logic [  READING_WIDTH-1:0] reading_i,
    output logic                       pulse_o,
    output logic                       is_reset_o,
    output logic [AMPLITUDE_WIDTH-1:0] amplitude_o,

    output logic                     busy_o,
    output logic                     done_o,      // one clock
    output logic                     failed_o,    // from done_o to the next start
    output logic [             23:0] pulses_o,
    output logic [             23:0] reads_o,
    output logic [              9:0] reversals_o,  // between ramps that ended on the other side
    output logic [READING_WIDTH-1:0] verified_o   // the last reading
);

  typedef enum logic [2:0] {
    IDLE,
    READ,     // the first, or a confirming one
    JUDGE,    // between ramps
    PULSE,
    VERIFY,   // read after a pulse
    CONTINUE  // within a ramp
  } state_e;

  state_e state_q;
  logic confirming_q;  // the last reading but one was inside, too
  logic [10:0] ramps_q;  // that have ended
  logic [9:0] at_end_q;  // pulses at the end amplitude in this ramp
  logic [31:0] clocks_q;  // further clocks of this pulse

  logic above, below, accepted, ramp_ends, spent, last_ramp;
  logic [AMPLITUDE_WIDTH-1:0] grown, first;

  assign above = verified_o > high_i;
  assign below = verified_o < low_i;
  assign accepted = !above && !below;
  assign ramp_ends = is_reset_o ? !above : !below;
  assign last_ramp = ramps_q > 11'(reversals_i);
  // The pulse just given was at the end amplitude, and the last of those allowed.
  assign spent = amplitude_o == end_i && at_end_q == end_pulses_i;

  function automatic logic [AMPLITUDE_WIDTH-1:0] at_most_end(logic [AMPLITUDE_WIDTH:0] amplitude);
    return amplitude >= {1'b0, end_i} ? end_i : amplitude[AMPLITUDE_WIDTH-1:0];
  endfunction

  assign grown = at_most_end({1'b0, amplitude_o} + {1'b0, step_i});
  assign first = at_most_end({1'b0, above ? reset_start_i : set_start_i});

  always_ff @(posedge clk_i) begin : sequence_of_a_cell
    done_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= IDLE;
      confirming_q <= 1'b0;
      ramps_q <= '0;
      at_end_q <= '0;
      clocks_q <= '0;
      is_reset_o <= 1'b0;
      amplitude_o <= '0;
      failed_o <= 1'b0;
      pulses_o <= '0;
      reads_o <= '0;
      verified_o <= '0;
    end else if (abort_i) begin
      state_q <= IDLE;
    end else begin
      unique case (state_q)
        IDLE: begin
          if (start_i) begin
            state_q <= READ;
            confirming_q <= 1'b0;
            ramps_q <= '0;
            failed_o <= 1'b0;
            pulses_o <= '0;
            reads_o <= '0;
          end
        end
        READ, VERIFY: begin
          if (reading_valid_i) begin
            verified_o <= reading_i;
            reads_o <= reads_o + 24'd1;
            state_q <= state_q == READ ? JUDGE : CONTINUE;
          end
        end
        JUDGE: begin
          confirming_q <= accepted;
          if (accepted && confirming_q) begin
            state_q <= IDLE;
            done_o <= 1'b1;
          end else if (accepted) begin
            state_q <= READ;
          end else if (last_ramp) begin
            state_q <= IDLE;
            done_o <= 1'b1;
            failed_o <= 1'b1;
          end else begin
            state_q <= PULSE;
            is_reset_o <= above;
            amplitude_o <= first;
            at_end_q <= first == end_i ? 10'd1 : 10'd0;
            clocks_q <= pulse_clocks_i - 32'd1;
          end
        end
        PULSE: begin
          clocks_q <= clocks_q - 32'd1;
          if (clocks_q == 0) begin
            pulses_o <= pulses_o + 24'd1;
            state_q <= VERIFY;
          end
        end
        default: begin  // CONTINUE
          if (ramp_ends) begin
            // What the ramp's last read says is judged as a first one.
            state_q <= JUDGE;
            confirming_q <= 1'b0;
            ramps_q <= ramps_q + 11'd1;
          end else if (spent) begin
            state_q <= IDLE;
            done_o <= 1'b1;
            failed_o <= 1'b1;
          end else begin
            state_q <= PULSE;
            amplitude_o <= grown;
            if (grown == end_i) at_end_q <= at_end_q + 10'd1;
            clocks_q <= pulse_clocks_i - 32'd1;
          end
        end
      endcase
    end
  end

  assign read_o = state_q == READ || state_q == VERIFY;
  assign pulse_o = state_q == PULSE;
  assign busy_o = state_q != IDLE;
  assign reversals_o = ramps_q == 0 ? '0 : 10'(ramps_q - 11'd1);

  window_is_one :
  assert property (@(posedge clk_i) disable iff (!rst_ni) start_i && !busy_o |-> low_i <= high_i);
  ramp_can_end :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   start_i && !busy_o |-> step_i != 0 && end_pulses_i != 0 && pulse_clocks_i != 0);
  never_reads_a_pulse :
  assert property (@(posedge clk_i) disable iff (!rst_ni) !(read_o && pulse_o));
  at_most_the_end :
  assert property (@(posedge clk_i) disable iff (!rst_ni) pulse_o |-> amplitude_o <= end_i);
  pulses_away_from_the_window :
  assert property (@(posedge clk_i) disable iff (!rst_ni) pulse_o |-> (is_reset_o ? above : below));

  succeeds :
  cover property (@(posedge clk_i) done_o && !failed_o);
  runs_out_of_pulses :
  cover property (@(posedge clk_i) done_o && failed_o && spent);
  runs_out_of_reversals :
  cover property (@(posedge clk_i) done_o && failed_o && !spent);
  confirming_read_outside :
  cover property (@(posedge clk_i) state_q == JUDGE && confirming_q && !accepted);

endmodule
