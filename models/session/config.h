#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/chip/parameters.h"
#include "models/mapper/parameters.h"
#include "models/runtime/calibration.h"
#include "models/runtime/parameters.h"

namespace neurram::session {

/// An application: a network and its data. File names are relative to the app's folder.
struct AppParameters {
  std::string name;
  std::string title;
  std::string network;
  std::string images;
  std::string labels;
  std::string calibration_images;
  double pixel_scale = 1.0 / 255;

  void describe(FieldVisitor& v);
};

/// How an application drives its cores.
struct SchemeParameters {
  mapper::InputScheme input_scheme = mapper::InputScheme::kTernary;
  mapper::Conversion conversion = mapper::Conversion::kBinarySearch;

  void describe(FieldVisitor& v);
};

/// Everything that a run depends on: `neurram config --dump` prints it, TOML files and --set change
/// it.
struct Config {
  core::Seeds seed;
  AppParameters app;
  chip::ChipParameters chip;
  SchemeParameters scheme;
  mapper::MapperParameters mapper;
  runtime::CalibrationParameters calibration;
  runtime::RuntimeParameters run;
  runtime::DigitalParameters digital;

  void describe(FieldVisitor& v);
};

/// What the user asked for on top of the defaults, in the order in which it applies.
struct ConfigSources {
  std::string chip = "neurram";              ///< name of a chip file that ships, or a path
  std::string app;                           ///< name of an app that ships; empty: none
  std::vector<std::filesystem::path> files;  ///< --config
  std::vector<std::string> assignments;      ///< --set
};

/// Defaults, then the chip's file, the app's, the user's files, the user's assignments. Throws
/// ConfigError or FileError.
[[nodiscard]] Config load_config(const ConfigSources& sources);

/// Folder of an app that ships. Throws UsageError with the apps there are.
[[nodiscard]] std::filesystem::path app_folder(const std::string& name);
[[nodiscard]] std::vector<std::string> app_names();

/// Folder with `tb/apps` and `models/chip`: $NEURRAM_HOME, or what the program was installed with or
/// built from. Throws FileError.
[[nodiscard]] std::filesystem::path home();

/// Operating scheme of calibration under this configuration.
[[nodiscard]] runtime::OperatingScheme operating_scheme(const Config& config);

}  // namespace neurram::session
