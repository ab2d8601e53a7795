#include <algorithm>
#include <cmath>
#include <memory>

#include <pybind11/stl.h>

#include "models/base/error.h"
#include "models/python/arguments.h"
#include "models/python/bindings.h"
#include "models/python/chip_handle.h"
#include "models/runtime/loader.h"

namespace neurram::python {
namespace {

using session::BenchChip;

constexpr double kMicro = 1e-6;
constexpr double kMost_s = 4.294967e-3;  // 32 bits of picosiemens

std::shared_ptr<BenchChip> make_chip(const session::Config& config) {
  BenchChip* made = nullptr;
  {
    const py::gil_scoped_release release;
    made = new BenchChip(config);
  }
  // Its end waits for whichever chip simulates, which may be waiting for the GIL.
  std::shared_ptr<BenchChip> chip(made, [](BenchChip* last) {
    if (PyGILState_Check() != 0) {
      const py::gil_scoped_release release;
      delete last;
    } else {
      delete last;
    }
  });
  chip->on_interrupt_check(check_signals);
  return chip;
}

/// A core of a chip.
struct Core {
  std::shared_ptr<BenchChip> chip;
  int index;

  [[nodiscard]] const array::Crossbar& crossbar() const { return chip->crossbar(index); }
  [[nodiscard]] const core::CoreParameters& parameters() const {
    return chip->config().chip.of_core(index);
  }
  [[nodiscard]] std::string name() const { return "core " + std::to_string(index); }

  void expect_power() const {
    if (!chip->powered(index))
      throw Error(name() + " is off; expected one that power_on() has switched on");
  }
};

array::CellWindow window_at(const Core& core, const char* argument, const Cells& cells, int row,
                            int column) {
  const array::Crossbar& crossbar = core.crossbar();
  index_in("row", row, 0, crossbar.rows() - 1);
  index_in("column", column, 0, crossbar.columns() - 1);
  if (row + cells.rows > crossbar.rows() || column + cells.columns > crossbar.columns()) {
    fail_value(argument,
               "shape (" + std::to_string(cells.rows) + ", " + std::to_string(cells.columns) +
                   ") at row " + std::to_string(row) + ", column " + std::to_string(column),
               "cells within the " + std::to_string(crossbar.rows()) + " x " +
                   std::to_string(crossbar.columns()) + " of " + core.name());
  }
  return {row, column, cells.rows, cells.columns};
}

py::array cells_view(const Core& core, const float* data) {
  // The array keeps the chip, not this object, which is one of many for the core.
  auto* keeper = new std::shared_ptr<BenchChip>(core.chip);
  const py::capsule owner(keeper,
                          [](void* p) { delete static_cast<std::shared_ptr<BenchChip>*>(p); });
  return view(data, {core.crossbar().rows(), core.crossbar().columns()}, owner, false);
}

template <class T, class Of>
py::array_t<T> cells_copy(const Core& core, Of of) {
  const array::Crossbar& crossbar = core.crossbar();
  py::array_t<T> values({crossbar.rows(), crossbar.columns()});
  auto out = values.template mutable_unchecked<2>();
  for (int r = 0; r < crossbar.rows(); ++r) {
    for (int c = 0; c < crossbar.columns(); ++c) out(r, c) = of(crossbar.record(r, c));
  }
  return values;
}

/// Value of a field by one of its names.
template <std::size_t N>
int choice(const char* argument, const std::string& value,
           const std::array<const char*, N>& names) {
  const auto at = std::find(names.begin(), names.end(), value);
  if (at != names.end()) return static_cast<int>(at - names.begin());
  std::string all;
  for (const char* name : names) all += (all.empty() ? "'" : ", '") + std::string(name) + "'";
  fail_value(argument, "'" + value + "'", all);
}

constexpr std::array kDirections{"forward", "backward", "recurrent_bit_line",
                                 "recurrent_source_line"};
constexpr std::array kPairings{"single", "differential"};
constexpr std::array kSchemes{"ternary", "bipolar"};
constexpr std::array kConversions{"binary_search", "unary"};
constexpr std::array kActivations{"none", "relu", "sigmoid", "tanh", "stochastic"};

void set_mask(std::uint32_t* mask, const std::vector<int>& lines) {
  for (const int line : lines) mask[line / 32] |= 1u << line % 32;
}

struct SlotArguments {
  py::object rows, columns;
  std::string direction, pairing;
  bool is_signed;
  std::int64_t input_bits, output_bits;
  std::string input_scheme, conversion, activation;
  std::int64_t pulse_multiplier, step_limit, rail_set;
  double activation_step;
  std::uint64_t operation_id;
};

neurram_slot slot_of(const Core& core, const SlotArguments& a) {
  const array::Crossbar& crossbar = core.crossbar();
  neurram_slot slot{};
  const std::vector<int> rows = lines("rows", a.rows, crossbar.rows());
  const std::vector<int> columns = lines("columns", a.columns, crossbar.columns());
  set_mask(slot.word_line_mask, rows);
  set_mask(slot.column_mask, columns);
  slot.operation_id = a.operation_id;
  slot.direction =
      static_cast<neurram_core_slot_mode_direction>(choice("direction", a.direction, kDirections));
  slot.pairing =
      static_cast<neurram_core_slot_mode_pairing>(choice("pairing", a.pairing, kPairings));
  slot.signedness = a.is_signed ? NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED
                                : NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_UNSIGNED;
  slot.input_scheme = static_cast<neurram_core_slot_mode_input_scheme>(
      choice("input_scheme", a.input_scheme, kSchemes));
  slot.conversion = static_cast<neurram_core_slot_mode_conversion>(
      choice("conversion", a.conversion, kConversions));
  slot.activation = static_cast<neurram_core_slot_mode_activation>(
      choice("activation", a.activation, kActivations));
  const auto number = [](const char* name, std::int64_t value, std::int64_t low,
                         std::int64_t high) {
    return static_cast<std::uint32_t>(number_in(name, value, low, high));
  };
  slot.input_bits = number("input_bits", a.input_bits, 1, a.is_signed ? 8 : 7);
  slot.output_bits = number("output_bits", a.output_bits, 1, 10);
  slot.pulse_multiplier = number("pulse_multiplier", a.pulse_multiplier, 1, 32);
  slot.step_limit = number("step_limit", a.step_limit, 1, 127);
  slot.rail_set = number("rail_set", a.rail_set, 0, NEURRAM_RAIL_SETS - 1);
  if (!(a.activation_step >= kMicro && a.activation_step <= 10))
    fail_value("activation_step", std::to_string(a.activation_step), "1e-6 to 10");
  slot.activation_step = static_cast<std::uint32_t>(std::llround(a.activation_step / kMicro));
  const bool from_rows = a.direction == kDirections[0] || a.direction == kDirections[2];
  const std::size_t driven = from_rows ? rows.size() : columns.size();
  if (slot.pairing == NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL && driven % 2 != 0) {
    fail_value(from_rows ? "rows" : "columns", std::to_string(driven) + " lines",
               "an even number: differential pairs are two lines each");
  }
  return slot;
}

neurram_slot configured(const Core& core, int slot) {
  index_in("slot", slot, 0, NEURRAM_SLOTS - 1);
  const auto settings = core.chip->slot(core.index, slot);
  if (!settings) {
    fail_value("slot", std::to_string(slot), "one that configure_slot() has set on " + core.name());
  }
  return *settings;
}

/// Where results go: `out`, checked, or a new array.
py::array results_of(const py::object& out, py::ssize_t vectors, py::ssize_t outputs) {
  if (out.is_none()) return py::array_t<std::int16_t>({vectors, outputs});
  const char* expected = "None, or a writable C-ordered array of int16";
  if (!py::isinstance<py::array_t<std::int16_t, py::array::c_style>>(out)) {
    fail_type("out",
              py::isinstance<py::array>(out)
                  ? "dtype " + dtype_of(py::reinterpret_borrow<py::array>(out))
                  : "of type " + std::string(py::str(py::type::of(out).attr("__name__"))),
              expected);
  }
  auto array = py::reinterpret_borrow<py::array>(out);
  if (!array.writeable()) fail_value("out", "read-only", expected);
  if (array.ndim() != 2 || array.shape(0) != vectors || array.shape(1) != outputs) {
    fail_value("out", "shape " + shape_of(array),
               "(" + std::to_string(vectors) + ", " + std::to_string(outputs) + ")");
  }
  return array;
}

py::array mvm(const Core& core, const py::object& object, int slot, const py::object& out) {
  const neurram_slot settings = configured(core, slot);
  core.expect_power();
  const bool is_signed = settings.signedness == NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED;
  const int magnitude = is_signed ? std::max(1, static_cast<int>(settings.input_bits) - 1)
                                  : static_cast<int>(settings.input_bits);
  const int most = (1 << magnitude) - 1;
  const py::array input =
      codes("codes", object, session::inputs_of(settings), is_signed ? -most : 0, most);
  py::array output =
      results_of(out, input.shape(0), static_cast<py::ssize_t>(session::outputs_of(settings)));
  const void* from = input.data();
  const auto vectors = static_cast<std::size_t>(input.shape(0));
  auto* to = static_cast<std::int16_t*>(output.mutable_data());
  {
    const py::gil_scoped_release release;
    core.chip->multiply(core.index, slot, settings, from, vectors, to);
  }
  return output;
}

std::uint32_t program(const Core& core, const py::object& targets, int row, int column) {
  // The limit of the chip's own bus.
  const Cells cells = conductances("targets", targets, 2 * core.parameters().device.g_max_s);
  const array::CellWindow window = window_at(core, "targets", cells, row, column);
  core.expect_power();
  const py::gil_scoped_release release;
  return core.chip->program(core.index, window, cells.ps.data());
}

void load(const Core& core, const py::object& object, int row, int column) {
  const Cells cells = conductances("conductances", object, kMost_s);
  const array::CellWindow window = window_at(core, "conductances", cells, row, column);
  const py::gil_scoped_release release;
  core.chip->load(core.index, window, cells.ps.data());
}

py::dict counters(const Core& core) {
  neurram_counters c{};
  {
    const py::gil_scoped_release release;
    c = core.chip->counters(core.index);
  }
  py::dict all;
  all["energy_fj"] = c.energy_fj;
  all["cycles"] = c.cycles;
  all["vectors"] = c.vectors;
  all["commands"] = c.commands;
  return all;
}

/// The chip's rail sets.
struct Rails {
  std::shared_ptr<BenchChip> chip;
};

std::uint32_t microvolts(const char* name, double volts, double low, double high) {
  if (!(volts >= low && volts <= high)) {
    fail_value(name, std::to_string(volts) + " V",
               std::to_string(low) + " to " + std::to_string(high) + " V");
  }
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(volts / kMicro)));
}

void set_rails(const Rails& rails, int set, const core::RailSet& v) {
  constexpr double kMostVolts = 0.9;
  constexpr double kMostComparatorVolts = 0.1;
  index_in("rail set", set, 0, NEURRAM_RAIL_SETS - 1);
  const neurram_rails values{
      microvolts("v_read_plus_v", v.v_read_plus_v, 0, kMostVolts),
      microvolts("v_read_minus_v", v.v_read_minus_v, 0, kMostVolts),
      microvolts("v_decrement_plus_v", v.v_decrement_plus_v, kMicro, kMostVolts),
      microvolts("v_decrement_minus_v", v.v_decrement_minus_v, kMicro, kMostVolts),
      static_cast<std::int32_t>(microvolts("v_comparator_v", v.v_comparator_v,
                                           -kMostComparatorVolts, kMostComparatorVolts)),
      microvolts("v_lfsr_v", v.v_lfsr_v, 0, kMostVolts)};
  const py::gil_scoped_release release;
  rails.chip->configure_rails(set, values);
}

void bind_core(py::module_& m) {
  const char* all_rows = "All cells [rows, columns] in siemens, float32: a read-only view of the";
  py::class_<Core>(m, "Core", "One core of a chip: cells, eight slots, banks. Of Chip.core().")
      .def_readonly("index", &Core::index)
      .def_property_readonly(
          "rows", [](const Core& c) { return c.crossbar().rows(); }, "Bit lines of the array.")
      .def_property_readonly(
          "columns", [](const Core& c) { return c.crossbar().columns(); },
          "Source lines of the array.")
      .def_property_readonly("powered", [](const Core& c) { return c.chip->powered(c.index); })
      .def(
          "power_on", [](const Core& c) { c.chip->power_on(c.index); },
          py::call_guard<py::gil_scoped_release>(), "Switches the core on; returns when awake.")
      .def(
          "power_off", [](const Core& c) { c.chip->power_off(c.index); },
          py::call_guard<py::gil_scoped_release>(),
          "Gates the core. Cells, registers and banks keep their value.")
      .def(
          "program", &program, py::arg("targets"), py::arg("row") = 0, py::arg("column") = 0,
          "Programs cells to `targets` [rows, columns] in siemens with write-verify, the first at\n"
          "(`row`, `column`). Returns how many cells stayed outside their tolerance (see "
          "`failed`).\n"
          "ValueError: NaN, below 0, above twice the cell's g_max, outside the array.\n"
          "Error: the core is off. Ctrl-C: the row at work is finished.")
      .def("load_conductances", &load, py::arg("conductances"), py::arg("row") = 0,
           py::arg("column") = 0,
           "Puts cells at `conductances` [rows, columns] in siemens through the back door, the "
           "first\n"
           "at (`row`, `column`): measured chips, or none at all. No time, no energy; the core may "
           "be\n"
           "off. ValueError: NaN, below 0, outside the array.")
      .def_property_readonly(
          "conductances", [](const Core& c) { return cells_view(c, c.crossbar().conductances()); },
          (std::string(all_rows) +
           "\nmodel's own memory, which follows it. What the cells truly are.")
              .c_str())
      .def_property_readonly(
          "verified", [](const Core& c) { return cells_view(c, c.crossbar().verified()); },
          (std::string(all_rows) + "\nmodel's own memory. What the last verify read, before "
                                   "the cells relaxed.")
              .c_str())
      .def_property_readonly(
          "targets", [](const Core& c) { return cells_view(c, c.crossbar().targets()); },
          (std::string(all_rows) + "\nmodel's own memory. What PROGRAM was asked for.").c_str())
      .def_property_readonly(
          "failed",
          [](const Core& c) {
            return cells_copy<bool>(c, [](const array::CellRecord& r) {
              return r.is(array::CellRecord::kFailed) || r.is(array::CellRecord::kUnusable);
            });
          },
          "Cells [rows, columns], bool: outside their tolerance when write-verify gave up, or of "
          "no "
          "use.")
      .def_property_readonly(
          "unusable",
          [](const Core& c) {
            return cells_copy<bool>(
                c, [](const array::CellRecord& r) { return r.is(array::CellRecord::kUnusable); });
          },
          "Cells [rows, columns], bool: forming has shown them to be of no use. A network's "
          "mapping "
          "leaves their rows out.")
      .def_property_readonly(
          "pulses",
          [](const Core& c) {
            return cells_copy<std::uint16_t>(c,
                                             [](const array::CellRecord& r) { return r.pulses; });
          },
          "Pulses of each cell's last programming [rows, columns], uint16.")
      .def(
          "configure_slot",
          [](const Core& c, int slot, const py::object& rows, const py::object& columns,
             const std::string& direction, const std::string& pairing, bool is_signed,
             std::int64_t input_bits, std::int64_t output_bits, const std::string& input_scheme,
             const std::string& conversion, const std::string& activation,
             std::int64_t pulse_multiplier, std::int64_t step_limit, std::int64_t rail_set,
             double activation_step, std::uint64_t operation_id) {
            index_in("slot", slot, 0, NEURRAM_SLOTS - 1);
            const neurram_slot settings =
                slot_of(c, {rows, columns, direction, pairing, is_signed, input_bits, output_bits,
                            input_scheme, conversion, activation, pulse_multiplier, step_limit,
                            rail_set, activation_step, operation_id});
            const py::gil_scoped_release release;
            c.chip->configure_slot(c.index, slot, settings);
          },
          py::arg("slot") = 0, py::kw_only(), py::arg("rows") = py::none(),
          py::arg("columns") = py::none(), py::arg("direction") = "forward",
          py::arg("pairing") = "differential", py::arg("signed") = true, py::arg("input_bits") = 4,
          py::arg("output_bits") = 6, py::arg("input_scheme") = "ternary",
          py::arg("conversion") = "binary_search", py::arg("activation") = "none",
          py::arg("pulse_multiplier") = 1, py::arg("step_limit") = 100, py::arg("rail_set") = 0,
          py::arg("activation_step") = 0.05, py::arg("operation_id") = 0,
          "Writes one of the eight slots: which lines, and how vectors are driven and converted.\n"
          "`rows`, `columns`: None (all), a slice, a mask of booleans or ascending line numbers.\n"
          "ValueError names the argument, its value and what is allowed.")
      .def(
          "set_operation_id",
          [](const Core& c, int slot, std::uint64_t id) {
            index_in("slot", slot, 0, NEURRAM_SLOTS - 1);
            const py::gil_scoped_release release;
            c.chip->set_operation_id(c.index, slot, id);
          },
          py::arg("slot"), py::arg("operation_id"),
          "Sets the operation id of the slot's next vector, which picks its noise; it grows by "
          "one\n"
          "per vector.")
      .def(
          "inputs", [](const Core& c, int slot) { return session::inputs_of(configured(c, slot)); },
          py::arg("slot") = 0, "Input codes of one vector of a slot.")
      .def(
          "outputs",
          [](const Core& c, int slot) { return session::outputs_of(configured(c, slot)); },
          py::arg("slot") = 0, "Results of one vector of a slot.")
      .def("mvm", &mvm, py::arg("codes"), py::arg("slot") = 0, py::arg("out") = py::none(),
           "Runs vectors through a slot: `codes` [vectors, inputs], int8 or uint8, to codes\n"
           "[vectors, outputs], int16, into `out` where it is given. A code is sign * count and\n"
           "stands for sign * (count - 1/2) decrement steps. Releases the GIL.\n"
           "TypeError: another dtype. ValueError: another shape, a code out of range, a slot that "
           "is\n"
           "not configured. Error: the core is off, or the chip refuses.")
      .def("counters", &counters, "Totals since power-up: energy_fj, cycles, vectors, commands.")
      .def("__repr__", [](const Core& c) {
        return "<neurram." + std::string("Core ") + std::to_string(c.index) +
               (c.chip->powered(c.index) ? ", on>" : ", off>");
      });
}

void bind_rails(py::module_& m) {
  py::class_<core::RailSet>(m, "RailSet", "Voltages of one rail set, in volts against V_ref.")
      .def(py::init([](double v_read_plus_v, double v_read_minus_v, double v_decrement_plus_v,
                       double v_decrement_minus_v, double v_comparator_v, double v_lfsr_v) {
             return core::RailSet{v_read_plus_v,       v_read_minus_v, v_decrement_plus_v,
                                  v_decrement_minus_v, v_comparator_v, v_lfsr_v};
           }),
           py::kw_only(), py::arg("v_read_plus_v") = 0.5, py::arg("v_read_minus_v") = 0.5,
           py::arg("v_decrement_plus_v") = 0.1, py::arg("v_decrement_minus_v") = 0.1,
           py::arg("v_comparator_v") = 0.0, py::arg("v_lfsr_v") = 0.1)
      .def_readwrite("v_read_plus_v", &core::RailSet::v_read_plus_v)
      .def_readwrite("v_read_minus_v", &core::RailSet::v_read_minus_v)
      .def_readwrite("v_decrement_plus_v", &core::RailSet::v_decrement_plus_v)
      .def_readwrite("v_decrement_minus_v", &core::RailSet::v_decrement_minus_v)
      .def_readwrite("v_comparator_v", &core::RailSet::v_comparator_v)
      .def_readwrite("v_lfsr_v", &core::RailSet::v_lfsr_v);
  py::class_<Rails>(m, "Rails", "The chip's 16 rail sets: rails[3] = RailSet(v_read_plus_v=0.4).")
      .def("__len__", [](const Rails&) { return int{NEURRAM_RAIL_SETS}; })
      .def("__getitem__",
           [](const Rails& r, int set) {
             return r.chip->rail_set(index_in("rail set", set, 0, NEURRAM_RAIL_SETS - 1));
           })
      .def("__setitem__", &set_rails);
}

}  // namespace

void bind_chip(py::module_& m) {
  bind_core(m);
  bind_rails(m);
  py::class_<ChipHandle>(
      m, "Chip",
      "A chip on the bench, in a simulation kernel of its own: any number of them,\n"
      "at once or one after the other. Calls may come from any thread; they take turns.")
      .def(py::init([](const session::Config& config) { return ChipHandle{make_chip(config)}; }),
           py::arg("config"))
      .def_property_readonly("config", [](const ChipHandle& h) { return h.chip->config(); })
      .def_property_readonly(
          "cores", [](const ChipHandle& h) { return h.chip->cores(); }, "Number of cores.")
      .def("__len__", [](const ChipHandle& h) { return h.chip->cores(); })
      .def(
          "core",
          [](const ChipHandle& h, py::ssize_t index) {
            return Core{h.chip, index_in("core", index, 0, h.chip->cores() - 1)};
          },
          py::arg("index"), "One core. IndexError: there is none of that number.")
      .def_property_readonly("rails", [](const ChipHandle& h) { return Rails{h.chip}; })
      .def_property_readonly(
          "now_ps",
          [](const ChipHandle& h) {
            const py::gil_scoped_release release;
            return h.chip->now_ps();
          },
          "Simulated time, in picoseconds.")
      .def("_records",
           [](const ChipHandle& h) {
             std::vector<ledger::Record> records;
             {
               const py::gil_scoped_release release;
               records = h.chip->records();
             }
             return columns_of(records);
           })
      .def(
          "clear_ledger", [](const ChipHandle& h) { h.chip->clear_records(); },
          py::call_guard<py::gil_scoped_release>(), "Forgets the records so far.")
      .def("__repr__", [](const ChipHandle& h) {
        return "<neurram.Chip of " + std::to_string(h.chip->cores()) + " cores>";
      });
}

}  // namespace neurram::python
