// Another step counter for the same slot: where the one in rtl/ latches a shared count, here every
// channel has a counter of its own, which stops when it flips.
module channel_counters
  import core_pkg::*;
#(
    parameter int unsigned COUNT_WIDTH = 7
) (
    input logic clk_i,
    input logic rst_ni,

    input logic             compare_i,
    input logic             first_i,
    input logic [LINES-1:0] comparator_i,

    input logic [      LINES-1:0] mask_i,
    input logic [            1:0] activation_i,
    input logic [COUNT_WIDTH-1:0] step_limit_i,
    input logic [  COUNT_WIDTH:0] every_2nd_i,
    input logic [  COUNT_WIDTH:0] every_3rd_i,
    input logic [  COUNT_WIDTH:0] every_4th_i,
    input logic [  COUNT_WIDTH:0] full_i,
    input logic [COUNT_WIDTH-1:0] top_i,
    input logic                   silicon_i,

    output logic flipped_o,

    input  logic                           read_i,
    output logic signed [LINES-1:0][15:0] codes_o
);

  logic [COUNT_WIDTH-1:0] step_q;
  logic [COUNT_WIDTH:0] pace_q;  // count of a channel that never flips
  logic [1:0] waited_q, pause;
  logic slows, last, advances;
  logic [LINES-1:0] over;
  logic signed [LINES-1:0][15:0] codes;

  assign slows = activation_i == ACTIVATION_SIGMOID || activation_i == ACTIVATION_TANH;
  assign pause = !slows                ? 2'd0
               : pace_q >= every_4th_i ? 2'd3
               : pace_q >= every_3rd_i ? 2'd2
               : pace_q >= every_2nd_i ? 2'd1
                                       : 2'd0;
  assign last = step_q == step_limit_i;
  assign advances = waited_q >= pause && !(slows && pace_q >= full_i) && !last;

  always_ff @(posedge clk_i) begin : pace
    if (!rst_ni || (compare_i && first_i)) begin
      step_q <= COUNT_WIDTH'(1);
      pace_q <= (COUNT_WIDTH + 1)'(1);
      waited_q <= '0;
      flipped_o <= 1'b0;
    end else if (compare_i) begin
      step_q <= step_q + COUNT_WIDTH'(1);
      pace_q <= pace_q + (COUNT_WIDTH + 1)'(advances);
      waited_q <= advances ? '0 : waited_q + 2'd1;
      flipped_o <= last || &over;
    end
  end

  for (genvar j = 0; j < LINES; j++) begin : g_channels
    counter_channel #(
        .COUNT_WIDTH(COUNT_WIDTH)
    ) channel (
        .clk_i,
        .rst_ni,
        .compare_i,
        .first_i,
        .comparator_i(comparator_i[j]),
        .advances_i(advances),
        .used_i(mask_i[j]),
        .activation_i,
        .silicon_i,
        .top_i,
        .over_o(over[j]),
        .code_o(codes[j])
    );
  end

  always_ff @(posedge clk_i) begin : read
    if (!rst_ni) codes_o <= '0;
    else if (read_i) codes_o <= codes;
  end

endmodule
