// MVM commands through the chip's TLM path (registers, sequencer, tiles, all noise, the ledger)
// against bare OpenBLAS of the same shape, and against the three functions called bare; register
// accesses.
#include <cblas.h>

#include "fixture.h"
#include "paired.h"

using namespace neurram;

namespace {

/// A product of OpenBLAS: `vectors` x rows times rows x columns.
struct Blas {
  Blas(std::size_t vectors, int rows_, int columns_)
      : n(static_cast<int>(vectors)),
        rows(rows_),
        columns(columns_),
        in(vectors * static_cast<std::size_t>(rows), 0.5f),
        matrix(static_cast<std::size_t>(rows * columns), 0.25f),
        out(vectors * static_cast<std::size_t>(columns)) {}

  void operator()() {
    if (n == 1) {
      cblas_sgemv(CblasRowMajor, CblasTrans, rows, columns, 1.0f, matrix.data(), columns, in.data(),
                  1, 0.0f, out.data(), 1);
    } else {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, columns, rows, 1.0f, in.data(),
                  rows, matrix.data(), columns, 0.0f, out.data(), columns);
    }
    benchmark::DoNotOptimize(out.data());
  }

  int n, rows, columns;
  std::vector<float> in, matrix, out;
};

/// rows, columns, batch, and whether codes move over the fabric too.
void mvm_against_blas(benchmark::State& state) {
  const int rows = static_cast<int>(state.range(0));
  const int columns = static_cast<int>(state.range(1));
  const auto batch = static_cast<std::size_t>(state.range(2));
  const bool moves = state.range(3) != 0;
  bench().use(rows, columns);
  Blas blas(batch, rows, columns);
  bench().execute([&] {
    // A start takes what the banks hold.
    const std::size_t fits =
        neurram_max_vectors(static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(columns));
    compare(
        state, static_cast<double>(batch),
        [&] {
          for (std::size_t done = 0; done < batch; done += fits)
            bench().command(std::min(fits, batch - done), moves);
        },
        blas);
  });
}
BENCHMARK(mvm_against_blas)
    ->ArgNames({"rows", "columns", "batch", "burst"})
    ->Args({256, 256, 256, 0})
    ->Args({256, 256, 64, 0})
    ->Args({256, 256, 1, 0})
    ->Args({146, 16, 1024, 0})
    ->Args({196, 32, 1024, 0})
    ->Args({20, 8, 1024, 0})
    ->Args({256, 256, 256, 1})
    ->Args({256, 256, 1, 1})
    ->Args({146, 16, 1024, 1})
    ->Args({196, 32, 1024, 1})
    ->Args({20, 8, 1024, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

/// The three functions on one batch, tile by tile, without registers, sequencer or ledger.
class BareFunctions {
 public:
  BareFunctions(int rows, int columns, std::size_t vectors)
      : plan_(bench().plan(rows, columns)), vectors_(vectors) {
    const std::size_t tile = plan_.tile_vectors;
    drives_.resize(tile * plan_.transfer->drive_stride() + array::kDriveBlock);
    sums_.resize(tile * array::padded_columns(plan_.outputs()));
    noise_.resize(neuron::noise_scratch_floats(tile, plan_.outputs()));
    weights_.resize(tile);
    steps_.resize(tile);
    scale_.assign(tile, 1.0f);
    codes_.resize(vectors * plan_.outputs());
  }

  void operator()() {
    const core::PhasePlan& phase = plan_.phases.front();
    const std::size_t stride = plan_.transfer->drive_stride();
    for (std::size_t first = 0; first < vectors_; first += plan_.tile_vectors) {
      const std::size_t count = std::min(plan_.tile_vectors, vectors_ - first);
      array::encode(phase.encoding, bench().codes.data() + first * plan_.inputs(), plan_.inputs(),
                    count, drives_.data(), stride, weights_.data());
      array::multiply(plan_.transfer->packed(), drives_.data(), count, sums_.data());
      neuron::convert(phase.convert, phase.columns, {count, scale_.data(), weights_.data()},
                      {philox_key(1), first, 0}, sums_.data(), noise_.data(),
                      codes_.data() + first * plan_.outputs(), steps_.data());
    }
    benchmark::DoNotOptimize(codes_.data());
  }

 private:
  core::OperationPlan plan_;
  std::size_t vectors_;
  AlignedVector<std::int16_t> drives_;
  AlignedVector<std::int32_t> sums_;
  AlignedVector<float> noise_;
  std::vector<std::uint32_t> weights_;
  std::vector<std::uint16_t> steps_;
  std::vector<float> scale_;
  std::vector<std::int16_t> codes_;
};

void command_against_bare_functions(benchmark::State& state) {
  const auto batch = static_cast<std::size_t>(state.range(0));
  bench().use(256, 256);
  BareFunctions bare(256, 256, batch);
  bench().execute([&] {
    compare(
        state, static_cast<double>(batch), [&] { bench().command(batch, false); }, bare);
  });
}
BENCHMARK(command_against_bare_functions)
    ->ArgName("batch")
    ->Arg(64)
    ->Arg(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

void register_read(benchmark::State& state) {
  bench().execute([&] {
    const neurram_bus bus = bench().host().bus();
    std::uint32_t value = 0;
    for (auto _ : state)
      benchmark::DoNotOptimize(
          bus.read32(bus.user, NEURRAM_CORE_WINDOW(7) + NEURRAM_CORE_STATUS, &value));
  });
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(register_read);

}  // namespace
