#pragma once

#include <vector>

#include <pybind11/pybind11.h>

#include "models/ledger/record.h"
#include "models/session/config.h"

/// The parts of module neurram._neurram.
namespace neurram::python {

void bind_config(pybind11::module_& m);
void bind_chip(pybind11::module_& m);
void bind_deployment(pybind11::module_& m);
void bind_run(pybind11::module_& m);
void bind_layers(pybind11::module_& m);

/// Asks Python whether a signal has come, such as Ctrl-C; throws what its handler raised. For work
/// that has released the GIL.
void check_signals();

/// Columns of a ledger by name, as `ledger.sqlite` calls them.
[[nodiscard]] pybind11::dict columns_of(const std::vector<ledger::Record>& records);

}  // namespace neurram::python
