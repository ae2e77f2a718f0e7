"""The networks of nets/*.rn that the families of residual networks need beside the plain ones of networks.py."""
import torch
import torch.nn.functional as F
from torch import nn

from networks import Basic, Layers, conv, projection


class Scale(nn.Module):
    """x * w with one w for all or one a channel; the parameter has the name and shape of learned_scale's."""

    def __init__(self, channels=1):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return x * self.weight.view(-1, *[1] * (x.dim() - 2))


class Bias(nn.Module):
    def __init__(self, channels=1):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return x + self.bias.view(-1, *[1] * (x.dim() - 2))


def norm_channels(norm, x):
    """Layer norm over the channels of each pixel."""
    return norm(x.movedim(1, -1)).movedim(-1, 1)


class Groups(Layers):
    def __init__(self):
        super().__init__(
            conv1=conv(3, 18, 3), bn1=nn.BatchNorm2d(18),
            conv2=nn.Conv2d(18, 12, 3, 2, 1, groups=3, bias=False), bn2=nn.BatchNorm2d(12),
            conv3=nn.Conv2d(12, 24, 3, 1, 2, dilation=2, groups=12), bn3=nn.BatchNorm2d(24),
            conv4=nn.Conv2d(24, 32, 1, groups=2, bias=False), bn4=nn.BatchNorm2d(32),
            conv5=nn.Conv2d(32, 32, (3, 1), 1, (2, 0), dilation=(2, 1), groups=32, bias=False), bn5=nn.BatchNorm2d(32),
            fc=nn.Linear(32, 5),
        )  # fmt: skip

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = F.relu(self.bn3(self.conv3(x)))
        x = self.bn4(self.conv4(x))
        x = F.relu(x + self.bn5(self.conv5(x)))
        return self.fc(x.mean((2, 3)))


class Excited(Basic):
    """Squeeze and excitation before the addition."""

    def __init__(self, inputs, channels, stride=1):
        super().__init__(inputs, channels, stride)
        self.se = Layers(fc1=nn.Linear(channels, 5), fc2=nn.Linear(5, channels))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        g = self.se.fc2(F.relu(self.se.fc1(y.mean((2, 3))))).sigmoid()
        skip = self.downsample(x) if hasattr(self, "downsample") else x
        return F.relu(y * g[:, :, None, None] + skip)


class Se(Layers):
    def __init__(self):
        blocks = nn.Sequential(Excited(10, 10), Excited(10, 18, 2))
        super().__init__(conv1=conv(3, 10, 3), bn1=nn.BatchNorm2d(10), layer1=blocks, gate=conv(18, 18, 3, bias=True), fc=nn.Linear(18, 5))

    def forward(self, x):
        x = self.layer1(F.relu(self.bn1(self.conv1(x))))
        return self.fc((x * self.gate(x).sigmoid()).mean((2, 3)))


class Concat(Layers):
    def __init__(self):
        super().__init__(
            conv1=conv(3, 7, 3), bn1=nn.BatchNorm2d(7), conv2=conv(7, 5, 3), bn2=nn.BatchNorm2d(5),
            conv3=conv(7, 16, 1, bias=True), conv4=conv(28, 12, 3), bn4=nn.BatchNorm2d(12),
            fc1=nn.Linear(12, 6), fc2=nn.Linear(18, 4),
        )  # fmt: skip

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = torch.cat([x, F.relu(self.bn2(self.conv2(x))), self.conv3(x)], 1)
        x = F.relu(self.bn4(self.conv4(x))).mean((2, 3))
        return self.fc2(torch.cat([F.relu(self.fc1(x)), x], 1))


class Gates(Layers):
    def __init__(self):
        body = {f"conv{i}": conv(9, 9, 3) for i in (2, 3, 4)} | {f"bn{i}": nn.BatchNorm2d(9) for i in (2, 3, 4)}
        gates = {"gate2": conv(9, 9, 1, bias=True), "gate3": conv(9, 9, 1, bias=True), "gate4": nn.Linear(9, 9)}
        super().__init__(conv1=conv(3, 9, 3), bn1=nn.BatchNorm2d(9), **body, **gates, fc=nn.Linear(9, 4))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        g = self.gate2(x).sigmoid()
        x = F.relu(g * self.bn2(self.conv2(x)) + (1 - g) * x)
        x = F.relu(self.bn3(self.conv3(x)) + (1 - self.gate3(x).sigmoid()) * x)
        g = self.gate4(x.mean((2, 3))).sigmoid()[:, :, None, None]
        x = F.relu(g * self.bn4(self.conv4(x)) + (1 - g) * x)
        return self.fc(x.mean((2, 3)))


ACTIVATIONS = [
    F.relu6, lambda x: F.leaky_relu(x, 0.2), lambda x: F.elu(x, 0.7), F.gelu, lambda x: F.gelu(x, approximate="tanh"),
    F.silu, torch.sigmoid, torch.tanh, F.hardsigmoid, F.hardswish, F.hardtanh,
]  # fmt: skip


class Activations(Layers):
    """Each after a convolution with batch norm, and once more after a pool that nothing fuses with."""

    def __init__(self):
        convs = {f"conv{i + 1}": conv(3 if i == 0 else 10, 10, 3) for i in range(len(ACTIVATIONS))}
        norms = {f"bn{i + 1}": nn.BatchNorm2d(10) for i in range(len(ACTIVATIONS))}
        super().__init__(**convs, **norms, fc=nn.Linear(10, 5))

    def forward(self, x):
        for index, activation in enumerate(ACTIVATIONS):
            x = activation(getattr(self, f"bn{index + 1}")(getattr(self, f"conv{index + 1}")(x)))
            x = activation(F.avg_pool2d(x, 3, 1, 1))
        return self.fc(x.mean((2, 3)))


class Mlp(Layers):
    """One block with layer norm and gelu, one with batch norm and relu, a projection and a padded shortcut."""

    def __init__(self):
        super().__init__(
            fc1=nn.Linear(21, 20), norm1=nn.LayerNorm(20), fc2=nn.Linear(20, 37), fc3=nn.Linear(37, 20),
            norm2=nn.BatchNorm1d(20), fc4=nn.Linear(20, 16), fc5=nn.Linear(16, 24),
            downsample=nn.Sequential(nn.Linear(20, 24, bias=False), nn.BatchNorm1d(24)),
            fc6=nn.Linear(24, 30), norm3=nn.LayerNorm(30, eps=1e-3), fc7=nn.Linear(30, 6),
        )  # fmt: skip

    def forward(self, x):
        x = self.fc1(x)
        x = x + self.fc3(F.gelu(self.fc2(self.norm1(x))))
        x = self.downsample(x) + self.fc5(F.relu(self.fc4(self.norm2(x))))
        x = F.pad(x, (0, 6)) + F.relu(self.fc6(x))
        return self.fc7(self.norm3(x))


class Signal(Layers):
    def __init__(self):
        conv1d = lambda i, o, k, s=1: nn.Conv1d(i, o, k, s, k // 2, bias=False)
        norms = {f"bn{i + 1}": nn.BatchNorm1d(c) for i, c in enumerate((10, 10, 18, 18))}
        super().__init__(
            conv1=conv1d(2, 10, 7, 2), conv2=conv1d(10, 10, 3), conv3=conv1d(10, 18, 5, 2), **norms,
            downsample=nn.Sequential(conv1d(10, 18, 1, 2), nn.BatchNorm1d(18)),
            conv4=nn.Conv1d(18, 18, 3, 1, 2, dilation=2, groups=9, bias=False), fc=nn.Linear(18, 4),
        )  # fmt: skip

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = F.relu(x + self.bn2(self.conv2(x)))
        x = F.relu(self.downsample(x) + self.bn3(self.conv3(x)))
        x = F.avg_pool1d(F.relu(self.bn4(self.conv4(x))), 2)
        return self.fc(x.mean(2))


class Ceil(Layers):
    """Windows that hang over the edge, padding on one side only, the maximum of a map."""

    def __init__(self):
        channels = [3, 10, 12, 20]
        layers = {f"conv{i}": conv(channels[i - 1], channels[i], 3) for i in (1, 2, 3)}
        layers |= {f"bn{i}": nn.BatchNorm2d(channels[i]) for i in (1, 2, 3)}
        super().__init__(**layers, conv4=conv(20, 17, 3, 2, 0), fc=nn.Linear(17, 5))

    def forward(self, x):
        x = F.max_pool2d(self.bn1(self.conv1(x)), 3, 2, 0, ceil_mode=True)
        x = F.avg_pool2d(F.relu(self.bn2(self.conv2(x))), 2, 2, 0, ceil_mode=True, count_include_pad=False)
        x = F.relu(self.bn3(self.conv3(x)))
        x = F.avg_pool2d(x, 3, 2, 1, ceil_mode=True)
        x = self.conv4(F.pad(x, (2, 1, 0, 1)))
        x = F.max_pool2d(F.pad(x, (1, 0, 0, 1), value=float("-inf")), 2, 1)
        return self.fc(x.amax((2, 3)))


class Learned(Layers):
    """Constant and learned factors and biases, for all channels and for each; layer norm of each pixel."""

    def __init__(self):
        super().__init__(
            conv1=conv(3, 11, 3), bias1=Bias(), conv2=conv(11, 11, 3), scale2=Scale(), bias2=Bias(11),
            conv3=conv(11, 11, 3, bias=True), scale3=Scale(11), norm=nn.LayerNorm(11),
            conv4=conv(11, 11, 1), scale4=Scale(), fc=nn.Linear(11, 5),
        )  # fmt: skip

    def forward(self, x):
        x = F.relu(self.bias1(self.conv1(x)))
        x = F.relu(x + self.bias2(self.scale2(self.conv2(x))))
        x = 0.5 * x + self.scale3(F.relu(self.conv3(x)))
        x = norm_channels(self.norm, x)
        x = x + self.scale4(F.silu(self.conv4(x)))
        return self.fc(0.75 * x.mean((2, 3)))


class Body(nn.Module):
    """conv, bn, relu, conv, bn with a shortcut (by kind) of table 1 of He et al. 2016."""

    def __init__(self, kind, channels):
        super().__init__()
        self.conv1, self.bn1 = conv(channels, channels, 3), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = conv(channels, channels, 3), nn.BatchNorm2d(channels)
        self.kind = kind
        if kind in ("exclusive", "shortcut-only"):
            self.gate = conv(channels, channels, 1, bias=True)
        if kind == "conv":
            self.downsample = projection(channels, channels, 1)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.kind == "half":
            return F.relu(0.5 * y + 0.5 * x)
        if self.kind == "none":
            return F.relu(y)
        if self.kind == "conv":
            return F.relu(y + self.downsample(x))
        if self.kind == "dropout":
            return F.relu(y + x)
        g = self.gate(x).sigmoid()
        return F.relu((g * y if self.kind == "exclusive" else y) + (1 - g) * x)


def table1():
    kinds = ("none", "half", "exclusive", "shortcut-only", "conv", "dropout")
    blocks = nn.Sequential(*(Body(kind, 9) for kind in kinds))
    return Stages(conv1=conv(3, 9, 3), bn1=nn.BatchNorm2d(9), layer1=blocks, fc=nn.Linear(9, 5))


class Ordered(nn.Module):
    """Table 2 of He et al. 2016: the layers in the order of a text, where a is the addition of a padded shortcut."""

    def __init__(self, order, inputs, channels, stride=1):
        super().__init__()
        self.order, self.channels, self.stride = order.split(), channels, stride
        wide = inputs
        for word in self.order:
            if word.startswith("conv"):
                self.add_module(word, conv(wide, channels, 3, stride if word == "conv1" else 1))
                wide = channels
            elif word.startswith("bn"):
                self.add_module(word, nn.BatchNorm2d(wide))

    def forward(self, x):
        y = x
        for word in self.order:
            if word == "relu":
                y = F.relu(y)
            elif word == "add":
                skip = x[:, :, :: self.stride, :: self.stride]
                y = y + F.pad(skip, (0, 0, 0, 0, 0, self.channels - x.shape[1]))
            else:
                y = getattr(self, word)(y)
        return y


def table2():
    after = "conv1 bn1 relu conv2 add bn2 relu"
    before = "conv1 bn1 relu conv2 bn2 relu add"
    only = "relu conv1 bn1 relu conv2 bn2 add"
    blocks = [Ordered(after, 9, 9), Ordered(after, 9, 12, 2), Ordered(before, 12, 12), Ordered(before, 12, 18, 2)]
    blocks = nn.Sequential(*blocks, Ordered(only, 18, 18), Ordered(only, 18, 20))
    return Stages(conv1=conv(3, 9, 3), bn1=nn.BatchNorm2d(9), layer1=blocks, fc=nn.Linear(20, 5))


class Stages(Layers):
    def forward(self, x):
        return self.fc(F.relu(self.layer1(F.relu(self.bn1(self.conv1(x))))).mean((2, 3)))


NETWORKS = {
    "groups": (Groups, (3, 13, 12), False),
    "se": (Se, (3, 11, 12), False),
    "concat": (Concat, (3, 9, 8), False),
    "gates": (Gates, (3, 10, 9), False),
    "activations": (Activations, (3, 8, 9), False),
    "mlp": (Mlp, (21,), False),
    "signal": (Signal, (2, 61), False),
    "ceil": (Ceil, (3, 31, 28), False),
    "learned": (Learned, (3, 9, 10), False),
    "table1": (table1, (3, 9, 8), False),
    "table2": (table2, (3, 12, 11), False),
}
