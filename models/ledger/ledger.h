#pragma once

#include <cstdint>
#include <vector>

#include "models/ledger/record.h"

namespace neurram::ledger {

/// Sums of the records of one layer.
struct Totals {
  std::int64_t commands = 0;
  std::int64_t operations = 0;
  std::int64_t vectors = 0;
  std::int64_t cycles = 0;
  Cost cost;

  void add(const Record& record);
  Totals& operator+=(const Totals& other);
};

/// Receives every record. Stores (SQLite, a timeline) are recorders.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void record(const Record& record) = 0;
};

/// Collects what commands cost: exact sums by layer, and whatever recorders are attached. Owned by
/// whoever owns the chip; adding a record allocates nothing once all layers are declared.
class Ledger {
 public:
  /// Declares layers 0 … count - 1.
  void set_layers(std::size_t count) { layers_.resize(count + 1); }
  /// Records that follow belong to this layer (kNone: to none).
  void set_layer(std::int32_t layer) { layer_ = layer; }
  [[nodiscard]] std::int32_t current_layer() const { return layer_; }
  void attach(Recorder* recorder) { recorders_.push_back(recorder); }
  void detach(Recorder* recorder);
  /// While paused, commands leave no trace (calibration probes).
  void pause(bool paused) { paused_ = paused; }

  /// Numbers the record, stamps it with the current layer, adds it up, hands it to the recorders.
  void add(Record record);

  [[nodiscard]] const Totals& layer(std::int32_t layer) const {
    return layers_.at(static_cast<std::size_t>(layer + 1));
  }
  [[nodiscard]] Totals total() const;
  [[nodiscard]] std::int64_t records() const { return next_id_; }
  void clear();

 private:
  std::vector<Totals> layers_ = std::vector<Totals>(1);  ///< [0] is "no layer"
  std::vector<Recorder*> recorders_;
  std::int64_t next_id_ = 0;
  std::int32_t layer_ = kNone;
  bool paused_ = false;
};

/// Keeps every record in memory; `reserve` records are taken without allocating.
class MemoryRecorder : public Recorder {
 public:
  explicit MemoryRecorder(std::size_t reserve = 0) { records_.reserve(reserve); }
  void record(const Record& record) override { records_.push_back(record); }
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  void clear() { records_.clear(); }

 private:
  std::vector<Record> records_;
};

}  // namespace neurram::ledger
