// One channel of channel_counters: its own sign, flip and count.
module counter_channel
  import core_pkg::*;
#(
    parameter int unsigned COUNT_WIDTH = 7
) (
    input logic clk_i,
    input logic rst_ni,

    input logic       compare_i,
    input logic       first_i,
    input logic       comparator_i,
    input logic       advances_i,   // this step counts
    input logic       used_i,
    input logic [1:0] activation_i,
    input logic       silicon_i,
    input logic [COUNT_WIDTH-1:0] top_i,

    output logic               over_o,  // after this comparison it need not be compared again
    output logic signed [15:0] code_o
);

  logic negative_q, flipped_q;
  logic [COUNT_WIDTH-1:0] count_q;
  logic flips, dropped;

  assign flips = flipped_q || comparator_i == negative_q;
  assign dropped = activation_i == ACTIVATION_RELU && negative_q;
  assign over_o = flips || dropped || !used_i;

  always_ff @(posedge clk_i) begin : count
    if (!rst_ni) begin
      negative_q <= 1'b0;
      flipped_q <= 1'b0;
      count_q <= '0;
    end else if (compare_i && first_i) begin
      negative_q <= !comparator_i;
      flipped_q <= 1'b0;
      count_q <= COUNT_WIDTH'(1);
    end else if (compare_i) begin
      flipped_q <= flips;
      if (!flips && advances_i) count_q <= count_q + COUNT_WIDTH'(1);
    end
  end

  always_comb begin : code
    logic signed [15:0] magnitude;
    magnitude = 16'(count_q);
    if (!used_i || dropped || (silicon_i && !flipped_q)) code_o = '0;
    else if (activation_i == ACTIVATION_SIGMOID)
      code_o = 16'(top_i) + (negative_q ? -magnitude : magnitude - 16'sd1);
    else code_o = negative_q ? -magnitude : magnitude;
  end

endmodule
