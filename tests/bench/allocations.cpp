// After warm-up an MVM command allocates nothing: not on its way through the driver, the fabric,
// the registers, the sequencer, the tiles, nor in the ledger.
#include <cstdio>

#include "allocation_count.h"
#include "fixture.h"

int main() {
  bench().use(256, 256);
  std::int64_t single = 0;
  std::int64_t batched = 0;
  bench().execute([&] {
    for (int i = 0; i < 4; ++i) bench().command(256, true);
    std::int64_t before = allocations();
    for (int i = 0; i < 50; ++i) bench().command(256, true);
    batched = allocations() - before;
    before = allocations();
    for (int i = 0; i < 50; ++i) bench().command(1, false);
    single = allocations() - before;
  });
  const bool works = allocations() > 100;  // the counter itself counts
  std::printf("allocations in 50 commands: %lld of 256 vectors, %lld of one\n",
              static_cast<long long>(batched), static_cast<long long>(single));
  return works && batched == 0 && single == 0 ? 0 : 1;
}
