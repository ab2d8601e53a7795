#pragma once

/// Configuration: reads, validates, dumps and fingerprints any struct that declares its fields with
/// describe(FieldVisitor&) (models/base/field.h).
///
///   chip::Parameters chip;
///   config::read_toml_file("chip.toml", chip);
///   config::set_field(chip, "core[12].neuron.bits_out=6");
///   config::dump_toml(chip, std::cout);
///   const std::string key = config::fingerprint(chip, Affects::kDeployment);

#include "models/config/dump.h"
#include "models/config/fields.h"
#include "models/config/fingerprint.h"
#include "models/config/reader.h"
