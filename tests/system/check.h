#pragma once

#include <cstdio>
#include <string>

/// The least a system test needs: SystemC owns main's life, one process per test, so no framework.
class Checks {
 public:
  void that(bool condition, const std::string& what) {
    ++count_;
    if (condition) return;
    ++failed_;
    std::printf("FAILED: %s\n", what.c_str());
  }
  template <class A, class B>
  void equal(const A& a, const B& b, const std::string& what) {
    that(a == b, what + ": " + std::to_string(a) + ", expected " + std::to_string(b));
  }
  /// Exit code of the test; says how it went.
  [[nodiscard]] int result() const {
    std::printf("%d checks, %d failed\n", count_, failed_);
    return count_ == 0 || failed_ != 0 ? 1 : 0;
  }

 private:
  int count_ = 0;
  int failed_ = 0;
};
