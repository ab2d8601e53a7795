#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace neurram::session {

/// Work in processes of its own: chips that compute at the same time need one each.

/// The child's end: sends messages to the parent.
class WorkerLink {
 public:
  explicit WorkerLink(int descriptor) : descriptor_(descriptor) {}
  void send(std::uint32_t type, const void* data, std::size_t bytes);
  /// Has the parent, or the user, asked to stop?
  [[nodiscard]] static bool stop_requested();

 private:
  int descriptor_;
};

/// Runs `work(worker index, link)` in `count` child processes, and `on_message(worker, type, data)`
/// here for every message, until all have ended. An exception in a child is rethrown here, as the
/// same member of the Error family, once the others have stopped; a child that dies is an Error.
/// SIGINT is passed on: children finish what they are at and return; `interrupted` is set.
void run_workers(
    int count, const std::function<void(int, WorkerLink&)>& work,
    const std::function<void(int, std::uint32_t, const std::vector<char>&)>& on_message,
    bool& interrupted);

}  // namespace neurram::session
