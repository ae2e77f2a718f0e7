"""The rows of tables 1 and 2 of He et al. 2016 in PyTorch; parameters are named as in dsl/std/models/cifar_*.rn."""
import torch.nn.functional as F
from torch import nn
from torchvision.models.resnet import Bottleneck

from modules import Basic, Cifar, PreactBasic, PreactBottleneck, conv1, conv3, pad


class Unit(nn.Module):
    def __init__(self, unit):
        super().__init__()
        self.unit = unit

    def forward(self, x):
        return self.unit(x)


class ConstantScaling(Basic):
    def __init__(self, channels, shortcut, body):
        super().__init__(channels, channels)
        self.factors = shortcut, body

    def forward(self, x):
        shortcut, body = self.factors
        return F.relu(body * self.body(x) + shortcut * x)


class Gated(Basic):
    """Exclusive gating weighs the body with g, shortcut-only gating does not."""

    def __init__(self, channels, exclusive):
        super().__init__(channels, channels)
        self.gate, self.exclusive = conv1(channels, channels, bias=True), exclusive

    def forward(self, x):
        g, y = self.gate(x).sigmoid(), self.body(x)
        return F.relu((g * y if self.exclusive else y) + (1 - g) * x)


class ConvShortcut(Basic):
    def __init__(self, channels):
        super().__init__(channels, channels)
        self.downsample = nn.Sequential(conv1(channels, channels), nn.BatchNorm2d(channels))

    def forward(self, x):
        return F.relu(self.body(x) + self.downsample(x))


SHORTCUTS = [
    lambda c: Basic(c, c),
    lambda c: ConstantScaling(c, 0.0, 1.0),
    lambda c: ConstantScaling(c, 0.5, 1.0),
    lambda c: ConstantScaling(c, 0.5, 0.5),
    lambda c: Gated(c, True),
    lambda c: Gated(c, False),
    lambda c: ConvShortcut(c),
    lambda c: Basic(c, c),  # dropout on the shortcut: the identity in inference
]


def shortcuts(row, depth):
    """Blocks that change the shape are those of the original network."""
    make = lambda i, c, stride=1: Unit(SHORTCUTS[row](c)) if i == c else Basic(i, c, stride)
    return Cifar(make, (depth - 2) // 6)


class Ordered(nn.Module):
    """Table 2: `body` and `after` are words of conv, bn and relu; the n-th conv and bn are named convn and bnn."""

    def __init__(self, body, after, inputs, channels, stride):
        super().__init__()
        self.names = {"body": [], "after": []}
        deep = body.count("conv") == 3
        width = channels // 4 if deep else channels
        count = {"conv": 0, "bn": 0}
        for part, words in (("body", body), ("after", after)):
            for word in words.split():
                if word == "relu":
                    self.names[part].append(None)
                    continue
                count[word] += 1
                name = f"{word}{count[word]}"
                self.names[part].append(name)
                outputs = channels if deep and count["conv"] == 3 else width
                if word == "bn":
                    self.add_module(name, nn.BatchNorm2d(outputs))
                    continue
                first, strided = count["conv"] == 1, count["conv"] == (2 if deep else 1)
                kind = conv1 if deep and not strided else conv3
                self.add_module(name, kind(inputs if first else width, outputs, stride if strided else 1))
        self.channels, self.stride = channels, stride

    def run(self, part, x):
        for name in self.names[part]:
            x = getattr(self, name)(x) if name else F.relu(x)
        return x

    def forward(self, x):
        return self.run("after", self.run("body", x) + pad(x, self.channels, self.stride))


ORDERS = {
    1: ("conv bn relu conv", "bn relu"),
    2: ("conv bn relu conv bn relu", ""),
    3: ("relu conv bn relu conv bn", ""),
}
DEEP_ORDERS = {
    1: ("conv bn relu conv bn relu conv", "bn relu"),
    2: ("conv bn relu conv bn relu conv bn relu", ""),
    3: ("relu conv bn relu conv bn relu conv bn", ""),
}


def original_bottleneck(inputs, channels, stride):
    shortcut = None
    if inputs != channels or stride != 1:
        shortcut = nn.Sequential(conv1(inputs, channels, stride), nn.BatchNorm2d(channels))
    return Bottleneck(inputs, channels // 4, stride, shortcut)


def activations(row, depth, deep=False):
    orders = DEEP_ORDERS if deep else ORDERS
    if row == 0:
        block = original_bottleneck if deep else Basic
    elif row == 4:
        block = PreactBottleneck if deep else PreactBasic
    else:
        block = lambda inputs, channels, stride: Ordered(*orders[row], inputs, channels, stride)
    unit = lambda inputs, channels, stride: Unit(block(inputs, channels, stride))
    stem, end = ("bn1", "relu") if row < 4 else (None, "norm")
    return Cifar(unit, (depth - 2) // (9 if deep else 6), width=4 if deep else 1, stem=stem, end=end)
