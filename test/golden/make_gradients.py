#!/usr/bin/env python3
"""Writes training/gradients.npz, which check_training.py compares with what <name>_gradients of `compile --train --probe`
leaves behind, with PyTorch in fp64: losses and gradients of a batch with two labels an image (mixup), and of each residual
the sums of squares of branch, skip and of the gradient in their sum.

    bench/setup && bench/.venv/bin/python test/golden/make_gradients.py

Network, weights and images are make_training.py's, which says where the limits come from ("limit NAME" in the file).
"""
import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from make_training import DRAWS, FACTOR, FOLDER, UNIT, add_noise, difference, network, prefixed

MIX = 0.25  # exact in fp32
SECOND = 3  # the second label of an image is its label + SECOND


def watch(model, found, draws):
    """Keeps what each residual adds; the gradient in the sum is that in its branch. `draws`: with the error of a sum."""

    def squares(tensor):
        total = tensor.detach().double().square().sum()
        error = tensor.numel() ** 0.5 * UNIT * torch.randn(()) if draws else 0
        return (total * (1 + error)).numpy()

    def branch(name):
        def hook(module, inputs, output):
            found[f"branch {name}"] = squares(output)
            output.register_hook(lambda gradient: found.update({f"gradient {name}": squares(gradient)}))

        return hook

    for name, block in model.layer1.named_children():
        name = f"layer1.{name}"
        block.bn2.register_forward_hook(branch(name))
        keep = lambda values, name=name: found.update({f"skip {name}": squares(values)})
        if hasattr(block, "downsample"):
            block.downsample.register_forward_hook(lambda module, inputs, output, keep=keep: keep(output))
        else:
            block.register_forward_pre_hook(lambda module, inputs, keep=keep: keep(inputs[0]))


def gradients(state, images, labels, dtype, draw=None):
    model = network().to(dtype)
    model.load_state_dict(state)
    model.train()
    rounded, probes = None, {}
    if draw is not None:
        torch.manual_seed(draw)
        rounded = add_noise(model)
    watch(model, probes, draw is not None)
    logits = model(images.to(dtype))
    loss = MIX * F.cross_entropy(logits, labels, label_smoothing=0.1)
    loss = loss + (1 - MIX) * F.cross_entropy(logits, (labels + SECOND) % 5, label_smoothing=0.1)
    loss.backward()
    if rounded:
        for parameter in model.parameters():
            parameter.grad = rounded(parameter.grad, images)
    of_parameters = {name: p.grad.double().numpy().copy() for name, p in model.named_parameters()}
    return {"loss": numpy.array(loss.item())} | prefixed("gradient", of_parameters) | prefixed("probe", probes)


def main():
    state = load_file(FOLDER / "small.safetensors")
    images = torch.from_numpy(numpy.load(FOLDER / "images.npy"))
    labels = torch.from_numpy(numpy.load(FOLDER / "labels.npy")).long()
    exact = gradients(state, images, labels, torch.float64)
    single = gradients(state, images, labels, torch.float32)
    draws = [gradients(state, images, labels, torch.float64, draw) for draw in range(DRAWS)]
    limits = {name: FACTOR * max(difference(draw[name], values) for draw in draws) for name, values in exact.items()}
    for name, values in exact.items():
        print(f"{name:45} limit {limits[name]:.1e}  fp32 PyTorch {difference(single[name], values):.1e}")
    numpy.savez_compressed(FOLDER / "gradients.npz", **exact, **prefixed("limit", limits))


if __name__ == "__main__":
    main()
