"""What a run's numbers promise: the same bits however it is cut up, and sums that add up everywhere."""
import re
import unittest

from tool import AppTest, Run, without_wall_time

# A unary conversion ends when the last neuron flips: its energy and time depend on every code.
UNARY = ("--chip", "neurram-deployed")
# What must not depend on batch, processes or order: everything that vectors do and cost.
PER_VECTOR = ("SUM(vectors), SUM(cycles), SUM(energy_word_lines), SUM(energy_drive), SUM(energy_neurons), "
              "SUM(energy_conversion), SUM(energy_control), SUM(energy_io), SUM(time_initialise), SUM(time_sample), "
              "SUM(time_integrate), SUM(time_convert), SUM(time_wait)")


class SameBits(AppTest):
    def per_vector(self, run: Run) -> list[tuple]:
        return run.total(f"layer, kind, {PER_VECTOR}", "kind IN ('operation', 'burst_in', 'burst_out') GROUP BY layer, kind")

    def check_against_each_other(self, runs: dict[str, Run], keys: tuple[str, ...]) -> None:
        first_name, first = next(iter(runs.items()))
        for name, run in runs.items():
            for key in keys:
                self.assertEqual(run.summary[key], first.summary[key], f"{key} of {name} and {first_name}")
            self.assertEqual(self.per_vector(run), self.per_vector(first), f"ledgers of {name} and {first_name}")

    def test_twice_and_by_two_processes(self):
        common = (*UNARY, "--images", 70, "--seed", 3)
        jobs = {"one": 1, "again": 1, "two processes": 2, "three processes": 3}
        runs = {name: self.run_app(name, *common, "--jobs", n) for name, n in jobs.items()}
        first = without_wall_time(runs["one"].summary)
        for name, run in runs.items():
            self.assertEqual(without_wall_time(run.summary), first, name)
        ledgers = {name: run.total("*") for name, run in runs.items()}
        for name, ledger in ledgers.items():
            self.assertEqual(ledger, ledgers["one"], f"records of {name}")

    def test_batches(self):
        runs = {f"batch {b}": self.run_app(f"b{b}", *UNARY, "--images", 70, "--set", f"run.batch={b}")
                for b in (64, 1, 7, 32)}
        self.check_against_each_other(runs, ("images", "correct", "accuracy", "tops_per_w"))

    def test_batches_of_binary_search(self):
        runs = {f"batch {b}": self.run_app(f"b{b}", "--images", 33, "--set", f"run.batch={b}") for b in (32, 5)}
        self.check_against_each_other(runs, ("images", "correct", "accuracy", "tops_per_w"))

    def test_a_prefix_is_a_prefix(self):
        """The first images of a longer run cost what a shorter run costs."""
        small = self.run_app("small", *UNARY, "--images", 32)
        large = self.run_app("large", *UNARY, "--images", 64)
        columns = "start, kind, core, vectors, cycles, operation_id, energy_conversion"
        count = len(small.total("id"))
        self.assertEqual(large.total(columns)[:count], small.total(columns))

    def test_seeds(self):
        common = (*UNARY, "--images", 20)
        one = self.run_app("one", *common)
        other_run = self.run_app("run", *common, "--set", "seed.run=2")
        other_device = self.run_app("device", *common, "--set", "seed.device=2")
        conversion = {name: run.summary["energy_by_component_j"]["conversion"]
                      for name, run in (("one", one), ("run", other_run), ("device", other_device))}
        self.assertEqual(len(set(conversion.values())), 3, conversion)
        self.assertEqual(other_run.summary["setup"]["energy_j"], one.summary["setup"]["energy_j"])
        self.assertEqual(self.run_app("both", *common, "--seed", 2).summary["seed"], {"device": 2, "run": 2})

    def test_without_noise_the_seed_of_the_run_changes_nothing(self):
        quiet = [f"--set=chip.core.{switch}=false" for switch in
                 ("device.read_noise", "neuron.ktc_noise", "neuron.comparator_noise")]
        one, other = (self.run_app(f"seed{seed}", *UNARY, "--images", 20, *quiet, "--set", f"seed.run={seed}")
                      for seed in (1, 2))
        self.assertEqual(self.per_vector(one), self.per_vector(other))


class Sums(AppTest):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.tool("run", "mnist", "--images", 50, "--quiet", "--out", cls.work / "run").check_returncode()
        cls.run_ = Run(cls.work / "run")

    def assertClose(self, a: float, b: float, what: str) -> None:
        self.assertLessEqual(abs(a - b), 1e-9 * max(abs(a), abs(b)), f"{what}: {a} and {b}")

    def test_fields(self):
        wanted = {"schema", "app", "images", "correct", "accuracy", "metric", "complete", "seed", "level", "fabric",
                  "setup", "energy_j", "latency_s", "interval_s", "core_s", "io_s", "simulated_s", "wall_s", "tops_per_w",
                  "tops_per_w_peak", "area_mm2", "area_by_component_mm2", "energy_by_component_j", "time_by_phase_s",
                  "layers", "config_sha256", "tool_version"}
        self.assertEqual(wanted - set(self.run_.summary), set())
        files = {"run.toml", "summary.json", "ledger.sqlite", "log.txt"}
        self.assertEqual(files - {f.name for f in self.run_.folder.iterdir()}, set())

    def test_summary(self):
        s = self.run_.summary
        energy = s["energy_j"] * s["images"]
        self.assertClose(sum(s["energy_by_component_j"].values()), energy, "energy by component")
        self.assertClose(sum(layer["energy_j"] for layer in s["layers"]), energy, "energy by layer")
        self.assertClose(sum(s["time_by_phase_s"].values()), s["simulated_s"], "time by phase")
        self.assertClose(s["interval_s"] * s["images"], s["simulated_s"], "interval")
        self.assertClose(sum(s["area_by_component_mm2"].values()), s["area_mm2"], "area")
        self.assertEqual(s["accuracy"], s["correct"] / s["images"])
        self.assertTrue(s["metric"]["low"] <= s["accuracy"] <= s["metric"]["high"])
        cores = sum(s["time_by_phase_s"][p] for p in
                    ("rails", "initialise", "sample", "integrate", "convert", "wait"))
        self.assertClose(s["core_s"] * s["images"], cores, "time in cores")
        self.assertClose(s["io_s"] * s["images"], s["time_by_phase_s"]["io"], "time of transfers")
        self.assertGreater(s["setup"]["energy_j"], 0)

    def test_ledger_by_component_and_phase(self):
        s = self.run_.summary
        for column in self.run_.columns("energy_"):
            component = column.removeprefix("energy_")
            if component != "idle":  # leakage belongs to no command
                ((femtojoules,),) = self.run_.total(f"SUM({column})")
                self.assertClose(femtojoules * 1e-15, s["energy_by_component_j"][component], column)
        for column in self.run_.columns("time_"):
            phase = column.removeprefix("time_")
            if phase != "control":  # nor does register traffic
                ((picoseconds,),) = self.run_.total(f"SUM({column})")
                self.assertClose(picoseconds * 1e-12, s["time_by_phase_s"][phase], column)

    def test_ledger_by_layer(self):
        total = " + ".join(f"SUM({c})" for c in self.run_.columns("energy_"))
        rows = self.run_.total(f"(SELECT name FROM layer WHERE \"index\" = layer), {total}, "
                               "SUM(CASE kind WHEN 'operation' THEN vectors ELSE 0 END)", "1 GROUP BY layer")
        by_name = {name: (energy, vectors) for name, energy, vectors in rows if name}
        for layer in self.run_.summary["layers"]:
            if layer["name"] == "idle":
                continue
            energy, vectors = by_name[layer["name"]]
            self.assertClose(energy * 1e-15, layer["energy_j"], layer["name"])
            self.assertEqual(vectors, layer["mvms"])
            self.assertEqual(layer["mvms"] % max(layer["vectors"], 1), 0)

    def test_records_in_order(self):
        rows = self.run_.total("id, start, end")
        self.assertEqual([row[0] for row in rows], list(range(len(rows))))
        self.assertTrue(all(start <= end for _, start, end in rows))
        self.assertLessEqual(max(end for _, _, end in rows), self.run_.summary["simulated_s"] * 1e12 + 1)

    def test_ideal_fabric(self):
        ideal = self.run_app("ideal", "--images", 50, "--set", "chip.fabric.kind=ideal").summary
        self.assertEqual(ideal["io_s"], 0)
        self.assertEqual(ideal["energy_by_component_j"]["io"], 0)
        for key in ("correct", "core_s", "tops_per_w"):
            self.assertEqual(ideal[key], self.run_.summary[key], f"{key} is the cores' own")
        self.assertLess(ideal["latency_s"], self.run_.summary["latency_s"])


class Trace(AppTest):
    def test_waves_beside_the_run(self):
        options = ("--images", 6, "--set", "run.batch=4")
        plain = self.run_app("plain", *options)
        traced = self.run_app("traced", *options, "--trace", "--trace-images", 3)
        self.assertEqual(without_wall_time(traced.summary), without_wall_time(plain.summary))
        self.assertEqual(traced.total("*"), plain.total("*"))
        self.assertFalse((plain.folder / "wave.fst").exists())
        self.assertTrue((traced.folder / "wave.fst").exists())

        # The chip's own energy has risen to what three images of the ledger cost, one by one.
        alone = self.run_app("alone", "--images", 3, "--set", "run.batch=1")
        total = " + ".join(f"SUM({c})" for c in alone.columns("energy_"))
        ((femtojoules,),) = alone.total(total)
        vcd = self.path("wave.vcd")
        self.done("trace", traced.folder, "--images", 3, "--out", vcd, "--quiet")
        header, _, body = vcd.read_text().partition("$enddefinitions $end")
        symbol = re.search(r"\$scope module chip \$end.*?\$var real 64 (\S+) energy_uj \$end", header, re.DOTALL)[1]
        last = re.findall(rf"^r(\S+) {re.escape(symbol)}$", body, re.MULTILINE)[-1]
        self.assertAlmostEqual(float(last), femtojoules * 1e-9, delta=1e-6 * femtojoules * 1e-9)
        times = [int(t) for t in re.findall(r"^#(\d+)$", body, re.MULTILINE)]
        self.assertEqual(times, sorted(set(times)))
        self.assertLessEqual(times[-1], alone.summary["simulated_s"] * 1e12 + 1)

    def test_more_images_than_there_are(self):
        self.refuses("run", "mnist", "--trace", "--trace-images", "0", "--out", self.path("out"), says="--trace-images")
        run = self.run_app("run", "--images", 1, "--trace", "--trace-images", 50)
        self.assertTrue((run.folder / "wave.fst").exists())


class Again(AppTest):
    def test_run_toml_gives_the_run_again(self):
        first = self.run_app("first", *UNARY, "--images", 20, "--seed", 7, "--set", "chip.core[3].neuron.offset=false",
                             "--set", "run.batch=5", "--set", "calibration.vectors=2000")
        again = self.run_app("again", "--images", 20, "--config", first.folder / "run.toml")
        self.assertEqual(without_wall_time(again.summary), without_wall_time(first.summary))
        self.assertEqual((again.folder / "run.toml").read_text(), (first.folder / "run.toml").read_text())

    def test_own_core_differs(self):
        """One core's own value changes that core's layer and no other."""
        plain = self.run_app("plain", "--images", 4)
        gated = self.run_app("gated", "--images", 4, "--set", "chip.core[1].energy.neuron_gating=true")
        for a, b in zip(plain.summary["layers"], gated.summary["layers"]):
            (self.assertLess if 1 in a["cores"] else self.assertEqual)(b["energy_j"], a["energy_j"], a["name"])


if __name__ == "__main__":
    unittest.main()
