#pragma once

#include <functional>

#include <tlm>

namespace neurram::core {

/// Joins an initiator to a target inside the chip. A test gives one that puts a monitor in between.
using Binder =
    std::function<void(tlm::tlm_initiator_socket<>& initiator, tlm::tlm_target_socket<>& target)>;

/// The two, directly.
inline void bind_directly(tlm::tlm_initiator_socket<>& initiator,
                          tlm::tlm_target_socket<>& target) {
  initiator.bind(target);
}

}  // namespace neurram::core
