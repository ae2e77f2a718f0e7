"""The networks of the comparisons, in PyTorch, with parameter names as in dsl/std/models/*.rn.

A network's weights and batch norm statistics are random but sane: see randomise().
"""
import dataclasses

import torch
import torch.nn.functional as F
import torchvision
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck

import environment

IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


class Basic(nn.Module):
    """Two 3x3 convolutions and option A: the skip is subsampled, its new channels are zeros at the end."""

    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride, self.grow = stride, channels - inputs

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        skip = x[:, :, :: self.stride, :: self.stride]
        return F.relu(y + F.pad(skip, (0, 0, 0, 0, 0, self.grow)))


class PreactBasic(nn.Module):
    """He et al. 2016: BN and ReLU before each convolution; where the shape changes the activated input is projected."""

    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        if stride != 1 or inputs != channels:
            self.downsample = nn.Conv2d(inputs, channels, 1, stride, bias=False)

    def forward(self, x):
        a = F.relu(self.bn1(x))
        y = self.conv2(F.relu(self.bn2(self.conv1(a))))
        return y + (self.downsample(a) if hasattr(self, "downsample") else x)


class PreactBottleneck(nn.Module):
    """The same with three convolutions."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        channels = 4 * width
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, width, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, channels, 1, 1, bias=False)
        if stride != 1 or inputs != channels:
            self.downsample = nn.Conv2d(inputs, channels, 1, stride, bias=False)

    def forward(self, x):
        a = F.relu(self.bn1(x))
        y = self.conv2(F.relu(self.bn2(self.conv1(a))))
        y = self.conv3(F.relu(self.bn3(y)))
        return y + (self.downsample(a) if hasattr(self, "downsample") else x)


def stack(block, inputs, widths, blocks, expansion=1):
    """Three stages of equal blocks; the first block of the second and third halves the map."""
    stages = []
    for stage, width in enumerate(widths):
        layers = []
        for index in range(blocks):
            layers.append(block(inputs, width, 2 if stage and not index else 1))
            inputs = expansion * width
        stages.append(nn.Sequential(*layers))
    return stages


class CifarResNet(nn.Module):
    """He et al. 2015, section 4.2: 6n + 2 layers."""

    def __init__(self, depth):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1, self.layer2, self.layer3 = stack(Basic, 16, (16, 32, 64), (depth - 2) // 6)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.fc(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


class CifarPreact(nn.Module):
    """He et al. 2016: 6n + 2 layers of basic blocks or 9n + 2 of bottlenecks (expansion 4)."""

    def __init__(self, depth, block, convolutions, expansion):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        blocks = (depth - 2) // (3 * convolutions)
        self.layer1, self.layer2, self.layer3 = stack(block, 16, (16, 32, 64), blocks, expansion)
        self.bn = nn.BatchNorm2d(64 * expansion)
        self.fc = nn.Linear(64 * expansion, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return self.fc(F.relu(self.bn(x)).mean((2, 3)))


@dataclasses.dataclass(frozen=True)
class Network:
    """`name` is the .rn file's and the network's in it; the input is f32, size x size, normalised."""

    name: str
    make: object
    size: int

    @property
    def source(self):
        return environment.ROOT / "dsl" / "std" / "models" / f"{self.name}.rn"


NETWORKS = {
    n.name: n
    for n in [
        *(Network(f"resnet{d}", getattr(torchvision.models, f"resnet{d}"), 224) for d in (18, 34, 50, 101, 152)),
        *(Network(f"resnet{d}", lambda d=d: CifarResNet(d), 32) for d in (20, 56, 110)),
        Network("preact110", lambda: CifarPreact(110, PreactBasic, 2, 1), 32),
        Network("preact164", lambda: CifarPreact(164, PreactBottleneck, 3, 4), 32),
    ]
}


def pictures(network, count, seed=0):
    """Random pictures, NCHW, normalised: smooth blobs plus noise, so that layers see more than white noise."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 8, 8, generator=generator)
    smooth = F.interpolate(coarse, size=(network.size, network.size), mode="bilinear", align_corners=False)
    noise = torch.rand(smooth.shape, generator=generator)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in IMAGENET)
    return (0.8 * smooth + 0.2 * noise - mean) / std


@torch.no_grad()
def randomise(network, seed=1):
    """Random convolutions, gamma, beta, mean and variance for every batch norm, so that folding has work to do.

    Each batch norm's statistics are first those of real activations (one pass in training mode), then moved at
    random by a good part of a deviation: activations stay of order one at any depth, yet nothing cancels. The last
    gamma of a block is smaller, as in trained networks: else an untrained ResNet-152 magnifies a rounding error (fp32
    PyTorch's too) fifty times, and the comparison would measure that.
    """
    torch.manual_seed(seed)
    model, lasts = network.make(), []
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.BatchNorm2d):
            module.weight.uniform_(0.4, 1.2)
            module.bias.normal_(0, 0.2)
            module.momentum = 1.0
        last = {Bottleneck: "bn3", BasicBlock: "bn2", Basic: "bn2"}.get(type(module))
        if last:
            lasts.append(getattr(module, last))
        elif isinstance(module, nn.Linear):
            module.bias.normal_(0, 0.5)
    for module in lasts:
        module.weight *= 0.4
    model.train()
    model(pictures(network, 4, seed + 1000))
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_var *= torch.empty_like(module.running_var).uniform_(0.6, 1.6)
            module.running_mean += 0.3 * module.running_var.sqrt() * torch.randn_like(module.running_mean)
    return model
