// Unary conversion of a core's channels. The first comparison latches the signs; every later one
// latches the present count of each channel that flips. All channels count the same steps, so one
// counter serves them all; it slows down for sigmoid and tanh (piecewise-linear counting: Nature
// 608's preprint).
module step_counter
  import core_pkg::*;
#(
    parameter int unsigned COUNT_WIDTH = 7
) (
    input logic clk_i,
    input logic rst_ni,

    // a comparison: `first_i` tells the sign's
    input logic             compare_i,
    input logic             first_i,
    input logic [LINES-1:0] comparator_i,

    // held while a conversion runs
    input logic        [      LINES-1:0] mask_i,        // channels in use
    input logic        [            1:0] activation_i,  // activation_e
    input logic        [COUNT_WIDTH-1:0] step_limit_i,  // 1 ...
    input logic        [  COUNT_WIDTH:0] every_2nd_i,   // counts from which the counter advances
    input logic        [  COUNT_WIDTH:0] every_3rd_i,   //   every 2nd, 3rd, 4th step
    input logic        [  COUNT_WIDTH:0] every_4th_i,
    input logic        [  COUNT_WIDTH:0] full_i,        // where it stops
    input logic        [COUNT_WIDTH-1:0] top_i,         // sigmoid: its count at the step limit
    input logic                          silicon_i,     // channels that never flip read as 0

    output logic flipped_o,  // no channel need be compared again

    // codes of all channels one clock after `read_i`
    input  logic                           read_i,
    output logic signed [LINES-1:0][15:0] codes_o
);

  logic [LINES-1:0] negative_q;
  logic [LINES-1:0] flipped_q;
  // Bit b of all channels' counts side by side: latching is then a matter of whole words.
  logic [COUNT_WIDTH-1:0][LINES-1:0] counts_q;
  logic [COUNT_WIDTH-1:0] step_q;
  logic [COUNT_WIDTH-1:0] count_q;
  logic [1:0] waited_q;

  logic slows, at_limit, advances;
  logic [1:0] wait_for;
  logic [LINES-1:0] flipped_now, latched_now, counted_out;

  assign slows = activation_i == ACTIVATION_SIGMOID || activation_i == ACTIVATION_TANH;
  assign at_limit = step_q == step_limit_i;

  always_comb begin : counting
    wait_for = 2'd0;
    if (slows) begin
      if ({1'b0, count_q} >= every_2nd_i) wait_for = wait_for + 2'd1;
      if ({1'b0, count_q} >= every_3rd_i) wait_for = wait_for + 2'd1;
      if ({1'b0, count_q} >= every_4th_i) wait_for = wait_for + 2'd1;
    end
    advances = waited_q >= wait_for && !(slows && {1'b0, count_q} >= full_i);
  end

  // A channel flips where the comparator no longer says what it said first.
  assign flipped_now = ~(comparator_i ^ negative_q) & ~flipped_q;
  // At the limit the others take the largest count.
  assign latched_now = at_limit ? ~flipped_q : flipped_now;
  assign counted_out = flipped_q | flipped_now | ~mask_i |
                       (activation_i == ACTIVATION_RELU ? negative_q : '0);

  always_ff @(posedge clk_i) begin : compare
    if (!rst_ni) begin
      negative_q <= '0;
      flipped_q <= '0;
      counts_q <= '0;
      step_q <= COUNT_WIDTH'(1);
      count_q <= COUNT_WIDTH'(1);
      waited_q <= '0;
      flipped_o <= 1'b0;
    end else if (compare_i && first_i) begin
      negative_q <= ~comparator_i;
      flipped_q <= '0;
      step_q <= COUNT_WIDTH'(1);
      count_q <= COUNT_WIDTH'(1);
      waited_q <= '0;
      flipped_o <= 1'b0;
    end else if (compare_i) begin
      flipped_q <= flipped_q | flipped_now;
      for (int unsigned b = 0; b < COUNT_WIDTH; b++) begin
        counts_q[b] <= (counts_q[b] & ~latched_now) | (count_q[b] ? latched_now : '0);
      end
      step_q <= step_q + COUNT_WIDTH'(1);
      if (advances) begin
        count_q <= count_q + COUNT_WIDTH'(1);
        waited_q <= '0;
      end else begin
        waited_q <= waited_q + 2'd1;
      end
      flipped_o <= at_limit || &counted_out;
    end
  end

  function automatic logic signed [15:0] code_of(logic used, logic negative, logic flipped,
                                                 logic [COUNT_WIDTH-1:0] count);
    logic signed [15:0] code;
    code = 16'(count);
    if (activation_i == ACTIVATION_SIGMOID)
      code = negative ? 16'(top_i) - code : 16'(top_i) + code - 16'sd1;
    else if (negative) code = -code;
    if (!used || (silicon_i && !flipped) || (activation_i == ACTIVATION_RELU && negative))
      code = '0;
    return code;
  endfunction

  always_ff @(posedge clk_i) begin : read
    if (!rst_ni) begin
      codes_o <= '0;
    end else if (read_i) begin
      for (int unsigned j = 0; j < LINES; j++) begin
        logic [COUNT_WIDTH-1:0] count;
        for (int unsigned b = 0; b < COUNT_WIDTH; b++) count[b] = counts_q[b][j];
        codes_o[j] <= code_of(mask_i[j], negative_q[j], flipped_q[j], count);
      end
    end
  end

  limit_exists :
  assert property (@(posedge clk_i) disable iff (!rst_ni) compare_i |-> step_limit_i != 0);
  over_is_over :
  assert property (@(posedge clk_i) disable iff (!rst_ni) compare_i && !first_i |-> !flipped_o);
  never_both :
  assert property (@(posedge clk_i) disable iff (!rst_ni) !(compare_i && read_i));

  stops_early :
  cover property (@(posedge clk_i) compare_i && !first_i && !at_limit && &counted_out);
  stops_at_the_limit :
  cover property (@(posedge clk_i) compare_i && !first_i && at_limit && !(&counted_out));
  waits_for_three :
  cover property (@(posedge clk_i) compare_i && !first_i && wait_for == 2'd3);

endmodule
