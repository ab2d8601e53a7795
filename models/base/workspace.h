#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>

#include "models/base/aligned.h"

namespace neurram {

/// Memory for the intermediate numbers of a long computation, without values at first. It asks for
/// huge pages: on a virtual machine the first touch of an ordinary page can cost as much as all the
/// arithmetic on it.
template <class T>
class Workspace {
  static_assert(std::is_trivial_v<T>);

 public:
  explicit Workspace(std::size_t size) {
    constexpr std::size_t kHugePage = std::size_t{2} << 20;
    constexpr std::size_t kWorthwhile = kHugePage / 8;
    const std::size_t bytes = size * sizeof(T);
    const std::size_t alignment = bytes < kWorthwhile ? kVectorAlignment : kHugePage;
    const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
    data_ = static_cast<T*>(std::aligned_alloc(alignment, whole));
    if (data_ == nullptr) throw std::bad_alloc();
    // Advice: nothing is lost where it is not taken.
    if (alignment == kHugePage) (void)::madvise(data_, whole, MADV_HUGEPAGE);
  }
  ~Workspace() { std::free(data_); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  /// Aligned to kVectorAlignment.
  [[nodiscard]] T* data() const { return data_; }

 private:
  T* data_;
};

}  // namespace neurram
