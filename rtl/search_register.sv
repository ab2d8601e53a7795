// Binary search of a core's channels: the first comparison latches the signs, each of the n - 1
// others one bit of every channel's magnitude, highest first, inverted where the result is negative
// (Nature 608, Methods). Every decrement goes towards zero from where the voltage then is, so a bit
// says on which side it came to lie. Stochastic neurons need the sign alone: ReLU without magnitude
// bits gives their 0 or 1.
module search_register
  import core_pkg::*;
#(
    parameter int unsigned MAGNITUDE_BITS = 9
) (
    input logic clk_i,
    input logic rst_ni,

    // a comparison: `first_i` tells the sign's
    input logic             compare_i,
    input logic             first_i,
    input logic [LINES-1:0] comparator_i,

    // held while a conversion runs
    input logic [LINES-1:0] mask_i,            // channels in use
    input logic             relu_i,
    input logic [      3:0] magnitude_bits_i,  // 0 ... MAGNITUDE_BITS

    output logic found_o,  // all bits are there

    // codes of all channels one clock after `read_i`
    input  logic                           read_i,
    output logic signed [LINES-1:0][15:0] codes_o
);

  logic [LINES-1:0] negative_q;
  logic [MAGNITUDE_BITS-1:0][LINES-1:0] magnitudes_q;  // shifted in at bit 0
  logic [3:0] found_q;

  always_ff @(posedge clk_i) begin : compare
    if (!rst_ni) begin
      negative_q <= '0;
      magnitudes_q <= '0;
      found_q <= '0;
    end else if (compare_i && first_i) begin
      negative_q <= ~comparator_i;
      magnitudes_q <= '0;
      found_q <= '0;
    end else if (compare_i) begin
      magnitudes_q <= {magnitudes_q[MAGNITUDE_BITS-2:0], comparator_i ^ negative_q};
      found_q <= found_q + 4'd1;
    end
  end

  always_ff @(posedge clk_i) begin : found
    if (!rst_ni) found_o <= 1'b0;
    else if (compare_i) found_o <= (first_i ? 4'd0 : found_q + 4'd1) == magnitude_bits_i;
  end

  function automatic logic signed [15:0] code_of(logic used, logic negative,
                                                 logic [MAGNITUDE_BITS-1:0] magnitude);
    logic signed [15:0] count;
    count = 16'(magnitude) + 16'sd1;
    if (negative) count = -count;
    if (!used || (relu_i && negative)) count = '0;
    return count;
  endfunction

  always_ff @(posedge clk_i) begin : read
    if (!rst_ni) begin
      codes_o <= '0;
    end else if (read_i) begin
      for (int unsigned j = 0; j < LINES; j++) begin
        logic [MAGNITUDE_BITS-1:0] magnitude;
        for (int unsigned b = 0; b < MAGNITUDE_BITS; b++) magnitude[b] = magnitudes_q[b][j];
        codes_o[j] <= code_of(mask_i[j], negative_q[j], magnitude);
      end
    end
  end

  fits :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   compare_i |-> 32'(magnitude_bits_i) <= MAGNITUDE_BITS);
  found_is_found :
  assert property (@(posedge clk_i) disable iff (!rst_ni) compare_i && !first_i |-> !found_o);
  never_both :
  assert property (@(posedge clk_i) disable iff (!rst_ni) !(compare_i && read_i));

  sign_alone :
  cover property (@(posedge clk_i) compare_i && first_i && magnitude_bits_i == 0);
  longest :
  cover property (@(posedge clk_i) read_i && 32'(found_q) == MAGNITUDE_BITS);

endmodule
