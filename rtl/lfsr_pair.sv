// The core's random bits, one per neuron: two chains of 256 stages that shift in opposite
// directions, XORed stage by stage (Nature 608, Methods). Both are Fibonacci registers of
// x^256 + x^254 + x^251 + x^246 + 1 (assumption: any primitive polynomial is as good).
module lfsr_pair
  import core_pkg::*;
(
    input logic clk_i,
    input logic rst_ni,

    input logic             load_i,
    input logic [LINES-1:0] up_i,
    input logic [LINES-1:0] down_i,

    input  logic             shift_i,
    output logic [LINES-1:0] up_o,
    output logic [LINES-1:0] down_o,
    output logic [LINES-1:0] bits_o
);

  // An empty chain would stay so.
  localparam logic [LINES-1:0] ONE = LINES'(1) << (LINES - 1);

  always_ff @(posedge clk_i) begin : chains
    if (!rst_ni) begin
      up_o <= ONE;
      down_o <= ONE;
    end else if (load_i) begin
      up_o <= up_i == '0 ? ONE : up_i;
      down_o <= down_i == '0 ? ONE : down_i;
    end else if (shift_i) begin
      up_o <= {up_o[LINES-2:0], up_o[255] ^ up_o[253] ^ up_o[250] ^ up_o[245]};
      down_o <= {down_o[0] ^ down_o[2] ^ down_o[5] ^ down_o[10], down_o[LINES-1:1]};
    end
  end

  assign bits_o = up_o ^ down_o;

  alive :
  assert property (@(posedge clk_i) disable iff (!rst_ni) up_o != '0 && down_o != '0);
  empty_chain_loaded :
  cover property (@(posedge clk_i) load_i && up_i == '0);

endmodule
