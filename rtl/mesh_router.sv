// Router of a two-dimensional mesh: an input buffer per port, dimension-ordered routing, wormhole
// packets. An output that is free takes the head that waits for it next in turn, and belongs to that
// input until the packet's tail has gone; a flit takes one clock from a buffer's front to the next
// router's buffer.
//
// A transfer is a clock with valid and ready. Both come from registers alone.
module mesh_router
  import mesh_pkg::*;
#(
    parameter int unsigned DEPTH = 4
) (
    input logic clk_i,
    input logic rst_ni,

    input logic [3:0] x_i,  // the router's place
    input logic [3:0] y_i,

    input  logic  [PORTS-1:0] valid_i,
    input  flit_t [PORTS-1:0] flit_i,
    output logic  [PORTS-1:0] ready_o,

    output logic  [PORTS-1:0] valid_o,
    output flit_t [PORTS-1:0] flit_o,
    input  logic  [PORTS-1:0] ready_i
);

  logic [PORTS-1:0] full, empty, pop;
  flit_t [PORTS-1:0] front;
  port_e [PORTS-1:0] heading;

  for (genvar p = 0; p < PORTS; p++) begin : g_input
    mesh_fifo #(
        .DEPTH(DEPTH)
    ) fifo (
        .clk_i,
        .rst_ni,
        .push_i (valid_i[p] && ready_o[p]),
        .flit_i (flit_i[p]),
        .full_o (full[p]),
        .pop_i  (pop[p]),
        .flit_o (front[p]),
        .empty_o(empty[p])
    );
    assign heading[p] = route(front[p].data[3:0], front[p].data[7:4], x_i, y_i);
  end

  // By output: the inputs that could send, the one that does, and the one that the output belongs to.
  logic [PORTS-1:0][PORTS-1:0] wanted;
  logic [PORTS-1:0][2:0] chosen;
  logic [PORTS-1:0] taken_q;
  logic [PORTS-1:0][2:0] owner_q;
  logic [PORTS-1:0][2:0] last_q;  // served last, for turns

  // The input after the one served last, round the ports.
  function automatic logic [2:0] turn(logic [PORTS-1:0] wanting, logic [2:0] last);
    logic [2:0] next;
    next = '0;
    for (int i = PORTS - 1; i >= 0; i--) if (wanting[i] && i <= 32'(last)) next = 3'(i);
    for (int i = PORTS - 1; i >= 0; i--) if (wanting[i] && i > 32'(last)) next = 3'(i);
    return next;
  endfunction

  always_comb begin : arbitrate
    for (int unsigned o = 0; o < PORTS; o++) begin
      for (int unsigned i = 0; i < PORTS; i++) begin
        if (taken_q[o]) wanted[o][i] = !empty[i] && 32'(owner_q[o]) == i;
        else wanted[o][i] = !empty[i] && starts(front[i].kind) && 32'(heading[i]) == o;
      end
      chosen[o] = turn(wanted[o], last_q[o]);
    end
  end

  always_comb begin : outputs
    pop = '0;
    for (int unsigned o = 0; o < PORTS; o++) begin
      valid_o[o] = wanted[o] != '0;
      flit_o[o] = valid_o[o] ? front[chosen[o]] : '0;
      if (valid_o[o] && ready_i[o]) pop[chosen[o]] = 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin : turns
    if (!rst_ni) begin
      taken_q <= '0;
      owner_q <= '0;
      last_q <= '0;
    end else begin
      for (int unsigned o = 0; o < PORTS; o++) begin
        if (valid_o[o] && ready_i[o]) begin
          taken_q[o] <= !ends(flit_o[o].kind);
          owner_q[o] <= chosen[o];
          last_q[o] <= chosen[o];
        end
      end
    end
  end

  assign ready_o = ~full;

  // A packet begins with a head where none is under way.
  for (genvar p = 0; p < PORTS; p++) begin : g_checks
    logic inside_q;
    always_ff @(posedge clk_i) begin : packet
      if (!rst_ni) inside_q <= 1'b0;
      else if (valid_i[p] && ready_o[p]) inside_q <= !ends(flit_i[p].kind);
    end
    heads_come_first :
    assert property (@(posedge clk_i) disable iff (!rst_ni)
                     valid_i[p] && ready_o[p] |-> starts(flit_i[p].kind) == !inside_q);
    comes_back_never :
    assert property (@(posedge clk_i) disable iff (!rst_ni)
                     p != 32'(LOCAL) && valid_o[p] |-> 32'(chosen[p]) != p);
    blocked :
    cover property (@(posedge clk_i) valid_o[p] && !ready_i[p]);
  end

  contention :
  cover property (@(posedge clk_i) $countones(wanted[LOCAL]) > 1);

endmodule
