"""PyTorch itself: torch_peer.py WORKLOAD_AS_JSON [POLICY] [compile]."""

import sys

import torch
import torch.nn.functional as F

import torch_models
from protocol import serve
from workloads import Workload, make_examples


class TorchPeer:
    def __init__(self, workload, policy, compiled):
        torch.manual_seed(0)
        self.batch = workload.batch
        x, y = make_examples(workload, workload.batch * workload.batches)
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y).long()
        self.single = self.x[:1].clone()
        self.model = torch_models.make_model(workload.name)
        # Sizes that differ, of the last batch or of a single example, are compiled for themselves.
        self.call = torch.compile(self.model, dynamic=False) if compiled else self.model
        self.optimizer = torch.optim.Adam(self.model.parameters(), eps=1e-7, fused=True)
        self.autocast = torch.autocast("cpu", torch.bfloat16, enabled=policy == "mixed_bfloat16")

    def parameters(self):
        return torch_models.parameters(self.model)

    def step(self, x, y):
        with self.autocast:
            logits = self.call(x)
        loss = F.cross_entropy(logits.float(), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def first_step(self):
        self.model.train()
        return self.step(self.x[: self.batch], self.y[: self.batch])

    def fit(self):
        self.model.train()
        order = torch.randperm(len(self.x))
        losses = [self.step(self.x[at], self.y[at]) for at in order.split(self.batch)]
        return sum(losses) / len(losses)

    def infer(self, x):
        with torch.no_grad(), self.autocast:
            return self.call(x).float().softmax(-1)

    def predict(self):
        self.model.eval()
        return torch.cat([self.infer(x) for x in self.x.split(self.batch)]).numpy()

    def predict_single(self):
        if self.model.training:
            self.model.eval()
        return self.infer(self.single).numpy()


if __name__ == "__main__":
    contestant = Workload.parse(sys.argv[1])
    policy = sys.argv[2] if len(sys.argv) > 2 else "float32"
    serve(contestant, lambda: TorchPeer(contestant, policy, "compile" in sys.argv[3:]))
