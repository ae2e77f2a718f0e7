"""ONNX Runtime and OpenVINO, fp32, behind the line protocol of harness.c.

    python peers.py time  onnxruntime|openvino MODEL.onnx THREADS    "calls\\n" on stdin -> ms of each call
    python peers.py first onnxruntime|openvino MODEL.onnx THREADS    ms of load + first call

Each peer has a process of its own, so that no pool or allocator of one serves the other.
"""
import pathlib
import sys
import time
import warnings

import environment


class OnnxRuntime:
    def __init__(self, path, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.path, self.options, self.make = path, options, onnxruntime.InferenceSession
        self.version = onnxruntime.__version__

    def load(self):
        self.session = self.make(self.path, self.options, providers=["CPUExecutionProvider"])
        return self.session.get_inputs()[0].shape

    def run(self, x):
        return self.session.run(None, {"x": x})[0]


class OpenVino:
    def __init__(self, path, threads):
        import openvino

        self.path, self.core = path, openvino.Core()
        self.version = openvino.__version__.split("-")[0]
        # OpenVINO takes bf16 on CPUs that have it unless told otherwise.
        self.hints = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
        }

    def load(self):
        self.compiled = self.core.compile_model(self.path, "CPU", self.hints)
        self.request = self.compiled.create_infer_request()
        return [int(extent) for extent in self.compiled.input(0).shape]

    def run(self, x):
        # Both ways of sharing on: the faster way for the peer, and ours does not copy either.
        return self.request.infer({0: x}, share_inputs=True, share_outputs=True)[0]


PEERS = {"onnxruntime": OnnxRuntime, "openvino": OpenVino}
TITLES = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}


def export(network, model, batch):
    """The ONNX file of a network for one batch size (peers are fastest with constant shapes); kept in build/bench."""
    import torch

    path = environment.WORK / f"{network.name}-{batch}.onnx"
    if not path.exists():
        x = torch.zeros(batch, *network.shape)
        names = {"input_names": ["x"], "output_names": ["logits"]}
        partial = path.with_suffix(".partial")
        # Through TorchScript: the exporter that needs no further package.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(model, (x,), str(partial), opset_version=17, dynamo=False, **names)
        partial.rename(path)
    return path


def command(mode, peer, path, threads):
    return [sys.executable, str(pathlib.Path(__file__).resolve()), mode, peer, str(path), str(threads)]


def main():
    import numpy

    mode, name, path, threads = sys.argv[1:]
    peer = PEERS[name](path, int(threads))
    start = time.perf_counter()
    shape = peer.load()
    if mode == "first":
        peer.run(numpy.full(shape, 0.25, numpy.float32))
        print(f"{(time.perf_counter() - start) * 1e3:.6f}")
        return
    x = numpy.random.default_rng(0).normal(0, 1, shape).astype(numpy.float32)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            peer.run(x)
            times.append((time.perf_counter() - start) * 1e3)
        print(*(f"{t:.6f}" for t in times), flush=True)


if __name__ == "__main__":
    main()
