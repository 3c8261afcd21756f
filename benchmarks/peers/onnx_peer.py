"""ONNX Runtime on the models of torch_models.py; it only predicts: onnx_peer.py WORKLOAD_AS_JSON."""

import pathlib
import sys
import tempfile

import onnxruntime
import torch

import torch_models
from protocol import serve
from workloads import Workload, make_examples


class OnnxPeer:
    fit = None

    def __init__(self, workload):
        torch.manual_seed(0)
        model = torch_models.make_model(workload.name).eval()
        self.count = torch_models.parameters(model)
        self.x, _ = make_examples(workload, workload.batch * workload.batches)
        self.batch = workload.batch
        if torch_models.takes_images(workload.name):
            model = model[1:]  # ONNX Runtime computes channels-first: it gets such images
            self.x = self.x.transpose(0, 3, 1, 2).copy()
        self.session = make_session(torch.nn.Sequential(model, torch.nn.Softmax(-1)), self.x[:2])

    def parameters(self):
        return self.count

    def predict(self):
        for at in range(0, len(self.x), self.batch):
            self.session.run(None, {"x": self.x[at : at + self.batch]})

    def predict_single(self):
        return self.session.run(None, {"x": self.x[:1]})


def make_session(model, sample):
    with tempfile.TemporaryDirectory() as folder:
        file = str(pathlib.Path(folder) / "model.onnx")
        torch.onnx.export(
            model.to(memory_format=torch.contiguous_format) if sample.ndim == 4 else model,
            (torch.from_numpy(sample),),
            file,
            input_names=["x"],
            dynamic_axes={"x": {0: "batch"}},
            dynamo=False,
            external_data=False,
        )
        return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    contestant = Workload.parse(sys.argv[1])
    serve(contestant, lambda: OnnxPeer(contestant))
