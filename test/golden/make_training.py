#!/usr/bin/env python3
"""Writes what check_training.py compares with, with PyTorch in fp64: gradients of the first step, ten losses, tensors
after ten steps on one batch, and how far fp32 may be from each.

    bench/setup && bench/.venv/bin/python test/golden/make_training.py

The limits are not a guess. A sum of n numbers in fp32 is wrong by about sqrt(n) * 2^-24 of its size (Higham and Mary,
2019), wherever it stands. So the same steps run again in fp64 with such an error, drawn at random, behind every layer,
forward and backward, and in every parameter's gradient; a tensor's limit is 4 times the largest difference that 20 such
runs show, and tensors that are kept between steps are rounded in each. fp32 PyTorch's own differences are printed beside them.
"""
import pathlib

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

import networks

FOLDER = pathlib.Path(__file__).resolve().parent / "training"
STEPS, BATCH, DRAWS, FACTOR, UNIT = 10, 8, 20, 4, 2.0**-24


def network():
    blocks = nn.Sequential(networks.Basic(12, 12), networks.Basic(12, 24, 2))
    pool = nn.MaxPool2d(3, 2, 1)
    return networks.Chain(
        conv1=networks.conv(3, 12, 3), bn1=nn.BatchNorm2d(12), pool=pool, layer1=blocks, fc=nn.Linear(24, 5)
    )


def noisy(x, count):
    return x + count**0.5 * UNIT * x.square().mean().sqrt() * torch.randn_like(x)


class Noise(torch.autograd.Function):
    """The error of sums of `forward` numbers in a layer's result, of `backward` ones in its gradient."""

    @staticmethod
    def forward(context, x, forward, backward):
        context.count = backward
        return noisy(x, forward)

    @staticmethod
    def backward(context, gradient):
        return noisy(gradient, context.count), None, None


def add_noise(model):
    """Hooks behind each layer with parameters."""

    def behind(module, inputs, output):
        pixels = output.numel() // output.shape[1]
        if isinstance(module, nn.BatchNorm2d):
            return Noise.apply(output, pixels, pixels)
        weight = module.weight
        return Noise.apply(output, weight[0].numel(), weight.numel() // weight.shape[1])

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear, nn.BatchNorm2d)):
            module.register_forward_hook(behind)
    return lambda parameter, images: noisy(parameter, images.numel() // images.shape[1])


def train(state, images, labels, dtype, draw=None):
    """(losses, gradients of the first step, tensors after the last), all in double."""
    model = network().to(dtype)
    model.load_state_dict(state)
    model.train()
    rounded = None
    if draw is not None:
        torch.manual_seed(draw)
        rounded = add_noise(model)
    groups = [
        {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": 5e-4},
        {"params": [p for p in model.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.SGD(groups, lr=0.05, momentum=0.9, nesterov=True)
    losses, gradients = [], {}
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images.to(dtype)), labels, label_smoothing=0.1)
        loss.backward()
        if rounded:
            for parameter in model.parameters():
                parameter.grad = rounded(parameter.grad, images)
        losses.append(loss.item())
        gradients = gradients or {name: p.grad.double().numpy().copy() for name, p in model.named_parameters()}
        optimizer.step()
    after = {name: t.double().numpy() for name, t in model.state_dict().items() if t.is_floating_point()}
    return {"losses": numpy.array(losses)} | prefixed("gradient", gradients) | prefixed("after", after)


def prefixed(kind, tensors):
    return {f"{kind} {name}": values for name, values in tensors.items()}


def difference(a, b):
    """Largest difference over the largest number."""
    return float(numpy.abs(a - b).max() / numpy.abs(b).max())


def limit(name, values, draws):
    # What is stored between steps, parameter and momentum or statistics, is rounded in every step.
    stored = 2 * STEPS * UNIT if name.startswith("after") else 0
    return FACTOR * max(difference(draw[name], values) for draw in draws) + stored


def main():
    torch.manual_seed(3)
    model = network()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            elif isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.3)
                module.bias.normal_(0, 0.2)
    state = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    images, labels = torch.randn(BATCH, 3, 13, 11), torch.arange(BATCH) % 5
    exact = train(state, images, labels, torch.float64)
    single = train(state, images, labels, torch.float32)
    draws = [train(state, images, labels, torch.float64, draw) for draw in range(DRAWS)]
    limits = {name: limit(name, values, draws) for name, values in exact.items()}

    for name, values in exact.items():
        print(f"{name:45} limit {limits[name]:.1e}  fp32 PyTorch {difference(single[name], values):.1e}")
    save_file(state, FOLDER / "small.safetensors")
    (FOLDER / "small.safetensors").chmod(0o644)
    numpy.save(FOLDER / "images.npy", images.numpy())
    numpy.save(FOLDER / "labels.npy", labels.numpy().astype(numpy.int32))
    numpy.savez_compressed(FOLDER / "expected.npz", **exact)
    numpy.savez_compressed(FOLDER / "limits.npz", **{name: numpy.array(limit) for name, limit in limits.items()})


if __name__ == "__main__":
    main()
