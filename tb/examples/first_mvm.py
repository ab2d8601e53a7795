#!/usr/bin/env python3
"""The first product: program weights into a core, send vectors through, read codes back, and see what it cost.

    python3 first_mvm.py
"""
import argparse

import numpy

import neurram

G_MIN, G_MAX = 1e-6, 40e-6  # siemens


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of weights, vectors and the chip")
    arguments = parser.parse_args()
    random = numpy.random.default_rng(arguments.seed)
    weights = random.normal(0, 0.3, (64, 16)).clip(-1, 1)
    vectors = random.integers(-7, 8, (200, 64)).astype(numpy.int8)

    # A weight is a pair of cells in neighbouring rows, of which one conducts.
    targets = numpy.full((128, 16), G_MIN)
    targets[0::2] = numpy.maximum(weights * G_MAX, G_MIN)
    targets[1::2] = numpy.maximum(-weights * G_MAX, G_MIN)

    chip = neurram.Chip(neurram.Config.load(seed=arguments.seed))
    chip.rails[0] = neurram.RailSet(v_decrement_plus_v=0.008, v_decrement_minus_v=0.008)
    core = chip.core(0)
    core.power_on()
    failed = core.program(targets)
    core.configure_slot(0, rows=slice(0, 128), columns=slice(0, 16), input_bits=4, output_bits=8)
    codes = core.mvm(vectors)

    # The lines float to a weighted mean: the product over the sum of a column's conductances.
    expected = vectors @ (targets[0::2] - targets[1::2]) / targets.sum(axis=0)
    correlation = numpy.corrcoef(expected.ravel(), codes.ravel())[0, 1]
    print(f"{failed} of {targets.size} cells outside their tolerance")
    print("first vector, expected:", *(f"{value:7.3f}" for value in expected[0, :6]))
    print("first vector, codes:   ", *(f"{code:7d}" for code in codes[0, :6]))
    print(f"correlation of {codes.size} results: {correlation:.4f}")

    ledger = chip.ledger
    energy = ledger.filter(like="energy_").sum(axis=1).groupby(ledger.kind, observed=True).sum() * 1e-15
    for kind, joules in energy.items():
        print(f"{kind:<10} {joules * 1e9:12.2f} nJ")


if __name__ == "__main__":
    main()
