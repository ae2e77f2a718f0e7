"""The networks of nets/*.rn in PyTorch: the same parameter names, written from the papers and not from our compiler."""
import torch.nn.functional as F
from torch import nn


def conv(inputs, channels, kernel, stride=1, pad=None, bias=False):
    return nn.Conv2d(inputs, channels, kernel, stride, (kernel - 1) // 2 if pad is None else pad, bias=bias)


class Layers(nn.Module):
    """Holds the layers that its keyword arguments name."""

    def __init__(self, **layers):
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)


def projection(inputs, channels, stride):
    return nn.Sequential(conv(inputs, channels, 1, stride), nn.BatchNorm2d(channels))


class Basic(nn.Module):
    def __init__(self, inputs, channels, stride=1, pad=False):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, channels, 3, stride), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = conv(channels, channels, 3), nn.BatchNorm2d(channels)
        self.stride, self.grow = stride, channels - inputs
        if self.grow and not pad:
            self.downsample = projection(inputs, channels, stride)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if hasattr(self, "downsample"):
            return F.relu(y + self.downsample(x))
        return F.relu(y + F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.grow)))


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride=1):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, width, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = conv(width, width, 3, stride), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = conv(width, 4 * width, 1), nn.BatchNorm2d(4 * width)
        if inputs != 4 * width or stride != 1:
            self.downsample = projection(inputs, 4 * width, stride)

    def forward(self, x):
        y = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        skip = self.downsample(x) if hasattr(self, "downsample") else x
        return F.relu(self.bn3(self.conv3(y)) + skip)


class Preact(nn.Module):
    def __init__(self, inputs, channels, stride=1):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, channels, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(channels), conv(channels, channels, 3)
        if inputs != channels:
            self.proj = conv(inputs, channels, 1, stride)

    def forward(self, x):
        a = F.relu(self.bn1(x))
        y = self.conv2(F.relu(self.bn2(self.conv1(a))))
        return y + (self.proj(a) if hasattr(self, "proj") else x)


class Chain(Layers):
    """stem, stages, head: what the networks of blocks share."""

    def forward(self, x):
        x = self.conv1(x)
        if hasattr(self, "bn1"):
            x = F.relu(self.bn1(x))
        if hasattr(self, "pool"):
            x = self.pool(x)
        for name in ("layer1", "layer2"):
            x = getattr(self, name)(x) if hasattr(self, name) else x
        if hasattr(self, "bn"):
            x = F.relu(self.bn(x))
        return self.fc(x.mean((2, 3)))


def basic():
    blocks = nn.Sequential(Basic(8, 8), Basic(8, 18, 2))
    pool = nn.MaxPool2d(3, 2, 1)
    return Chain(conv1=conv(3, 8, 3), bn1=nn.BatchNorm2d(8), pool=pool, layer1=blocks, fc=nn.Linear(18, 7))


def bottleneck():
    blocks = nn.Sequential(Bottleneck(8, 6), Bottleneck(24, 6), Bottleneck(24, 8, 2))
    return Chain(conv1=conv(3, 8, 7, 2), bn1=nn.BatchNorm2d(8), layer1=blocks, fc=nn.Linear(32, 6))


def option_a():
    blocks = nn.Sequential(Basic(6, 6, 1, True), Basic(6, 10, 2, True), Basic(10, 18, 2, True))
    return Chain(conv1=conv(1, 6, 3), bn1=nn.BatchNorm2d(6), layer1=blocks, fc=nn.Linear(18, 5))


def preact():
    layer1, layer2 = nn.Sequential(Preact(6, 6), Preact(6, 6)), nn.Sequential(Preact(6, 18, 2))
    return Chain(conv1=conv(3, 6, 3), layer1=layer1, layer2=layer2, bn=nn.BatchNorm2d(18), fc=nn.Linear(18, 5))


class Nested(Layers):
    def __init__(self):
        kernels = [3, 3, 1, 3, 1]
        layers = {f"conv{i + 1}": conv(2 if i == 0 else 17, 17, k) for i, k in enumerate(kernels)}
        super().__init__(**layers, **{f"bn{i + 1}": nn.BatchNorm2d(17) for i in range(5)}, fc=nn.Linear(17, 4))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        a = F.relu(self.bn2(self.conv2(x)))
        b = self.bn3(self.conv3(a))
        x = x + F.relu(a + (b + self.bn4(self.conv4(b))))
        x = x + (x + F.relu(self.bn5(self.conv5(x))))
        return self.fc(x.mean((2, 3)))


class Odd(Layers):
    def __init__(self):
        super().__init__(
            conv1=conv(5, 7, 5, 3), bn1=nn.BatchNorm2d(7),
            conv2=conv(7, 19, 3, pad=2), bn2=nn.BatchNorm2d(19),
            conv3=conv(19, 21, 2, 2, pad=0), bn3=nn.BatchNorm2d(21),
            conv4=conv(21, 6, 3, pad=0, bias=True),
            conv5=conv(6, 13, 1, 2, bias=True), bn5=nn.BatchNorm2d(13),
            fc=nn.Linear(13, 3, bias=False),
        )  # fmt: skip

    def forward(self, x):
        x = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        x = F.relu(self.conv4(F.relu(self.bn3(self.conv3(x)))))
        return self.fc(self.bn5(self.conv5(x)).mean((2, 3)))


class Flatten(Layers):
    def __init__(self):
        super().__init__(conv1=conv(1, 6, 3, 2, bias=True), fc1=nn.Linear(6 * 5 * 4, 21), fc2=nn.Linear(21, 9))

    def forward(self, x):
        return F.softmax(self.fc2(F.relu(self.fc1(F.relu(self.conv1(x)).flatten(1)))), 1)


class Pools(Layers):
    def __init__(self):
        channels = [3, 18, 10, 20]
        layers = {f"conv{i}": conv(channels[i - 1], channels[i], 3) for i in (1, 2, 3)}
        layers |= {f"bn{i}": nn.BatchNorm2d(channels[i]) for i in (1, 2, 3)}
        super().__init__(**layers, fc=nn.Linear(20 * 4 * 3, 6))

    def forward(self, x):
        x = F.max_pool2d(self.bn1(self.conv1(x)), 3, 2, 1)
        x = F.avg_pool2d(F.relu(self.bn2(self.conv2(x))), 3, 1, 1)
        x = F.max_pool2d(F.avg_pool2d(self.bn3(self.conv3(x)), 2, 2), 2, 1)
        return self.fc(x.flatten(1))


class Bytes(Layers):
    def __init__(self):
        bns = {f"bn{i}": nn.BatchNorm2d(16) for i in (1, 2)}
        super().__init__(conv1=conv(3, 16, 3, 2), conv2=conv(16, 16, 3), **bns, fc=nn.Linear(16, 10))

    def forward(self, x):
        mean, std = x.new_tensor([0.485, 0.456, 0.406]), x.new_tensor([0.229, 0.224, 0.225])
        x = (x / 255 - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)
        x = F.relu(self.bn1(self.conv1(x)))
        return self.fc(F.relu(x + self.bn2(self.conv2(x))).mean((2, 3)))


class Pointwise(Layers):
    def __init__(self):
        super().__init__(
            conv1=conv(20, 40, 1), bn1=nn.BatchNorm2d(40), conv2=conv(40, 24, 1), bn2=nn.BatchNorm2d(24),
            conv3=conv(24, 40, 1), bn3=nn.BatchNorm2d(40), conv4=conv(40, 16, 1, 2, bias=True), fc=nn.Linear(16, 8),
        )  # fmt: skip

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(x + self.bn3(self.conv3(F.relu(self.bn2(self.conv2(x))))))
        return self.fc(self.conv4(x).mean((2, 3)))


# name -> (how to make it, shape of one picture, bytes?)
NETWORKS = {
    "basic": (basic, (3, 14, 14), False),
    "bottleneck": (bottleneck, (3, 16, 16), False),
    "option_a": (option_a, (1, 11, 13), False),
    "preact": (preact, (3, 12, 12), False),
    "nested": (Nested, (2, 9, 10), False),
    "odd": (Odd, (5, 17, 11), False),
    "flatten": (Flatten, (1, 10, 8), False),
    "pools": (Pools, (3, 19, 15), False),
    "bytes": (Bytes, (3, 13, 16), True),
    "pointwise": (Pointwise, (20, 7, 5), False),
}
