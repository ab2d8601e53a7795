#!/usr/bin/env bash
# Installs the Debian packages that building needs, and nothing else. Does nothing where all are there.
#
#   scripts/setup.sh            to build the tool
#   scripts/setup.sh --tests    and what tests and benchmarks need
#   scripts/setup.sh --python   and what the Python package needs
#   scripts/setup.sh --train    and what training networks needs
set -euo pipefail

packages=(
  g++ cmake ninja-build pkg-config python3
  libsystemc-dev          # SystemC 2.3.4 and TLM-2.0
  libhwy-dev              # Highway: portable SIMD
  libtomlplusplus-dev nlohmann-json3-dev libcli11-dev libfmt-dev libspdlog-dev libssl-dev
  libsqlite3-dev libsqlitecpp-dev
  libonnx-dev libprotobuf-dev protobuf-compiler
  libboost-dev libeigen3-dev zlib1g-dev
  verilator               # the SystemVerilog blocks; without it everything else builds
)
test_packages=(
  catch2 librapidcheck-dev libbenchmark-dev libopenblas-dev
  make                    # of the simulator that replays a bench of the SystemVerilog blocks
  gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf  # the driver, built for bare metal
  python3-numpy
)
python_packages=(python3-dev python3-numpy python3-pandas python3-pip python3-setuptools python3-venv python3-wheel pybind11-dev
                 python3-matplotlib)  # the last one for an example
train_packages=(python3-numpy python3-torch python3-onnx python3-matplotlib)

for argument in "$@"; do
  case "$argument" in
    --tests) packages+=("${test_packages[@]}") ;;
    --python) packages+=("${python_packages[@]}") ;;
    --train) packages+=("${train_packages[@]}") ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "setup.sh: unknown option '$argument' (try --help)" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "setup.sh: this script knows Debian's apt-get only. Needed are: ${missing[*]}" >&2
  exit 2
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup.sh: run as root, or install: ${missing[*]}" >&2; exit 2; }
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
