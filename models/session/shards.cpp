#include "models/session/shards.h"

#include <algorithm>
#include <cstring>

#include "models/session/session.h"
#include "models/session/worker.h"

namespace neurram::session {
namespace {

enum Message : std::uint32_t { kBatch, kLayers, kPowered, kRecords, kTimes };

/// Head of a kBatch message; the outputs follow.
struct BatchHead {
  std::uint64_t first;
  std::uint64_t count;
};

struct Times {
  std::int64_t simulated_ps;
  std::int64_t latency_ps;
};

/// Batches [first, last) of one worker.
struct Shard {
  std::size_t first;
  std::size_t last;
};

Shard shard_of(std::size_t batches, int worker, int workers) {
  const auto w = static_cast<std::size_t>(worker);
  const auto n = static_cast<std::size_t>(workers);
  return {batches * w / n, batches * (w + 1) / n};
}

template <class T>
std::vector<T> array_of(const std::vector<char>& bytes) {
  std::vector<T> items(bytes.size() / sizeof(T));
  std::memcpy(items.data(), bytes.data(), items.size() * sizeof(T));
  return items;
}

void run_shard(const RunRequest& request, Shard shard, bool measures_latency, WorkerLink& link) {
  Session session(*request.config);
  session.load(*request.deployment);
  ledger::MemoryRecorder recorder;
  Times times{};
  if (measures_latency && request.count > 0) times.latency_ps = session.latency_ps(*request.images);
  if (request.keep_records) session.ledger().attach(&recorder);
  std::vector<std::int64_t> powered;
  std::vector<char> message;
  const auto batch = static_cast<std::size_t>(request.config->run.batch);
  for (std::size_t b = shard.first; b < shard.last && !WorkerLink::stop_requested(); ++b) {
    const std::size_t first = b * batch;
    const std::size_t count = std::min(batch, request.count - first);
    const Session::Stretch stretch = session.run(*request.images, first, count);
    times.simulated_ps += stretch.simulated_ps;
    powered.resize(stretch.powered_ps.size());
    for (std::size_t c = 0; c < powered.size(); ++c) powered[c] += stretch.powered_ps[c];
    const BatchHead head{first, count};
    message.resize(sizeof head + stretch.outputs.size() * sizeof(float));
    std::memcpy(message.data(), &head, sizeof head);
    std::memcpy(message.data() + sizeof head, stretch.outputs.data(),
                stretch.outputs.size() * sizeof(float));
    link.send(kBatch, message.data(), message.size());
  }
  std::vector<ledger::Totals> layers;
  for (std::size_t l = 0; l <= request.deployment->graph.nodes.size(); ++l) {
    layers.push_back(session.ledger().layer(static_cast<std::int32_t>(l)));
  }
  link.send(kLayers, layers.data(), layers.size() * sizeof layers.front());
  link.send(kPowered, powered.data(), powered.size() * sizeof(std::int64_t));
  link.send(kRecords, recorder.records().data(),
            recorder.records().size() * sizeof(ledger::Record));
  link.send(kTimes, &times, sizeof times);
}

/// Puts together what the workers send.
class Merge {
 public:
  Merge(const RunRequest& request, int workers)
      : request_(request),
        outputs_(request.deployment->graph.nodes.back().shape.size()),
        records_(static_cast<std::size_t>(workers)),
        simulated_ps_(static_cast<std::size_t>(workers), 0) {
    result_.outputs.assign(request.count * outputs_, 0.0f);
    result_.done.assign(request.count, 0);
    result_.layers.resize(request.deployment->graph.nodes.size() + 1);
  }

  void take(int worker, std::uint32_t type, const std::vector<char>& data) {
    const auto w = static_cast<std::size_t>(worker);
    switch (type) {
      case kBatch:
        return take_batch(data);
      case kLayers: {
        const auto layers = array_of<ledger::Totals>(data);
        for (std::size_t l = 0; l < layers.size(); ++l) result_.layers[l] += layers[l];
        return;
      }
      case kPowered: {
        const auto powered = array_of<std::int64_t>(data);
        result_.powered_ps.resize(std::max(result_.powered_ps.size(), powered.size()));
        for (std::size_t c = 0; c < powered.size(); ++c) result_.powered_ps[c] += powered[c];
        return;
      }
      case kRecords:
        records_[w] = array_of<ledger::Record>(data);
        return;
      default: {
        const Times times = array_of<Times>(data).front();
        simulated_ps_[w] = times.simulated_ps;
        result_.simulated_ps += times.simulated_ps;
        result_.latency_ps = std::max(result_.latency_ps, times.latency_ps);
      }
    }
  }

  RunResult finish(bool interrupted) {
    result_.complete = !interrupted && result_.images == request_.count;
    // One chip would have done the shards one after the other: its clock and its numbers go on from
    // each to the next.
    std::int64_t offset_ps = 0;
    std::int64_t id = 0;
    std::int32_t groups = 0;
    for (std::size_t w = 0; w < records_.size(); ++w) {
      const std::int64_t begin_ps = records_[w].empty() ? 0 : records_[w].front().start_ps;
      const std::int32_t first_group = lowest_group(records_[w]);
      std::int32_t last_group = first_group - 1;
      for (ledger::Record& record : records_[w]) {
        record.id = id++;
        record.start_ps += offset_ps - begin_ps;
        record.end_ps += offset_ps - begin_ps;
        if (record.group != ledger::kNone) {
          last_group = std::max(last_group, record.group);
          record.group += groups - first_group;
        }
        result_.records.push_back(record);
      }
      groups += last_group - first_group + 1;
      offset_ps += simulated_ps_[w];
    }
    return std::move(result_);
  }

 private:
  void take_batch(const std::vector<char>& data) {
    BatchHead head;
    std::memcpy(&head, data.data(), sizeof head);
    std::memcpy(result_.outputs.data() + head.first * outputs_, data.data() + sizeof head,
                data.size() - sizeof head);
    for (std::size_t i = head.first; i < head.first + head.count; ++i) {
      result_.done[i] = 1;
      result_.correct +=
          request_.labels != nullptr && predicted(i) == (*request_.labels)[i] ? 1 : 0;
    }
    result_.images += head.count;
    if (request_.progress) request_.progress(result_.images, result_.correct);
  }

  /// Number of the first group start among the records, 0 without any.
  static std::int32_t lowest_group(const std::vector<ledger::Record>& records) {
    const auto first = std::find_if(records.begin(), records.end(),
                                    [](const auto& r) { return r.group != ledger::kNone; });
    return first == records.end() ? 0 : first->group;
  }

  [[nodiscard]] std::size_t predicted(std::size_t image) const {
    const float* scores = result_.outputs.data() + image * outputs_;
    if (outputs_ == 1) return static_cast<std::size_t>(scores[0]);
    return static_cast<std::size_t>(std::max_element(scores, scores + outputs_) - scores);
  }

  const RunRequest& request_;
  std::size_t outputs_;
  RunResult result_;
  std::vector<std::vector<ledger::Record>> records_;
  std::vector<std::int64_t> simulated_ps_;
};

}  // namespace

RunResult run_shards(const RunRequest& request) {
  const auto batch = static_cast<std::size_t>(request.config->run.batch);
  const std::size_t batches = (request.count + batch - 1) / batch;
  const int workers =
      static_cast<int>(std::clamp<std::size_t>(batches, 1, static_cast<std::size_t>(request.jobs)));
  Merge merge(request, workers);
  bool interrupted = false;
  run_workers(
      workers,
      [&](int worker, WorkerLink& link) {
        run_shard(request, shard_of(batches, worker, workers), worker == 0, link);
      },
      [&](int worker, std::uint32_t type, const std::vector<char>& data) {
        merge.take(worker, type, data);
      },
      interrupted);
  return merge.finish(interrupted);
}

}  // namespace neurram::session
