// The register files of one row of six cores, as one shift chain of two bits a stage (chip team's
// public repository, Neurram_48core). From the left end: column file of core 0, row file of core 0,
// column file of core 1, ... A stage's two bits are the -1 and the +1 flag of a line.
//
//   forward    enters at the left, so a bit moves from stage s to s + 1, leaves at the right
//   backward   the other way round
//
// One command shifts as many files' lengths as its multiplier says: forward, 2 c + 1 of them fill
// the column file of core c and 2 c + 2 its row file. The clock is that of the bits (12.5 MHz).
module row_shift_chain
  import core_pkg::*;
#(
    parameter  int unsigned FILES  = 12,
    localparam int unsigned STAGES = FILES * LINES
) (
    input logic clk_i,
    input logic rst_ni,

    // command: ignored while busy
    input logic       start_i,
    input logic       forward_i,
    input logic [3:0] multiplier_i,  // 1 ... FILES
    input logic [1:0] serial_i,      // {+1, -1} of this clock's bit while busy

    // between commands
    input logic             capture_i,        // neurons write file `capture_file_i`
    input logic [      3:0] capture_file_i,
    input logic [LINES-1:0] capture_minus_i,
    input logic [LINES-1:0] capture_plus_i,
    input logic             clear_columns_i,  // all column files, or all row files
    input logic             clear_rows_i,

    output logic              busy_o,
    output logic [       1:0] serial_o,  // {+1, -1} that leaves next
    output logic [STAGES-1:0] minus_o,
    output logic [STAGES-1:0] plus_o
);

  localparam int unsigned COUNT_WIDTH = $clog2(STAGES + 1);

  logic [COUNT_WIDTH-1:0] left_q;  // bits still to shift
  logic forward_q;

  always_ff @(posedge clk_i) begin : command
    if (!rst_ni) begin
      left_q <= '0;
      forward_q <= 1'b1;
    end else if (busy_o) begin
      left_q <= left_q - COUNT_WIDTH'(1);
    end else if (start_i) begin
      left_q <= COUNT_WIDTH'(multiplier_i) * COUNT_WIDTH'(LINES);
      forward_q <= forward_i;
    end
  end

  always_ff @(posedge clk_i) begin : stages
    if (!rst_ni) begin
      minus_o <= '0;
      plus_o <= '0;
    end else if (busy_o && forward_q) begin
      minus_o <= {minus_o[STAGES-2:0], serial_i[0]};
      plus_o <= {plus_o[STAGES-2:0], serial_i[1]};
    end else if (busy_o) begin
      minus_o <= {serial_i[0], minus_o[STAGES-1:1]};
      plus_o <= {serial_i[1], plus_o[STAGES-1:1]};
    end else begin
      for (int unsigned f = 0; f < FILES; f++) begin
        if ((f % 2 == 0 && clear_columns_i) || (f % 2 == 1 && clear_rows_i)) begin
          minus_o[f*LINES+:LINES] <= '0;
          plus_o[f*LINES+:LINES] <= '0;
        end else if (capture_i && 32'(capture_file_i) == f) begin
          minus_o[f*LINES+:LINES] <= capture_minus_i;
          plus_o[f*LINES+:LINES] <= capture_plus_i;
        end
      end
    end
  end

  assign busy_o = left_q != '0;
  assign serial_o = forward_q ? {plus_o[STAGES-1], minus_o[STAGES-1]} : {plus_o[0], minus_o[0]};

  reaches_a_file :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   start_i && !busy_o |-> multiplier_i != 0 && 32'(multiplier_i) <= FILES);
  captures_between :
  assert property (@(posedge clk_i) disable iff (!rst_ni) capture_i |-> !busy_o);
  captures_a_file :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   capture_i |-> 32'(capture_file_i) < FILES);
  clears_between :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   clear_columns_i || clear_rows_i |-> !busy_o);

  whole_row :
  cover property (@(posedge clk_i) start_i && !busy_o && 32'(multiplier_i) == FILES);
  start_while_busy :
  cover property (@(posedge clk_i) start_i && busy_o);

endmodule
