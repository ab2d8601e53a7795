// Input buffer of a mesh port.
module mesh_fifo
  import mesh_pkg::*;
#(
    parameter int unsigned DEPTH = 4
) (
    input logic clk_i,
    input logic rst_ni,

    input  logic  push_i,
    input  flit_t flit_i,
    output logic  full_o,

    input  logic  pop_i,
    output flit_t flit_o,
    output logic  empty_o
);

  localparam int unsigned POINTER_WIDTH = DEPTH > 1 ? $clog2(DEPTH) : 1;

  logic [DEPTH-1:0][31:0] flits_q;
  logic [POINTER_WIDTH-1:0] first_q, next_q;
  logic [$clog2(DEPTH+1)-1:0] used_q;

  function automatic logic [POINTER_WIDTH-1:0] after(logic [POINTER_WIDTH-1:0] pointer);
    return 32'(pointer) == DEPTH - 1 ? '0 : pointer + POINTER_WIDTH'(1);
  endfunction

  always_ff @(posedge clk_i) begin : buffer
    if (!rst_ni) begin
      first_q <= '0;
      next_q <= '0;
      used_q <= '0;
    end else begin
      if (push_i) begin
        flits_q[next_q] <= flit_i;
        next_q <= after(next_q);
      end
      if (pop_i) first_q <= after(first_q);
      if (push_i && !pop_i) used_q <= used_q + 1'b1;
      if (pop_i && !push_i) used_q <= used_q - 1'b1;
    end
  end

  assign full_o = 32'(used_q) == DEPTH;
  assign empty_o = used_q == '0;
  assign flit_o = flits_q[first_q];

  never_overflows :
  assert property (@(posedge clk_i) disable iff (!rst_ni) push_i |-> !full_o);
  never_underflows :
  assert property (@(posedge clk_i) disable iff (!rst_ni) pop_i |-> !empty_o);

  filled :
  cover property (@(posedge clk_i) full_o);

endmodule
