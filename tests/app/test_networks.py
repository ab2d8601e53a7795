"""Networks of the user's own: what runs, and what each fault in one is answered."""
import unittest

import networks
from tool import MNIST, AppTest, Run


class Networks(AppTest):
    def onnx(self, content: bytes, name: str = "net.onnx"):
        path = self.path(name)
        path.write_bytes(content)
        return path

    def refuses_network(self, content: bytes, *says: str) -> None:
        path = self.onnx(content)
        data = networks.write_data(self.path("data"), 4)
        for command in (["map", "--onnx", path], ["compile", "--onnx", path, "--data", data, "--out", self.path("d")],
                        ["run", "--onnx", path, "--data", data, "--out", self.path("out")]):
            self.refuses(*command, says=[path.name, *says])

    def test_own_network_runs(self):
        path = self.onnx(networks.quadrants())
        data = networks.write_data(self.path("data"))
        run = self.run_app("out", app=("--onnx", path, "--data", data))
        self.assertEqual(run.summary["images"], 40)
        self.assertEqual(run.summary["correct"], 40, "the brightest quadrant is not hard to see")
        self.assertEqual([l["name"] for l in run.summary["layers"]], ["score", "digital", "idle"])

    def test_without_labels(self):
        data = networks.write_data(self.path("data"), labels=None)
        run = self.run_app("out", app=("--onnx", self.onnx(networks.quadrants()), "--data", data))
        self.assertIsNone(run.summary["accuracy"])
        self.assertIsNone(run.summary["correct"])

    def test_missing(self):
        for command in ("run", "compile"):
            self.refuses(command, "--onnx", "nowhere.onnx", "--data", ".", "--out", self.path("out"),
                         says="nowhere.onnx")
        self.refuses("map", "--onnx", "nowhere.onnx", says="nowhere.onnx")
        self.refuses("map", "--onnx", self.work, says=str(self.work))

    def test_no_network(self):
        self.refuses_network(b"")
        self.refuses_network(b"this is no network\n")

    def test_truncated(self):
        whole = (MNIST / "network.onnx").read_bytes()
        for size in [1, 2, 3, 30, *range(1000, len(whole), 9973), len(whole) - 400, len(whole) - 250, len(whole) - 1]:
            with self.subTest(bytes=size):
                path = self.onnx(whole[:size])
                result = self.tool("map", "--onnx", path)
                if result.returncode == 0:
                    # Only metadata was lost, which protobuf cannot tell from a shorter file.
                    self.assertEqual(result.stdout, self.done("map", "mnist"))
                else:
                    self.refuses("map", "--onnx", path, says=path.name)

    def test_unknown_operator(self):
        self.refuses_network(networks.quadrants(last="Einsum"), "Einsum", "score")

    def test_wrong_weight_shape(self):
        self.refuses_network(networks.quadrants(weight_rows=60), "score", "60", "64")

    def test_weight_that_is_no_number(self):
        self.refuses_network(networks.quadrants(weight=float("nan")), "score", "finite")

    def test_does_not_fit(self):
        # 48 cores of 256 columns hold 12,288 outputs.
        self.refuses_network(networks.wide(13000), "huge", "48", "cores", "3 too many")

    def test_app_and_network(self):
        path = self.onnx(networks.quadrants())
        self.refuses("run", "mnist", "--onnx", path, says="--onnx")
        self.refuses("run", says="--onnx")
        self.refuses("run", "--onnx", path, "--out", self.path("out"), says="--data")
        self.refuses("run", "mnits", "--out", self.path("out"), says=["mnits", "mnist"])


class Data(AppTest):
    def setUp(self):
        self.network = self.path("net.onnx")
        self.network.write_bytes(networks.quadrants())

    def refuses_data(self, *says: str, **files) -> None:
        data = networks.write_data(self.path("data"), **files)
        self.refuses("run", "--onnx", self.network, "--data", data, "--out", self.path("out"), says=says)

    def test_no_folder(self):
        self.refuses("run", "--onnx", self.network, "--data", "nowhere", "--out", self.path("out"), says="nowhere")

    def test_missing_images(self):
        self.refuses_data("t10k-images-idx3-ubyte", images=None)

    def test_missing_calibration(self):
        self.refuses_data("calibration-images-idx3-ubyte", calibration=None)

    def test_empty(self):
        self.refuses_data("t10k-images-idx3-ubyte", images=b"")

    def test_truncated(self):
        whole = networks.images(40)[0]
        for size in (3, 15, 16, len(whole) // 2, len(whole) - 1):
            with self.subTest(bytes=size):
                self.refuses_data("t10k-images-idx3-ubyte", "cut short", images=whole[:size])

    def test_too_long(self):
        self.refuses_data("t10k-images-idx3-ubyte", "too long", images=networks.images(40)[0] + b"x")

    def test_foreign(self):
        self.refuses_data("t10k-images-idx3-ubyte", "not an IDX file", images=networks.images(40)[1] * 4)

    def test_truncated_gzip(self):
        data = networks.write_data(self.path("data"), images=None)
        whole = (MNIST / "t10k-images-idx3-ubyte.gz").read_bytes()
        (data / "t10k-images-idx3-ubyte.gz").write_bytes(whole[: len(whole) // 2])
        self.refuses("run", "--onnx", self.network, "--data", data, "--out", self.path("out"),
                     says=["t10k-images-idx3-ubyte.gz", "cut short"])

    def test_labels_of_others(self):
        self.refuses_data("t10k-labels-idx1-ubyte", "39", "40", labels=networks.images(39)[1])

    def test_image_shape(self):
        self.refuses_data("t10k-images-idx3-ubyte", "7 x 7", "8 x 8", "image", images=networks.images(40, side=7)[0])

    def test_calibration_shape(self):
        self.refuses_data("calibration-images-idx3-ubyte", "7 x 7", "8 x 8", calibration=networks.images(40, side=7)[0])

    def test_too_many_images(self):
        data = networks.write_data(self.path("data"))
        command = ["run", "--onnx", self.network, "--data", data, "--out", self.path("out"), "--images"]
        self.refuses(*command, 41, says=["--images 41", "40"])
        for wrong in ("0", "-5", "3.5", "many", "99999999999999999999"):
            self.refuses(*command, wrong, says=["--images", wrong])
        self.done(*command, 40, "--quiet")
        self.assertEqual(Run(self.path("out")).summary["images"], 40)


if __name__ == "__main__":
    unittest.main()
