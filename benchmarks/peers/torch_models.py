"""The models of the bench in PyTorch. Images come channels-last; models return logits."""

import torch
import torch.nn.functional as F
from torch import nn


class Images(nn.Module):
    """What lies channels-last in memory, in the order of axes that torch wants."""

    def forward(self, x):
        return x.permute(0, 3, 1, 2)


def mlp():
    return nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    )


def cnn():
    return nn.Sequential(
        Images(),
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10),
    )  # fmt: skip


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(64, 128, num_layers=2, batch_first=True)
        self.out = nn.Linear(128, 10)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(8000, 128)
        self.blocks = nn.Sequential(
            *[
                nn.TransformerEncoderLayer(128, 4, 512, 0.0, "gelu", 1e-6, batch_first=True)
                for _ in range(2)
            ]
        )
        self.out = nn.Linear(128, 10)

    def forward(self, tokens):
        return self.out(self.blocks(self.embedding(tokens)).mean(1))


class Residual(nn.Module):
    """A block of ResNet as Keras has it: the stride is the first convolution's."""

    def __init__(self, channels, width, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, width, 1, stride), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, 4 * width, 1), nn.BatchNorm2d(4 * width),
        )  # fmt: skip
        self.shortcut = nn.Identity()
        if stride != 1 or channels != 4 * width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, 4 * width, 1, stride), nn.BatchNorm2d(4 * width)
            )

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


def resnet50():
    parts = [Images(), nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU()]
    parts.append(nn.MaxPool2d(3, 2, 1))
    channels = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            parts.append(Residual(channels, width, stride if block == 0 else 1))
            channels = 4 * width
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 10))


class Inverted(nn.Module):
    """An inverted residual block of MobileNetV2."""

    def __init__(self, channels, out, stride, expansion):
        super().__init__()
        wide = channels * expansion
        parts = []
        if expansion != 1:
            parts = [nn.Conv2d(channels, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6()]
        self.adds = stride == 1 and channels == out
        self.body = nn.Sequential(
            *parts,
            nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False),
            nn.BatchNorm2d(wide), nn.ReLU6(),
            nn.Conv2d(wide, out, 1, bias=False), nn.BatchNorm2d(out),
        )  # fmt: skip

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


def mobilenetv2():
    parts = [Images(), nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6()]
    channels = 32
    for expansion, out, blocks, stride in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
        (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ):  # fmt: skip
        for block in range(blocks):
            parts.append(Inverted(channels, out, stride if block == 0 else 1, expansion))
            channels = out
    parts += [nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6()]
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 10))


MODELS = {
    "mlp": mlp,
    "cnn": cnn,
    "lstm": Lstm,
    "transformer": Transformer,
    "resnet50": resnet50,
    "mobilenetv2": mobilenetv2,
}


def make_model(name):
    """The model, its convolutions' weights in the layout that is fastest for these images."""
    model = MODELS[name]()
    return model.to(memory_format=torch.channels_last) if takes_images(name) else model


def takes_images(name):
    return name in ("cnn", "resnet50", "mobilenetv2")


def parameters(model):
    """Trainable ones, of the two biases that torch's LSTM adds only the one that Keras has."""
    return sum(p.numel() for name, p in model.named_parameters() if "bias_hh" not in name)
