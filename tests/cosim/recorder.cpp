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
  std::ofstream file(dump.string() + ".sv");
  file << "// Replays " << dump.filename().string()
       << ": a line per clock, \"rst_ni inputs outputs\",\n"
       << "// hexadecimal, all ports side by side, the first in the highest bits.\n"
       << "module replay;\n"
       << "  logic clk_i = 1'b0;\n"
       << "  logic rst_ni = 1'b0;\n"
       << "  logic [" << total(inputs) - 1 << ":0] inputs;\n"
       << "  logic [" << total(outputs) - 1 << ":0] outputs;\n"
       << "  logic [" << total(outputs) - 1 << ":0] expected;\n"
       << "  integer file, clocks, faults;\n\n"
       << "  " << slot << " dut (\n      .clk_i(clk_i),\n      .rst_ni(rst_ni)"
       << connections(inputs, "inputs") << connections(outputs, "outputs") << "\n  );\n\n"
       << "  initial begin\n"
       << "    clocks = 0;\n"
       << "    faults = 0;\n"
       << "    file = $fopen(\"" << dump.filename().string() << "\", \"r\");\n"
       << "    if (file == 0) $fatal(1, \"cannot open " << dump.filename().string() << "\");\n"
       << "    while ($fscanf(file, \"%h %h %h\\n\", rst_ni, inputs, expected) == 3) begin\n"
       << "      #5 clk_i = 1'b1;\n"
       << "      #5 clk_i = 1'b0;\n"
       << "      clocks = clocks + 1;\n"
       << "      if (outputs !== expected) begin\n"
       << "        faults = faults + 1;\n"
       << "        $display(\"clock %0d: %h instead of %h\", clocks, outputs, expected);\n"
       << "      end\n"
       << "    end\n"
       << "    $display(\"%0d clocks, %0d differ\", clocks, faults);\n"
       << "    if (faults != 0 || clocks == 0) $fatal(1, \"the replay differs\");\n"
       << "    $finish;\n"
       << "  end\n"
       << "endmodule\n";
}

}  // namespace neurram::cosim
