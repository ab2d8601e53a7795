#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "models/mapper/deployment.h"
#include "models/session/config.h"

namespace neurram::session {

/// Files of an application, found and named.
struct AppFiles {
  std::filesystem::path network;
  std::filesystem::path images;
  std::filesystem::path labels;  ///< empty: none
  std::filesystem::path calibration;
};

/// Files of an app that ships.
[[nodiscard]] AppFiles app_files(const Config& config);

/// Files of a network of the user's: `data` holds IDX files named as MNIST's are, t10k-images-…,
/// t10k-labels-… (optional) and calibration-images-… or train-images-…, plain or gzipped. Throws
/// FileError naming what is missing.
[[nodiscard]] AppFiles user_files(const std::filesystem::path& network,
                                  const std::filesystem::path& data);

/// Reads the network and places it on the chip. Nothing is programmed yet. Throws NetworkError,
/// FileError.
[[nodiscard]] mapper::Deployment map_network(const Config& config,
                                             const std::filesystem::path& network);

/// The same of a network that is no file.
[[nodiscard]] mapper::Deployment map_graph(const Config& config, mapper::Graph graph);

/// What weights can become in the configured cells.
[[nodiscard]] mapper::ConductanceRange conductance_range(const Config& config);

/// Checksum of everything that a deployment depends on: network, calibration images, seed.device
/// and all fields declared to affect it.
[[nodiscard]] std::string deployment_key(const Config& config, const AppFiles& files);

/// The same, and of all that prices programming and calibration: the name of a cached deployment.
[[nodiscard]] std::string cache_key(const Config& config, const AppFiles& files);

/// Maps, programs on a simulated chip and calibrates, in a process of its own, and writes the
/// deployment to `path`. progress(done layers, layers) is called here. Throws what the process met;
/// Interrupted on Ctrl-C.
void compile_to(const Config& config, const AppFiles& files, const std::filesystem::path& path,
                const std::function<void(int, int)>& progress);

/// Where compiled deployments are kept: $XDG_CACHE_HOME/neurram or ~/.cache/neurram.
[[nodiscard]] std::filesystem::path cache_folder();

/// The deployment of an app, from the cache or compiled into it. `fresh` says which.
[[nodiscard]] mapper::Deployment cached_deployment(const Config& config, const AppFiles& files,
                                                   bool& fresh,
                                                   const std::function<void(int, int)>& progress);

/// Loads a deployment and checks that it was made for this chip and network. Throws FileError.
[[nodiscard]] mapper::Deployment load_deployment(const Config& config,
                                                 const std::filesystem::path& path,
                                                 const AppFiles& files);

/// What load_deployment() checks, of a deployment that messages call `name`. Throws FileError.
void expect_deployment(const Config& config, const mapper::Deployment& deployment,
                       const std::string& name, const AppFiles& files);
/// Was it made for a chip like this one, and has it conductances? Throws FileError.
void expect_chip(const Config& config, const mapper::Deployment& deployment,
                 const std::string& name);

}  // namespace neurram::session
