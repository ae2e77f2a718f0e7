#!/usr/bin/env python3
"""Trains the network of fashion.rn once with PyTorch and stores it as safetensors.

    python train.py --data /usr/share/datasets/fashion-mnist -o fashion.safetensors

The network is the CIFAR ResNet-20 of He et al. 2015, section 4.2 (option A shortcuts),
for 28x28 grey pictures. Needs torch, numpy and safetensors.
"""
import argparse
import gzip
import pathlib
import time

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

MEAN, STD = 0.2860, 0.3530


class Basic(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride, self.grow = stride, channels - inputs

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        # Option A: subsample, then pad the new channels with zeros at the end.
        shortcut = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.grow))
        return F.relu(y + shortcut)


class ResNet20(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Basic(16, 16, 1), Basic(16, 16, 1), Basic(16, 16, 1))
        self.layer2 = nn.Sequential(Basic(16, 32, 2), Basic(32, 32, 1), Basic(32, 32, 1))
        self.layer3 = nn.Sequential(Basic(32, 64, 2), Basic(64, 64, 1), Basic(64, 64, 1))
        self.fc = nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


def read_idx(path):
    """An IDX file (LeCun): magic 0x00000803 or 0x00000801, big-endian extents, bytes."""
    data = gzip.open(path).read()
    rank = data[3]
    shape = numpy.frombuffer(data, ">u4", rank, 4)
    return torch.from_numpy(numpy.frombuffer(data, "u1", -1, 4 + 4 * rank).reshape(shape).copy())


def normalise(pictures):
    return (pictures.float() / 255 - MEAN) / STD


def augment(x, generator):
    """Random horizontal flip and a random shift of up to two pixels, per picture."""
    n = len(x)
    flip = torch.rand(n, generator=generator) < 0.5
    x = torch.where(flip[:, None, None, None], x.flip(3), x)
    padded = F.pad(x, (2, 2, 2, 2), value=(0 - MEAN) / STD)
    rows = torch.arange(28) + torch.randint(0, 5, (n, 1), generator=generator)
    columns = torch.arange(28) + torch.randint(0, 5, (n, 1), generator=generator)
    return padded[torch.arange(n)[:, None, None], 0, rows[:, :, None], columns[:, None, :]][:, None]


@torch.no_grad()
def accuracy(model, pictures, labels):
    model.eval()
    right = 0
    for x, t in zip(pictures.split(500), labels.split(500)):
        right += (model(normalise(x)[:, None]).argmax(1) == t).sum().item()
    return right / len(labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("-o", "--output", default="fashion.safetensors")
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    pictures = read_idx(args.data / "train-images-idx3-ubyte.gz")
    labels = read_idx(args.data / "train-labels-idx1-ubyte.gz").long()
    test = read_idx(args.data / "t10k-images-idx3-ubyte.gz")
    test_labels = read_idx(args.data / "t10k-labels-idx1-ubyte.gz").long()

    model = ResNet20().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    batch, steps = 128, (len(pictures) + 127) // 128
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.2, total_steps=steps * args.epochs, pct_start=0.2)
    for epoch in range(args.epochs):
        model.train()
        start, total = time.time(), 0.0
        for index in torch.randperm(len(pictures), generator=generator).split(batch):
            x = augment(normalise(pictures[index])[:, None], generator)
            loss = F.cross_entropy(model(x.to(memory_format=torch.channels_last)), labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(index)
        print(f"epoch {epoch + 1:2d} loss {total / len(pictures):.4f} "
              f"test accuracy {100 * accuracy(model, test, test_labels):.2f} % "
              f"{time.time() - start:.0f} s", flush=True)
        # The file is rewritten each epoch, so an interrupted run keeps what it learned.
        save_file({k: v.contiguous() for k, v in model.state_dict().items()}, args.output)


if __name__ == "__main__":
    main()
