"""Residual networks that neither torchvision nor timm has, written from the papers. Parameters are named as in dsl/std."""
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.resnet import Bottleneck


def conv3(inputs, channels, stride=1, bias=False):
    return nn.Conv2d(inputs, channels, 3, stride, 1, bias=bias)


def conv1(inputs, channels, stride=1, bias=False):
    return nn.Conv2d(inputs, channels, 1, stride, bias=bias)


def pad(x, channels, stride):
    """Option A of He et al. 2015: subsampled, the additional channels are zeros at the end."""
    return F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, 0, channels - x.shape[1]))


class LearnedScale(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.weight * x


class LearnedBias(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.bias


class Basic(nn.Module):
    """He et al. 2015: two 3x3 convolutions; the shortcut is option A."""

    def __init__(self, inputs, channels, stride=1):
        super().__init__()
        self.conv1, self.bn1 = conv3(inputs, channels, stride), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = conv3(channels, channels), nn.BatchNorm2d(channels)
        self.channels, self.stride = channels, stride

    def body(self, x):
        return self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))

    def forward(self, x):
        return F.relu(self.body(x) + pad(x, self.channels, self.stride))


class Plain(Basic):
    def forward(self, x):
        return F.relu(self.body(x))


class ReZero(Basic):
    def __init__(self, *args):
        super().__init__(*args)
        self.resweight = LearnedScale()

    def forward(self, x):
        return F.relu(self.resweight(self.body(x)) + pad(x, self.channels, self.stride))


class SkipInit(nn.Module):
    """De and Smith 2020: pre-activation without batch norm."""

    def __init__(self, inputs, channels, stride=1):
        super().__init__()
        self.conv1, self.conv2 = conv3(inputs, channels, stride, True), conv3(channels, channels, 1, True)
        self.alpha, self.downsample = LearnedScale(), nn.Module()
        if inputs != channels:
            self.downsample.conv = conv1(inputs, channels, stride, True)

    def forward(self, x):
        a = F.relu(x)
        skip = self.downsample.conv(a) if hasattr(self.downsample, "conv") else x
        return skip + self.alpha(self.conv2(F.relu(self.conv1(a))))


class Fixup(nn.Module):
    """Zhang et al. 2019."""

    def __init__(self, inputs, channels, stride=1):
        super().__init__()
        self.conv1, self.conv2 = conv3(inputs, channels, stride), conv3(channels, channels)
        self.bias1a, self.bias1b, self.bias2a, self.bias2b = (LearnedBias() for _ in range(4))
        self.scale, self.channels, self.stride = LearnedScale(), channels, stride
        self.widens = inputs != channels

    def forward(self, x):
        a = self.bias1a(x)
        y = self.conv2(self.bias2a(F.relu(self.bias1b(self.conv1(a)))))
        y = self.bias2b(self.scale(y))
        return F.relu(y + (pad(a, self.channels, self.stride) if self.widens else x))


class PreactBasic(nn.Module):
    """He et al. 2016: BN and ReLU before each convolution; where the shape changes the activated input is projected."""

    def __init__(self, inputs, channels, stride=1):
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), conv3(inputs, channels, stride)
        self.norm2, self.conv2 = nn.BatchNorm2d(channels), conv3(channels, channels)
        self.downsample = nn.Module()
        if inputs != channels:
            self.downsample.conv = conv1(inputs, channels, stride)

    def forward(self, x):
        a = F.relu(self.norm1(x))
        skip = self.downsample.conv(a) if hasattr(self.downsample, "conv") else x
        return skip + self.conv2(F.relu(self.norm2(self.conv1(a))))


class PreactBottleneck(nn.Module):
    """The same with three convolutions."""

    def __init__(self, inputs, channels, stride=1):
        super().__init__()
        width = channels // 4
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), conv1(inputs, width)
        self.norm2, self.conv2 = nn.BatchNorm2d(width), conv3(width, width, stride)
        self.norm3, self.conv3 = nn.BatchNorm2d(width), conv1(width, channels)
        self.downsample = nn.Module()
        if inputs != channels:
            self.downsample.conv = conv1(inputs, channels, stride)

    def forward(self, x):
        a = F.relu(self.norm1(x))
        skip = self.downsample.conv(a) if hasattr(self.downsample, "conv") else x
        y = self.conv2(F.relu(self.norm2(self.conv1(a))))
        return skip + self.conv3(F.relu(self.norm3(y)))


class Cifar(nn.Module):
    """Three stages of equal blocks of 16, 32 and 64 channels (times `width`); the second and third halve the map."""

    def __init__(self, block, blocks, width=1, stem="bn1", end=None, bias=False, classes=10, inputs=3):
        super().__init__()
        self.conv1 = conv3(inputs, 16, bias=bias)
        if stem:
            self.add_module(stem, LearnedBias() if stem == "bias1" else nn.BatchNorm2d(16))
        inputs = 16
        for index in range(3):
            channels = 16 * width << index
            strides = [2 if index else 1] + [1] * (blocks - 1)
            stage = [block(inputs if i == 0 else channels, channels, s) for i, s in enumerate(strides)]
            self.add_module(f"layer{index + 1}", nn.Sequential(*stage))
            inputs = channels
        if end == "norm":
            self.norm = nn.BatchNorm2d(inputs)
        if end == "bias2":
            self.bias2 = LearnedBias()
        self.fc = nn.Linear(inputs, classes)
        self.stem, self.end = stem, end

    def forward(self, x):
        x = self.conv1(x)
        if self.stem:
            x = F.relu(getattr(self, self.stem)(x))
        x = self.layer3(self.layer2(self.layer1(x)))
        if self.end == "norm":
            x = F.relu(self.norm(x))
        elif self.end == "relu":
            x = F.relu(x)
        x = x.mean((2, 3))
        return self.fc(self.bias2(x) if self.end == "bias2" else x)


class SeBasic(nn.Module):
    """Hu et al. 2018: the body's channels are weighed before the addition."""

    def __init__(self, inputs, channels, stride=1, reduction=4):
        super().__init__()
        self.conv1, self.bn1 = conv3(inputs, channels, stride), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = conv3(channels, channels), nn.BatchNorm2d(channels)
        self.se = nn.Module()
        self.se.fc1 = nn.Linear(channels, channels // reduction)
        self.se.fc2 = nn.Linear(channels // reduction, channels)
        if stride != 1 or inputs != channels:
            self.downsample = nn.Sequential(conv1(inputs, channels, stride), nn.BatchNorm2d(channels))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        gate = self.se.fc2(F.relu(self.se.fc1(y.mean((2, 3))))).sigmoid()
        skip = self.downsample(x) if hasattr(self, "downsample") else x
        return F.relu(y * gate[:, :, None, None] + skip)


class Small(nn.Module):
    """nets/small_*.rn: a stem and two stages of two blocks; the second stage halves the map."""

    def __init__(self, block, width, ends, classes=10):
        super().__init__()
        self.conv1, self.bn1 = conv3(3, width), nn.BatchNorm2d(width)
        first, second = ends
        self.layer1 = nn.Sequential(block(width, first, 1), block(first, first, 1))
        self.layer2 = nn.Sequential(block(first, second, 2), block(second, second, 1))
        self.fc = nn.Linear(second, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.fc(self.layer2(self.layer1(x)).mean((2, 3)))


def small_resnext():
    def block(inputs, channels, stride):
        changes = stride != 1 or inputs != channels
        projection = nn.Sequential(conv1(inputs, channels, stride), nn.BatchNorm2d(channels)) if changes else None
        # torchvision's base_width: of a path, if there were 64 channels.
        return Bottleneck(inputs, channels // 4, stride, projection, groups=8, base_width=16)

    return Small(block, 32, (64, 128))


def small_se():
    return Small(SeBasic, 16, (16, 32))


class MlpBlock(nn.Module):
    """Gorishniy et al. 2021; with layer norm and gelu the feed-forward block of transformers."""

    def __init__(self, width, layer_norm):
        super().__init__()
        hidden = (4 if layer_norm else 2) * width
        self.norm = nn.LayerNorm(width) if layer_norm else nn.BatchNorm1d(width)
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.activation = F.gelu if layer_norm else F.relu

    def forward(self, x):
        return x + self.linear2(self.activation(self.linear1(self.norm(x))))


class Mlp(nn.Module):
    def __init__(self, features=784, width=256, blocks=4, layer_norm=False, classes=10):
        super().__init__()
        self.first = nn.Linear(features, width)
        self.blocks = nn.Sequential(*(MlpBlock(width, layer_norm) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width) if layer_norm else nn.BatchNorm1d(width)
        self.head, self.activation = nn.Linear(width, classes), F.gelu if layer_norm else F.relu

    def forward(self, x):
        return self.head(self.activation(self.norm(self.blocks(self.first(x)))))


def signal_projection(inputs, channels, stride=1):
    return nn.Sequential(nn.Conv1d(inputs, channels, 1, stride, bias=False), nn.BatchNorm1d(channels))


class Wang(nn.Module):
    """Wang et al. 2017, a block: kernels of 7, 5 and 3."""

    def __init__(self, inputs, channels):
        super().__init__()
        for index, kernel in enumerate((7, 5, 3)):
            conv = nn.Conv1d(channels if index else inputs, channels, kernel, padding=kernel // 2, bias=False)
            self.add_module(f"conv{index + 1}", conv)
            self.add_module(f"bn{index + 1}", nn.BatchNorm1d(channels))
        self.downsample = signal_projection(inputs, channels) if inputs != channels else nn.Identity()

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(y)))))
        return F.relu(y + self.downsample(x))


class SignalBasic(nn.Module):
    def __init__(self, inputs, channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv1d(inputs, channels, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv1d(channels, channels, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm1d(channels), nn.BatchNorm1d(channels)
        changes = stride != 1 or inputs != channels
        self.downsample = signal_projection(inputs, channels, stride) if changes else nn.Identity()

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.downsample(x))


class SignalResNet(nn.Module):
    def __init__(self, channels=1, width=64, classes=10):
        super().__init__()
        self.layers = nn.Sequential(Wang(channels, width), Wang(width, 2 * width), Wang(2 * width, 2 * width))
        self.fc = nn.Linear(2 * width, classes)

    def forward(self, x):
        return self.fc(self.layers(x).mean(2))


class SignalResNet18(nn.Module):
    def __init__(self, channels=12, classes=5):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv1d(channels, 64, 7, 2, 3, bias=False), nn.BatchNorm1d(64)
        inputs = 64
        for index, width in enumerate((64, 128, 256, 512)):
            stage = nn.Sequential(SignalBasic(inputs, width, 2 if index else 1), SignalBasic(width, width))
            self.add_module(f"layer{index + 1}", stage)
            inputs = width
        self.fc = nn.Linear(512, classes)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.fc(self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean(2))
