#include <catch2/catch.hpp>
#include <sstream>

#include "models/base/error.h"
#include "models/config/config.h"
#include "models/session/config.h"

using namespace neurram;
using session::Config;

TEST_CASE("every field has unit, range and text") {
  Config config;
  const auto missing = config::missing_declarations(config);
  for (const std::string& line : missing) UNSCOPED_INFO(line);
  CHECK(missing.empty());
  CHECK(config::list_fields(config).size() > 90);
}

TEST_CASE("neurram.toml says aloud what the defaults are") {
  Config defaults;
  Config loaded = session::load_config({});
  CHECK(config::fingerprint(loaded) == config::fingerprint(defaults));
}

TEST_CASE("the deployed chip differs where its team's settings do") {
  session::ConfigSources sources;
  sources.chip = "neurram-deployed";
  const Config config = session::load_config(sources);
  CHECK(config.scheme.conversion == mapper::Conversion::kUnary);
  CHECK(config.scheme.input_scheme == mapper::InputScheme::kBipolar);
  CHECK(config.calibration.step_limit == 100);
}

TEST_CASE("sources apply in order: chip, app, files, assignments") {
  session::ConfigSources sources;
  sources.app = "mnist";
  sources.assignments = {"seed.run=9", "chip.core[3].neuron.sigma_gain=0.5"};
  const Config config = session::load_config(sources);
  CHECK(config.app.name == "mnist");
  CHECK(config.seed.run == 9);
  CHECK(config.seed.device == 1);
  CHECK(config.chip.of_core(3).neuron.sigma_gain == 0.5);
  CHECK(config.chip.of_core(4).neuron.sigma_gain == config.chip.core.neuron.sigma_gain);
}

TEST_CASE("unknown apps and fields are named") {
  session::ConfigSources sources;
  sources.app = "minst";
  CHECK_THROWS_WITH(session::load_config(sources),
                    Catch::Contains("minst") && Catch::Contains("mnist"));
  sources.app.clear();
  sources.assignments = {"chip.core.nueron.offset=false"};
  CHECK_THROWS_WITH(session::load_config(sources), Catch::Contains("chip.core.neuron.offset"));
}
