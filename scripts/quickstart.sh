#!/usr/bin/env bash
# From nothing to a result: installs what is missing, builds the tool, and classifies the 10,000 MNIST
# test images on the simulated chip. Arguments go to `neurram run mnist` (try --images 100, --help).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
if [ ! -f build/release/build.ninja ]; then
  cmake --preset release -DNEURRAM_TESTS=OFF -DNEURRAM_BENCH=OFF >build-configure.log 2>&1 ||
    { cat build-configure.log >&2; exit 2; }
  rm -f build-configure.log
fi
cmake --build --preset release --target neurram
exec build/release/neurram run mnist "$@"
