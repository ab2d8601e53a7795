// The yardstick is OpenBLAS with its Haswell kernels, one thread. It reads that from the
// environment when it is loaded, so the program starts itself again with the environment set.
#include <unistd.h>

#include <cstdlib>
#include <string>

#include <benchmark/benchmark.h>
#include <hwy/targets.h>

#include "fixture.h"

int main(int argc, char** argv) {
  if (std::getenv("NEURRAM_BENCH_READY") == nullptr) {
    setenv("NEURRAM_BENCH_READY", "1", 1);
    setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    unsetenv("OPENBLAS_L2_SIZE");
    execv("/proc/self/exe", argv);
  }
  // NEURRAM_BENCH_AVX2=1: what a machine without AVX-512 would reach.
  if (std::getenv("NEURRAM_BENCH_AVX2") != nullptr) hwy::SetSupportedTargetsForTest(HWY_AVX2);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  bench();  // SystemC elaborates before any benchmark runs
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
