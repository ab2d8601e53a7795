"""Configuration from outside: what is refused and how, dumps that read back, fields that explain themselves."""
import json
import tomllib
import unittest

from tool import AppTest


class Mistakes(AppTest):
    def refuses_file(self, text: str, *says: str) -> None:
        file = self.path("my.toml")
        file.write_text(text)
        for command in (["config"], ["map", "mnist"], ["run", "mnist", "--out", self.path("out")]):
            self.refuses(*command, "--config", file, says=says)

    def test_unknown_key(self):
        self.refuses_file("# mine\n[run]\nbach = 3\n", "my.toml:3:1", "run.bach", "run.batch")

    def test_unknown_table(self):
        self.refuses_file("[chip.core.neurn]\nc_sample_f = 1e-14\n", "my.toml:1", "chip.core.neurn")

    def test_wrong_type(self):
        self.refuses_file('[run]\n\nbatch = "many"\n', "my.toml:3:9", "run.batch", "many")
        self.refuses_file("[chip.core.device]\nrelaxation = 1\n", "my.toml:2", "chip.core.device.relaxation")

    def test_out_of_range(self):
        self.refuses_file("[run]\nbatch = 0\n", "my.toml:2", "run.batch", "1 to 4096")
        self.refuses_file("[calibration]\nv_read_v = 5\n", "my.toml:2", "calibration.v_read_v", "V")

    def test_unknown_choice(self):
        self.refuses_file('[chip.fabric]\nkind = "chian"\n', "my.toml:2", "chip.fabric.kind", "did you mean chain")

    def test_core_that_does_not_exist(self):
        self.refuses_file("[chip.core.48.neuron]\noffset = false\n", "my.toml", "core", "48")

    def test_no_toml(self):
        self.refuses_file("[chip\nrows = 8\n", "my.toml:1")
        self.refuses_file("[run]\nbatch = 1\nbatch = 2\n", "my.toml:3")

    def test_missing_files(self):
        self.refuses("config", "--config", "nowhere.toml", says="nowhere.toml")
        self.refuses("config", "--config", self.work, says=str(self.work))
        self.refuses("config", "--chip", "no-such-chip", says="no-such-chip")

    def test_set(self):
        for text, says in {"run.bach=3": ["run.bach", "run.batch"], "run.batch": ["run.batch"],
                           "run.batch=": ["run.batch"], "run.batch=0": ["run.batch", "4096"],
                           "chip.core[48].neuron.offset=false": ["48"], "=3": ["=3"],
                           "chip.core.device.kind=valve": ["valve", "statistical"]}.items():
            with self.subTest(text):
                self.refuses("run", "mnist", "--set", text, "--out", self.path("out"), says=says)

    def test_command_line(self):
        run = ["run", "mnist", "--out", self.path("out")]
        self.refuses(*run, "--level", "quantum", says="quantum")
        self.refuses(*run, "--seed", "-1", says=["--seed", "-1"])
        self.refuses(*run, "--seed", "9999999999999999999", says="--seed")
        self.refuses(*run, "--jobs", "0", says="--jobs")
        self.refuses(*run, "--frobnicate", says="--frobnicate")
        self.refuses(*run, "stray", says="stray")
        self.refuses("run", "mnist", "--out", says="--out")
        self.refuses("frobnicate", says=["frobnicate", "compile"])
        self.refuses(says="command")


class Fields(AppTest):
    def test_every_field_explains_itself(self):
        fields = json.loads(self.done("config", "--json"))
        self.assertGreater(len(fields), 90)
        for name, field in fields.items():
            with self.subTest(name):
                self.assertGreater(len(field["text"]), 4)
                self.assertIn(field["affects"], ("deployment", "run"))
                if field["kind"] in ("number", "integer"):
                    self.assertTrue(field["unit"])
                    self.assertLess(field["low"], field["high"])
                    self.assertTrue(field["low"] <= field["default"] <= field["high"])
                elif field["kind"] == "choice":
                    self.assertIn(field["default"], field["choices"])
                else:
                    self.assertIn(field["kind"], ("flag", "text"))

    def test_dump_reads_back(self):
        options = ["--chip", "neurram-deployed", "--set", "chip.core[7].neuron.offset=false", "--seed", "5"]
        dump = self.done("config", "mnist", "--dump", *options)
        first = tomllib.loads(dump)
        self.assertEqual(first["seed"], {"device": 5, "run": 5})
        self.assertEqual(first["scheme"]["conversion"], "unary")
        file = self.path("dump.toml")
        file.write_text(dump)
        self.assertEqual(self.done("config", "--dump", "--config", file), dump)

    def test_dump_made_without_an_app(self):
        file = self.path("dump.toml")
        file.write_text(self.done("config", "--dump"))
        self.assertEqual(self.done("config", "mnist", "--config", file), self.done("config", "mnist"))
        self.done("run", "mnist", "--config", file, "--images", "2", "--quiet", "--out", self.path("out"))

    def test_order(self):
        file = self.path("my.toml")
        file.write_text("[run]\nbatch = 16\n[chip.fabric]\nkind = 'ideal'\n")
        dump = tomllib.loads(self.done("config", "mnist", "--config", file, "--set", "run.batch=8"))
        self.assertEqual(dump["run"]["batch"], 8, "--set is laid over files")
        self.assertEqual(dump["chip"]["fabric"]["kind"], "ideal")
        self.assertEqual(dump["app"]["name"], "mnist", "an option of one value takes no more")


class Words(AppTest):
    def test_help(self):
        for command in ("run", "compile", "map", "crossbar", "info", "config"):
            text = self.done(command, "--help")
            self.assertIn(f"neurram {command}", text, "an example")
            for option in ("--config", "--set", "--seed", "--json", "--quiet"):
                self.assertIn(option, text)
        self.assertRegex(self.done("--version"), r"^neurram \d+\.\d+\.\d+\n$")

    def test_one_json_document(self):
        for command in (["info"], ["config"], ["map", "mnist"],
                        ["compile", "mnist", "--out", self.path("d")],
                        ["run", "mnist", "--images", "3", "--out", self.path("out")]):
            with self.subTest(command[0]):
                result = self.tool(*command, "--json")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIsInstance(json.loads(result.stdout), (dict, list))
                self.assertNotIn("\x1b", result.stdout + result.stderr)

    def test_quiet(self):
        for command in (["compile", "mnist", "--out", self.path("d")],
                        ["run", "mnist", "--images", "3", "--out", self.path("out")]):
            result = self.tool(*command, "--quiet")
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_full_disk_behind_standard_output(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = self.tool("config", "--dump", capture_output=False, stdout=full, stderr=-1)
        self.assertEqual(result.returncode, 2)
        self.assertIn("standard output", result.stderr)


if __name__ == "__main__":
    unittest.main()
