// Flits of the mesh: two bits of kind over 30 bits of data. A head's low eight data bits are the
// destination, {y, x}.
package mesh_pkg;

  parameter int unsigned PORTS = 5;

  typedef enum logic [2:0] {
    NORTH,  // y - 1
    EAST,   // x + 1
    SOUTH,  // y + 1
    WEST,   // x - 1
    LOCAL
  } port_e;

  typedef enum logic [1:0] {
    BODY   = 2'b00,
    HEAD   = 2'b01,
    TAIL   = 2'b10,
    SINGLE = 2'b11  // head and tail of a packet of one flit
  } kind_e;

  typedef struct packed {
    kind_e       kind;
    logic [29:0] data;
  } flit_t;

  // First along x, then along y: no circle of waiting packets can close.
  function automatic port_e route(logic [3:0] to_x, logic [3:0] to_y, logic [3:0] x, logic [3:0] y);
    if (to_x > x) return EAST;
    if (to_x < x) return WEST;
    if (to_y > y) return SOUTH;
    if (to_y < y) return NORTH;
    return LOCAL;
  endfunction

  function automatic logic starts(kind_e kind);
    return kind == HEAD || kind == SINGLE;
  endfunction

  function automatic logic ends(kind_e kind);
    return kind == TAIL || kind == SINGLE;
  endfunction

endpackage
