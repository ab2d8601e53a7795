// What the blocks of a core have in common.
package core_pkg;

  // Neurons, lines and channels of a core.
  parameter int unsigned LINES = 256;

  // How a count becomes a code.
  typedef enum logic [1:0] {
    ACTIVATION_NONE,
    ACTIVATION_RELU,
    ACTIVATION_SIGMOID,
    ACTIVATION_TANH
  } activation_e;

endpackage
