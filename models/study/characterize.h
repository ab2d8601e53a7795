#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/session/config.h"
#include "models/study/mvm_experiment.h"

/// How far products on a core are from exact ones, and what costs how much: the questions of Nature
/// 608, Fig. 3 and Extended Data Fig. 5, asked of the model.
namespace neurram::study {

/// What is measured. Weights are Gaussian, codes uniform over their range.
struct CharacterizeRequest {
  const session::Config* config = nullptr;
  std::size_t inputs = 128;   ///< differential pairs of rows
  std::size_t outputs = 256;  ///< columns
  std::size_t vectors = 500;
  std::function<void(std::size_t, std::size_t)> progress;  ///< experiments done, of all
  std::function<bool()> interrupted;                       ///< asked between experiments
};

/// Error of a set of products, relative to the standard deviation of the exact results.
struct ErrorShare {
  double calibrated = 0;    ///< each column with a slope and an offset of its own
  double uncalibrated = 0;  ///< one slope for the whole core
  double steps = 0;         ///< calibrated, in decrement steps
};

struct PrecisionPoint {
  int bits_in = 0;
  int bits_out = 0;
  int phases = 1;
  int pulse_multiplier = 1;
  ErrorShare error;
};

struct SensingPoint {
  std::string mode;  ///< voltage or current
  ErrorShare error;
  double energy_j = 0;  ///< of one product on the core
  double latency_s = 0;
};

/// One non-ideality alone, or all, or none.
struct AblationPoint {
  std::string name;
  std::string what;  ///< in words
  ErrorShare error;
};

struct ScatterPoint {
  double exact = 0;     ///< in standard deviations of the exact results
  double measured = 0;  ///< likewise, calibrated
};

struct Characterization {
  bool complete = true;
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t vectors = 0;
  PrecisionPoint scatter_at;
  std::vector<ScatterPoint> scatter;
  std::vector<PrecisionPoint> precision;
  std::vector<SensingPoint> sensing;
  std::vector<AblationPoint> ablation;
};

[[nodiscard]] Characterization characterize(const CharacterizeRequest& request);

}  // namespace neurram::study
