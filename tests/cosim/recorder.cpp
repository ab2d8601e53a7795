#include "tests/cosim/recorder.h"

namespace neurram::cosim {
namespace {

int total(const std::vector<Port>& ports) {
  int bits = 0;
  for (const Port& port : ports) bits += port.bits;
  return bits;
}

/// Connections of ports to the parts of vector `vector`.
std::string connections(const std::vector<Port>& ports, const std::string& vector) {
  std::string text;
  int high = total(ports) - 1;
  for (const Port& port : ports) {
    text += ",\n      ." + port.name + "(" + vector + "[" + std::to_string(high) + ":" +
            std::to_string(high - port.bits + 1) + "])";
    high -= port.bits;
  }
  return text;
}

}  // namespace

void HexLine::add(const void* value, std::size_t bytes, int bits) {
  const auto* const memory = static_cast<const unsigned char*>(value);
  for (int b = bits - 1; b >= 0; --b) {
    const auto byte = static_cast<std::size_t>(b / 8);
    bits_.push_back(byte < bytes && (memory[byte] >> (b % 8) & 1) != 0);
  }
}

std::string HexLine::text() const {
  std::string text;
  int digit = 0;
  for (std::size_t i = 0; i < bits_.size(); ++i) {
    digit = digit << 1 | static_cast<int>(bits_[i]);
    if ((bits_.size() - 1 - i) % 4 != 0) continue;
    text += "0123456789abcdef"[digit];
    digit = 0;
  }
  return text;
}

void write_replay(const std::filesystem::path& dump, const std::string& slot,
                  const std::vector<Port>& inputs, const std::vector<Port>& outputs) {
  const std::string name = dump.filename().string();
  const std::string in = "[" + std::to_string(total(inputs) - 1) + ":0] ";
  const std::string out = "[" + std::to_string(total(outputs) - 1) + ":0] ";
  std::ofstream file(dump.string() + ".sv");
  file << "// Replays " << name
       << R"(: a line per clock, "rst_ni inputs outputs", hexadecimal, all ports
// side by side, the first in the highest bits.
module replay;
  logic clk_i = 1'b0;
  logic rst_ni, next_rst_ni;
  logic )"
       << in << "inputs, next_inputs;\n  logic " << out << R"(outputs, expected;
  integer file, clocks, faults;

  )" << slot
       << R"( dut (
      .clk_i(clk_i),
      .rst_ni(rst_ni))"
       << connections(inputs, "inputs") << connections(outputs, "outputs") << R"(
  );

  initial begin
    clocks = 0;
    faults = 0;
    file = $fopen(")"
       << name << R"(", "r");
    if (file == 0) $fatal(1, "cannot open )"
       << name << R"(");
    while ($fscanf(file, "%h %h %h\n", next_rst_ni, next_inputs, expected) == 3) begin
      rst_ni = next_rst_ni;
      inputs = next_inputs;
      #5 clk_i = 1'b1;
      #5 clk_i = 1'b0;
      clocks = clocks + 1;
      if (outputs !== expected) begin
        faults = faults + 1;
        $display("clock %0d: %h instead of %h", clocks, outputs, expected);
      end
    end
    $display("%0d clocks, %0d differ", clocks, faults);
    if (faults != 0 || clocks == 0) $fatal(1, "the replay differs");
    $finish;
  end
endmodule
)";
}

}  // namespace neurram::cosim
