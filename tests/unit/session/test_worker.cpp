#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <numeric>

#include "models/base/error.h"
#include "models/session/worker.h"

using namespace neurram;
using session::run_workers;
using session::WorkerLink;

TEST_CASE("messages of any size arrive whole and in order") {
  std::vector<std::vector<std::size_t>> sizes(3);
  int wrong = 0;
  bool interrupted = false;
  run_workers(
      3,
      [](int worker, WorkerLink& link) {
        for (std::size_t n :
             {std::size_t{0}, std::size_t{1}, std::size_t{70000}, std::size_t{300000}}) {
          const std::vector<char> data(n, static_cast<char>('a' + worker));
          link.send(7, data.data(), data.size());
        }
      },
      [&](int worker, std::uint32_t type, const std::vector<char>& data) {
        sizes[static_cast<std::size_t>(worker)].push_back(data.size());
        wrong += type != 7;
        for (const char c : data) wrong += c != 'a' + worker;
      },
      interrupted);
  CHECK(wrong == 0);
  CHECK_FALSE(interrupted);
  for (const auto& s : sizes) CHECK(s == std::vector<std::size_t>{0, 1, 70000, 300000});
}

TEST_CASE("a worker's error keeps its kind; a worker that dies is one") {
  bool interrupted = false;
  const auto nothing = [](int, std::uint32_t, const std::vector<char>&) {};
  CHECK_THROWS_AS(run_workers(
                      2,
                      [](int w, WorkerLink&) {
                        if (w == 1) throw FileError("lost.bin: gone");
                      },
                      nothing, interrupted),
                  FileError);
  CHECK_THROWS_WITH(
      run_workers(
          1, [](int, WorkerLink&) { throw NetworkError("layer 'x'"); }, nothing, interrupted),
      "layer 'x'");
  CHECK_THROWS_WITH(run_workers(
                        1, [](int, WorkerLink&) { raise(SIGKILL); }, nothing, interrupted),
                    Catch::Contains("signal 9"));
}

TEST_CASE("an interrupt reaches the workers, which finish what they are at") {
  bool interrupted = false;
  int stopped = 0;
  run_workers(
      2,
      [](int, WorkerLink& link) {
        link.send(1, nullptr, 0);
        for (int i = 0; i < 1000 && !WorkerLink::stop_requested(); ++i) usleep(10000);
        link.send(2, nullptr, 0);
      },
      [&](int worker, std::uint32_t type, const std::vector<char>&) {
        if (type == 1 && worker == 0) kill(getpid(), SIGINT);
        stopped += type == 2;
      },
      interrupted);
  CHECK(interrupted);
  CHECK(stopped == 2);
}
