"""The networks of the comparisons, in PyTorch, with the parameter names of dsl/std/models/*.rn.

Those of torchvision and timm are theirs; modules.py and tables.py hold the others. A network's weights and batch norm
statistics are random but sane: see randomise().
"""
import dataclasses

import timm
import torch
import torch.nn.functional as F
import torchvision
from timm.models.resnetv2 import ResNetV2
from torch import nn
from torchvision.models.resnet import BasicBlock

import environment
import modules
import tables

IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
IMAGE, CIFAR = (3, 224, 224), (3, 32, 32)


@dataclasses.dataclass(frozen=True)
class Network:
    """`file` names the .rn file and the network in it, `settings` its parameters; inputs are f32 and normalised."""

    name: str
    make: object
    shape: tuple
    file: str
    settings: tuple = ()

    @property
    def source(self):
        return environment.ROOT / "dsl" / "std" / "models" / f"{self.file}.rn"


def original(model):
    """Strides as in the paper ("v1"): in the first 1x1 convolution."""
    for module in model.modules():
        if isinstance(module, torchvision.models.resnet.Bottleneck):
            module.conv1.stride, module.conv2.stride = module.conv2.stride, module.conv1.stride
    return model


class PlainBasic(BasicBlock):
    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


def plain(layers):
    model = torchvision.models.ResNet(PlainBasic, layers)
    for module in model.modules():
        if isinstance(module, PlainBasic):
            module.downsample = None
    return model


def preact200():
    norm = timm.layers.BatchNormAct2d
    return ResNetV2([3, 24, 36, 3], conv_layer=timm.layers.create_conv2d, norm_layer=norm)


def list_networks():
    """Families in the order of the README: name, how PyTorch makes it, and file and settings where they differ."""

    def image(name, make, file=None, **settings):
        return Network(name, make, IMAGE, file or name, tuple(settings.items()))

    def cifar(name, file, block, blocks, options=None, **settings):
        make = block if blocks is None else lambda: modules.Cifar(block, blocks, **(options or {}))
        return Network(name, make, CIFAR, file, tuple(settings.items()))

    for depth in (18, 34, 50, 101, 152):
        yield image(f"resnet{depth}", getattr(torchvision.models, f"resnet{depth}"))
    yield image("resnet50-v1", lambda: original(torchvision.models.resnet50()), "resnet50", v1="true")
    yield image("wide_resnet50_2", torchvision.models.wide_resnet50_2)
    yield image("resnext50_32x4d", torchvision.models.resnext50_32x4d)
    for name in ("resnet50c", "resnet50d", "seresnet50"):
        yield image(name, lambda name=name: timm.create_model(name))
    for depth in (18, 50):
        yield image(f"preact_resnet{depth}", lambda depth=depth: timm.create_model(f"resnetv2_{depth}"))
    yield image("preact_resnet200", preact200)
    yield image("plain18", lambda: plain([2, 2, 2, 2]))
    yield image("plain34", lambda: plain([3, 4, 6, 3]))
    for depth in (20, 56, 110):
        yield cifar(f"resnet{depth}", "cifar_resnet", modules.Basic, (depth - 2) // 6, depth=depth)
    yield cifar("plain20", "cifar_plain", modules.Plain, 3, depth=20)
    preact = {"stem": None, "end": "norm"}
    bottleneck = preact | {"width": 4}
    yield cifar("preact110", "cifar_preact", modules.PreactBasic, 18, preact, depth=110)
    yield cifar("preact164", "cifar_preact", modules.PreactBottleneck, 18, bottleneck, depth=164)
    yield cifar("wrn-28-10", "wrn", modules.PreactBasic, 4, preact | {"width": 10}, depth=28, width=10)
    yield cifar("wrn-40-4", "wrn", modules.PreactBasic, 6, preact | {"width": 4}, depth=40, width=4)
    yield cifar("stochastic110", "cifar_stochastic", modules.Basic, 18, depth=110)
    yield cifar("rezero20", "cifar_rezero", modules.ReZero, 3, depth=20)
    yield cifar("skipinit20", "cifar_skipinit", modules.SkipInit, 3, {"stem": None, "end": "relu", "bias": True}, depth=20)
    yield cifar("fixup20", "cifar_fixup", modules.Fixup, 3, {"stem": "bias1", "end": "bias2"}, depth=20)
    for row in range(8):
        make = lambda row=row: tables.shortcuts(row, 20)
        yield cifar(f"shortcuts-{row}", "cifar_shortcuts", make, None, row=row, depth=20)
    for row in range(5):
        make = lambda row=row: tables.activations(row, 20)
        yield cifar(f"activations-{row}", "cifar_activations", make, None, row=row, n=3)
        make = lambda row=row: tables.activations(row, 29, True)
        yield cifar(f"activations-{row}-deep", "cifar_activations", make, None, row=row, n=3, deep="true")
    yield Network("mlp", modules.Mlp, (784,), "residual_mlp")
    layer_norm = (("layer_norms", "true"),)
    yield Network("mlp-layer_norm", lambda: modules.Mlp(layer_norm=True), (784,), "residual_mlp", layer_norm)
    yield Network("signal_resnet", modules.SignalResNet, (1, 128), "signal_resnet")
    yield Network("signal_resnet18", modules.SignalResNet18, (12, 1000), "signal_resnet18")


NETWORKS = {n.name: n for n in list_networks()}

# He et al. 2016: 10.3 million parameters in 333 blocks. Trained, not compared in its logits.
PREACT1001 = Network(
    "preact1001",
    lambda: modules.Cifar(modules.PreactBottleneck, 111, width=4, stem=None, end="norm"),
    CIFAR,
    "cifar_preact",
    (("depth", 1001),),
)
TRAINED = NETWORKS | {"preact1001": PREACT1001}


def pictures(network, count, seed=0):
    """Random pictures, NCHW, normalised: smooth blobs plus noise, so that layers see more than white noise. Vectors and
    signals are white noise."""
    generator = torch.Generator().manual_seed(seed)
    if len(network.shape) != 3:
        return torch.randn(count, *network.shape, generator=generator)
    coarse = torch.rand(count, 3, 8, 8, generator=generator)
    smooth = F.interpolate(coarse, size=network.shape[1:], mode="bilinear", align_corners=False)
    noise = torch.rand(smooth.shape, generator=generator)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in IMAGENET)
    return (0.8 * smooth + 0.2 * noise - mean) / std


NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def last_norms(model):
    """The batch norms before an addition."""
    for module in model.modules():
        names = [name for name in ("conv1", "bn1", "conv2", "bn2", "conv3", "bn3") if hasattr(module, name)]
        if len(names) >= 4 and names[-1].startswith("bn"):
            yield getattr(module, names[-1])


@torch.no_grad()
def randomise(network, seed=1):
    """Random convolutions, gamma, beta, mean and variance for every batch norm, so that folding has work to do.

    Each batch norm's statistics are first those of real activations (one pass in training mode), then moved at
    random by a good part of a deviation: activations stay of order one at any depth, yet nothing cancels. The last
    gamma of a block is smaller, as in trained networks: else an untrained ResNet-152 magnifies a rounding error (fp32
    PyTorch's too) fifty times, and the comparison would measure that. Learned factors and biases, which begin at zero,
    get values.
    """
    torch.manual_seed(seed)
    model = network.make()
    for module in model.modules():
        if isinstance(module, (nn.Conv1d, nn.Conv2d)):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                module.bias.normal_(0, 0.3)
        elif isinstance(module, (*NORMS, nn.LayerNorm)):
            module.weight.uniform_(0.4, 1.2)
            module.bias.normal_(0, 0.2)
            module.momentum = 1.0
        elif isinstance(module, nn.Linear):
            module.bias.normal_(0, 0.5)
        elif isinstance(module, modules.LearnedScale):
            module.weight.uniform_(0.2, 0.5)
        elif isinstance(module, modules.LearnedBias):
            module.bias.normal_(0, 0.3)
    for module in last_norms(model):
        module.weight *= 0.4
    model.train()
    model(pictures(network, 4, seed + 1000))
    model.eval()
    for module in model.modules():
        if isinstance(module, NORMS):
            module.running_var *= torch.empty_like(module.running_var).uniform_(0.6, 1.6)
            module.running_mean += 0.3 * module.running_var.sqrt() * torch.randn_like(module.running_mean)
    return model
