#!/usr/bin/env python3
"""Writes the weights, inputs and expected outputs beside nets/*.rn with PyTorch.

    bench/setup && bench/.venv/bin/python test/golden/make.py [NAME …]

Outputs are those of PyTorch in fp64; what fp32 PyTorch itself differs is printed, for scale. The files are stored,
so that tests need no PyTorch; this script runs only when a network is added.
"""
import pathlib
import sys

import numpy
import torch
from safetensors.torch import save_file
from torch import nn

import families
import networks

NETS = pathlib.Path(__file__).resolve().parent / "nets"
PICTURES = 3
NETWORKS = networks.NETWORKS | families.NETWORKS
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


@torch.no_grad()
def randomise(model, x):
    """Statistics of real activations, then moved at random: folding has work to do, values stay of order one."""
    for module in model.modules():
        if isinstance(module, (nn.Conv1d, nn.Conv2d)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        elif isinstance(module, (*NORMS, nn.LayerNorm)):
            module.weight.uniform_(0.4, 1.3)
            module.bias.normal_(0, 0.3)
            module.momentum = 1.0
        elif isinstance(module, families.Scale):
            module.weight.uniform_(0.3, 0.9)
        elif isinstance(module, families.Bias):
            module.bias.normal_(0, 0.4)
    model.train()
    model(x)
    model.eval()
    for module in model.modules():
        if isinstance(module, NORMS):
            module.running_var *= torch.empty_like(module.running_var).uniform_(0.6, 1.6)
            module.running_mean += 0.3 * module.running_var.sqrt() * torch.randn_like(module.running_mean)


def make(name):
    build, shape, is_bytes = NETWORKS[name]
    torch.manual_seed(1)
    model = build()
    pictures = torch.randint(0, 256, (PICTURES, *shape)).to(torch.uint8) if is_bytes else torch.randn(PICTURES, *shape)
    randomise(model, pictures.float())
    # Whole state_dict: num_batches_tracked too, as a user's file has it.
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, NETS / f"{name}.safetensors")
    (NETS / f"{name}.safetensors").chmod(0o644)
    with torch.no_grad():
        single = model(pictures.float()).double()
        exact = model.double()(pictures.double())
    numpy.save(NETS / f"{name}.input.npy", pictures.numpy())
    numpy.save(NETS / f"{name}.expected.npy", exact.numpy())
    difference = ((single - exact).abs().max() / exact.abs().max()).item()
    print(f"{name:12} largest output {exact.abs().max().item():7.3f}  fp32 PyTorch differs {difference:.1e} of it")


for name in sys.argv[1:] or NETWORKS:
    make(name)
