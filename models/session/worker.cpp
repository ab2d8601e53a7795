#include "models/session/worker.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "models/base/error.h"

namespace neurram::session {
namespace {

volatile std::sig_atomic_t stop_signal = 0;

constexpr int kExitInterrupted = 130;

/// The first asks to stop; a second one does not wait.
void on_signal(int) {
  if (stop_signal != 0) _exit(kExitInterrupted);
  stop_signal = 1;
}

/// Catches SIGINT and SIGTERM while it lives.
class SignalGuard {
 public:
  SignalGuard() {
    stop_signal = 0;
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, &old_interrupt_);
    sigaction(SIGTERM, &action, &old_terminate_);
  }
  ~SignalGuard() {
    sigaction(SIGINT, &old_interrupt_, nullptr);
    sigaction(SIGTERM, &old_terminate_, nullptr);
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

 private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
};

struct Header {
  std::uint32_t type;
  std::uint32_t reserved;
  std::uint64_t bytes;
};

/// Types of the machinery's own messages; the user's are below.
constexpr std::uint32_t kFailure = 0xFFFFFF00;  // + which member of the family
enum : std::uint32_t { kError, kConfigError, kFileError, kNetworkError, kUsageError, kInterrupted };

std::uint32_t family_of(const std::exception& e) {
  if (dynamic_cast<const ConfigError*>(&e) != nullptr) return kConfigError;
  if (dynamic_cast<const FileError*>(&e) != nullptr) return kFileError;
  if (dynamic_cast<const NetworkError*>(&e) != nullptr) return kNetworkError;
  if (dynamic_cast<const UsageError*>(&e) != nullptr) return kUsageError;
  if (dynamic_cast<const Interrupted*>(&e) != nullptr) return kInterrupted;
  return kError;
}

[[noreturn]] void rethrow(std::uint32_t family, const std::string& text) {
  switch (family) {
    case kConfigError:
      throw ConfigError(text);
    case kFileError:
      throw FileError(text);
    case kNetworkError:
      throw NetworkError(text);
    case kUsageError:
      throw UsageError(text);
    case kInterrupted:
      throw Interrupted();
    default:
      throw Error(text);
  }
}

[[noreturn]] void child_main(int index, int descriptor,
                             const std::function<void(int, WorkerLink&)>& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);  // a terminal's Ctrl-C would come to it twice: by itself and from the parent
  WorkerLink link(descriptor);
  int code = 0;
  try {
    work(index, link);
  } catch (const std::exception& e) {
    link.send(kFailure + family_of(e), e.what(), std::strlen(e.what()));
    code = 2;
  }
  // The parent's exit handlers and buffers are not this process's to run or flush.
  _exit(code);
}

struct Child {
  pid_t pid = -1;
  int descriptor = -1;
  std::vector<char> buffer;
  bool open = true;
};

/// Splits complete messages off the front of a child's buffer.
template <class Visit>
void take_messages(Child& child, Visit visit) {
  std::size_t at = 0;
  while (child.buffer.size() - at >= sizeof(Header)) {
    Header header;
    std::memcpy(&header, child.buffer.data() + at, sizeof header);
    if (child.buffer.size() - at < sizeof header + header.bytes) break;
    const char* data = child.buffer.data() + at + sizeof header;
    visit(header.type, std::vector<char>(data, data + header.bytes));
    at += sizeof header + header.bytes;
  }
  child.buffer.erase(child.buffer.begin(), child.buffer.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Reads what is there; false at the end of the stream.
bool read_available(Child& child) {
  char block[1 << 16];
  const ssize_t got = read(child.descriptor, block, sizeof block);
  if (got > 0) child.buffer.insert(child.buffer.end(), block, block + got);
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

}  // namespace

void WorkerLink::send(std::uint32_t type, const void* data, std::size_t bytes) {
  const Header header{type, 0, bytes};
  const auto put = [this](const void* from, std::size_t n) {
    const char* at = static_cast<const char*>(from);
    while (n > 0) {
      const ssize_t written = write(descriptor_, at, n);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) _exit(1);  // the parent has gone
      at += written;
      n -= static_cast<std::size_t>(written);
    }
  };
  put(&header, sizeof header);
  put(data, bytes);
}

bool WorkerLink::stop_requested() {
  return stop_signal != 0;
}

void run_workers(
    int count, const std::function<void(int, WorkerLink&)>& work,
    const std::function<void(int, std::uint32_t, const std::vector<char>&)>& on_message,
    bool& interrupted) {
  const SignalGuard guard;
  std::fflush(nullptr);  // or children would print what is still buffered
  std::vector<Child> children(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    int ends[2];
    if (pipe(ends) != 0)
      throw Error(std::string("cannot start a worker process: ") + std::strerror(errno));
    const pid_t pid = fork();
    if (pid < 0) throw Error(std::string("cannot start a worker process: ") + std::strerror(errno));
    if (pid == 0) {
      close(ends[0]);
      child_main(i, ends[1], work);
    }
    close(ends[1]);
    children[static_cast<std::size_t>(i)].pid = pid;
    children[static_cast<std::size_t>(i)].descriptor = ends[0];
  }

  bool failed = false;
  std::uint32_t family = kError;
  std::string failure;
  bool forwarded = false;
  const auto signal_all = [&children] {
    for (const Child& child : children) {
      if (child.open) kill(child.pid, SIGINT);
    }
  };
  for (int open = count; open > 0;) {
    if (stop_signal != 0 && !forwarded) {
      forwarded = true;
      interrupted = true;
      signal_all();
    }
    std::vector<pollfd> waiting;
    for (const Child& child : children)
      waiting.push_back({child.open ? child.descriptor : -1, POLLIN, 0});
    constexpr int kPatience_ms = 200;
    poll(waiting.data(), waiting.size(), kPatience_ms);
    for (std::size_t i = 0; i < children.size(); ++i) {
      if ((waiting[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      Child& child = children[i];
      const bool more = read_available(child);
      take_messages(child, [&](std::uint32_t type, const std::vector<char>& data) {
        if (type < kFailure) return on_message(static_cast<int>(i), type, data);
        if (failed) return;
        failed = true;
        family = type - kFailure;
        failure.assign(data.begin(), data.end());
        signal_all();
      });
      if (more) continue;
      close(child.descriptor);
      child.open = false;
      --open;
      int status = 0;
      while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
      }
      if (!failed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        failed = true;
        failure = "a worker process died" +
                  (WIFSIGNALED(status) ? " of signal " + std::to_string(WTERMSIG(status))
                                       : std::string()) +
                  (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? " (out of memory?)" : "");
        signal_all();
      }
    }
  }
  if (failed) rethrow(family, failure);
}

}  // namespace neurram::session
