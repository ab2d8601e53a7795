// Bit-serial input. Codes of all lines are captured as sign and magnitude; from then on the block
// gives, for the present plane and pass, which lines are at the +1 and which at the -1 level, and
// how often the plane is to be sampled. Planes run from the lowest bit of a phase, a two-phase
// input's high bits come first (Nature 608, Fig. 3).
//
//   ternary   one pass a plane: the lines whose magnitude has the bit, by sign
//   bipolar   two passes, every line at a level (chip team's public repository, Neurram_48core):
//             +1 where the signed bit is > 0, then where it is >= 0; -1 elsewhere
module input_sequencer
  import core_pkg::*;
#(
    parameter int unsigned PLANES = 7
) (
    input logic clk_i,
    input logic rst_ni,

    // a vector, captured by `load_i` with all that says how it is driven
    input logic                  load_i,
    input logic [LINES-1:0][7:0] codes_i,
    input logic [LINES-1:0]      mask_i,         // lines in use
    input logic [LINES-1:0]      negate_i,       // lines that take the opposite of their code
    input logic                  signed_i,
    input logic                  bipolar_i,
    input logic [      2:0]      planes_high_i,  // of the first or only phase: 1 ... PLANES
    input logic [      2:0]      planes_low_i,   // of the second phase, 0: there is none
    input logic [      5:0]      multiplier_i,   // samples of the lowest plane

    input logic next_i,  // on to the next pass, plane or phase

    output logic [LINES-1:0] plus_o,
    output logic [LINES-1:0] minus_o,
    output logic [     11:0] samples_o,     // of this plane, in this pass
    output logic             last_pulse_o,  // of this phase
    output logic             last_phase_o,
    output logic [      2:0] plane_o,       // magnitude bit
    output logic             pass_o
);

  logic [PLANES-1:0][LINES-1:0] magnitudes_q;
  logic [LINES-1:0] negative_q;
  logic [LINES-1:0] mask_q;
  logic bipolar_q;
  logic [2:0] planes_high_q, planes_low_q;
  logic [5:0] multiplier_q;

  logic low_q;
  logic [2:0] plane_q;  // within the phase
  logic pass_q;

  logic last_pass, last_plane;
  assign last_pass = pass_q || !bipolar_q;
  assign last_plane = plane_q + 3'd1 == (low_q ? planes_low_q : planes_high_q);

  function automatic logic [6:0] magnitude_of(logic [7:0] code, logic negative);
    return negative ? 7'(-code) : code[6:0];
  endfunction

  always_ff @(posedge clk_i) begin : capture
    if (!rst_ni) begin
      magnitudes_q <= '0;
      negative_q <= '0;
      mask_q <= '0;
      bipolar_q <= 1'b0;
      planes_high_q <= 3'd1;
      planes_low_q <= 3'd0;
      multiplier_q <= 6'd1;
    end else if (load_i) begin
      for (int unsigned i = 0; i < LINES; i++) begin
        logic negative;
        logic [6:0] magnitude;
        negative = signed_i && codes_i[i][7];
        magnitude = mask_i[i] ? magnitude_of(codes_i[i], negative) : '0;
        negative_q[i] <= negative ^ negate_i[i];
        for (int unsigned b = 0; b < PLANES; b++) magnitudes_q[b][i] <= magnitude[b];
      end
      mask_q <= mask_i;
      bipolar_q <= bipolar_i;
      planes_high_q <= planes_high_i;
      planes_low_q <= planes_low_i;
      multiplier_q <= multiplier_i;
    end
  end

  always_ff @(posedge clk_i) begin : walk
    if (!rst_ni || load_i) begin
      low_q <= 1'b0;
      plane_q <= '0;
      pass_q <= 1'b0;
    end else if (next_i) begin
      pass_q <= !last_pass;
      if (last_pass) begin
        plane_q <= last_plane ? '0 : plane_q + 3'd1;
        if (last_plane) low_q <= 1'b1;
      end
    end
  end

  logic [LINES-1:0] set, positive, negative;

  always_comb begin : levels
    plane_o = low_q ? plane_q : plane_q + planes_low_q;
    set = magnitudes_q[plane_o];
    positive = set & ~negative_q;
    negative = set & negative_q;
    plus_o = bipolar_q && pass_q ? mask_q & ~negative : positive;
    minus_o = bipolar_q && !pass_q ? mask_q & ~positive : negative;
  end

  assign samples_o = 12'(multiplier_q) << plane_q;
  assign last_pulse_o = last_pass && last_plane;
  assign last_phase_o = low_q || planes_low_q == 0;
  assign pass_o = pass_q;

  planes_fit :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   load_i |-> planes_high_i != 0 && 32'(planes_high_i) + 32'(planes_low_i) <= PLANES);
  is_sampled :
  assert property (@(posedge clk_i) disable iff (!rst_ni) load_i |-> multiplier_i != 0);
  one_level_a_line :
  assert property (@(posedge clk_i) disable iff (!rst_ni) (plus_o & minus_o) == '0);
  bipolar_drives_all :
  assert property (@(posedge clk_i) disable iff (!rst_ni) bipolar_q |-> (plus_o | minus_o) == mask_q);
  stays_in_the_vector :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   next_i && !load_i |-> !(last_pulse_o && last_phase_o));

  two_phases :
  cover property (@(posedge clk_i) next_i && last_pulse_o);
  bipolar_second_pass :
  cover property (@(posedge clk_i) bipolar_q && pass_q);
  most_samples :
  cover property (@(posedge clk_i) samples_o == 12'd2048);

endmodule
