#!/usr/bin/env bash
# Builds everything and runs the tests; installs what is missing first.
#
#   scripts/test.sh                  all but the nightly ones
#   scripts/test.sh -L unit          arguments go to ctest
#   PRESET=asan scripts/test.sh      with AddressSanitizer and UndefinedBehaviorSanitizer
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${PRESET:-release}

scripts/setup.sh --tests --python
cmake --preset "$preset" -DNEURRAM_TESTS=ON -DNEURRAM_BENCH=ON >/dev/null
cmake --build --preset "$preset"
exec ctest --preset "$preset" "$@"
