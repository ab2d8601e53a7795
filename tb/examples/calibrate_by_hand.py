#!/usr/bin/env python3
"""Calibrate by hand: choose the decrement step, fit slope and offset of every column, and see the error fall.

    python3 calibrate_by_hand.py
"""
import argparse

import numpy

import neurram

G_MIN, G_MAX = 1e-6, 40e-6  # siemens
OUTPUT_BITS = 8
LARGEST = 2 ** (OUTPUT_BITS - 1) - 1


def values_of(codes: numpy.ndarray) -> numpy.ndarray:
    """What codes stand for, in decrement steps: sign * (count - 1/2)."""
    return codes - numpy.sign(codes) * 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vectors", type=int, default=400, help="vectors to calibrate on, and as many to check")
    arguments = parser.parse_args()
    random = numpy.random.default_rng(4)
    weights = random.normal(0, 0.3, (100, 32)).clip(-1, 1) * numpy.linspace(0.2, 1, 32)
    vectors = random.integers(-7, 8, (2 * arguments.vectors, 100)).astype(numpy.int8)
    expected = vectors @ weights

    chip = neurram.Chip()
    core = chip.core(0)
    core.power_on()
    targets = numpy.full((200, 32), G_MIN)
    targets[0::2] = numpy.maximum(weights * G_MAX, G_MIN)
    targets[1::2] = numpy.maximum(-weights * G_MAX, G_MIN)
    core.program(targets)
    core.configure_slot(0, rows=slice(0, 200), columns=slice(0, 32), input_bits=4, output_bits=OUTPUT_BITS)

    # The smallest step that clips hardly any result.
    known = slice(0, arguments.vectors)
    step_v = 0.1
    while step_v > 0.001:
        smaller = step_v / 1.25
        chip.rails[0] = neurram.RailSet(v_decrement_plus_v=smaller, v_decrement_minus_v=smaller)
        if (abs(core.mvm(vectors[known])) >= LARGEST).mean() > 1e-3:
            break
        step_v = smaller
    chip.rails[0] = neurram.RailSet(v_decrement_plus_v=step_v, v_decrement_minus_v=step_v)
    print(f"decrement step {step_v * 1e3:.2f} mV")

    def report(name: str, found: numpy.ndarray) -> None:
        error = found[arguments.vectors:] - expected[arguments.vectors:]
        print(f"{name:<28} error {100 * error.std() / expected.std():5.2f} % of the results' spread")

    steps = values_of(core.mvm(vectors))
    one_slope = (steps[known] * expected[known]).sum() / (expected[known] ** 2).sum()
    report("one slope for all", steps / one_slope)
    slope = numpy.empty(32)
    offset = numpy.empty(32)
    for column in range(32):
        slope[column], offset[column] = numpy.polyfit(expected[known, column], steps[known, column], 1)
    report("slope and offset by column", (steps - offset) / slope)


if __name__ == "__main__":
    main()
