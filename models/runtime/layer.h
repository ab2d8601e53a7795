#pragma once

#include <cstdint>
#include <vector>

#include "models/mapper/deployment.h"
#include "models/runtime/digital.h"
#include "models/runtime/host.h"

namespace neurram::runtime {

/// One matrix node on the chip: its operations, how their vectors are cut from the input, and how
/// their codes become sums.
class MatrixLayer {
 public:
  /// `deployment` outlives the layer. Inputs of more magnitude bits than `two_phase_above` are
  /// converted in two phases, whose codes are whole steps.
  MatrixLayer(const mapper::Deployment& deployment, int node, int two_phase_above);

  [[nodiscard]] int node() const { return node_; }
  [[nodiscard]] std::size_t positions() const { return positions_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  /// One use of a segment: an operation of the deployment, and how its vectors are cut and its
  /// codes read.
  struct Member {
    int operation;  ///< index in the deployment
    WindowRuns runs;
    std::size_t inputs;         ///< codes of a vector, bias rows included
    std::vector<float> factor;  ///< sum units per code value, by column
    std::vector<float> term;
  };
  /// Operations that start together.
  using Group = std::vector<Member>;
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  /// Operations beside the chip for one image: additions and products of partial sums, then the
  /// post-operation.
  [[nodiscard]] std::int64_t digital_operations() const;

  /// Takes calibration and rails anew from the deployment.
  void refresh();

  /// Pads a batch's input codes; vectors are cut from this until the next call.
  void set_input(const std::uint8_t* codes, std::size_t images);

  /// Runs one group on vectors [first, first + count) of the batch (vector = image · positions +
  /// position); `first_id` is the first one's operation id.
  void run_group(neurram_chip& chip, std::size_t group, std::size_t first, std::size_t count,
                 std::uint64_t first_id);
  /// Codes of a member of that group, [count x segment columns]; valid until the next run_group().
  [[nodiscard]] const std::vector<std::int16_t>& result(std::size_t member) const {
    return results_[member];
  }
  /// Most vectors that one start of a group takes.
  [[nodiscard]] std::size_t max_vectors(std::size_t group) const;

  /// Is the input converted in two phases?
  [[nodiscard]] bool two_phase() const { return two_phase_; }

  /// The same for all groups, summed up and finished: writes codes or values of the vectors.
  void run(neurram_chip& chip, std::size_t images, std::uint64_t first_image, std::uint64_t id_base,
           Activations& out);

  /// Cuts vectors [first, first + count) of the batch for one operation: [count x member.inputs]
  /// codes.
  void gather(const Member& member, std::size_t first, std::size_t count, std::uint8_t* out) const;

 private:
  [[nodiscard]] const mapper::Segment& segment(const Member& member) const;
  void run_chunk(neurram_chip& chip, std::size_t first, std::size_t count, std::uint64_t first_id,
                 float* sums);

  const mapper::Deployment& deployment_;
  int node_;
  std::size_t positions_;
  std::size_t columns_;
  std::uint8_t bias_code_;
  bool two_phase_;
  mapper::Shape input_shape_;
  std::vector<Group> groups_;
  std::vector<std::uint8_t> padded_;
  std::vector<std::vector<std::uint8_t>> codes_;  ///< by member of the running group
  std::vector<std::vector<std::int16_t>> results_;
  std::vector<float> sums_;
};

/// Input node (index) of a matrix node.
[[nodiscard]] int input_of(const mapper::Graph& graph, int node);

}  // namespace neurram::runtime
