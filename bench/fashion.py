"""ResNet-20 of He et al. 2015 on Fashion-MNIST with PyTorch, the recipe of examples/fashion: the peer of `resnetc train`.

    python fashion.py --data /usr/share/datasets/fashion-mnist --epochs 10 --seed 1 --threads 2 -o weights.pt

fp32, eager, channels_last. OneCycle to 0.4, SGD with Nesterov's momentum 0.9, weight decay 5e-4 (not on batch norms and
biases), label smoothing 0.1, batches of 128, random crop of 2 and flip, done for a batch at once. A line an epoch.
"""
import argparse
import gzip
import pathlib
import time

import numpy
import torch
import torch.nn.functional as F

import modules

MEAN, STD = 0.2860, 0.3530


def read_idx(path):
    """An IDX file (LeCun): magic 0x00000803 or 0x00000801, big-endian extents, bytes."""
    data = gzip.open(path).read()
    rank = data[3]
    shape = numpy.frombuffer(data, ">u4", rank, 4)
    return torch.from_numpy(numpy.frombuffer(data, "u1", -1, 4 + 4 * rank).reshape(shape).copy())


def normalise(pictures):
    return ((pictures.float() / 255 - MEAN) / STD)[:, None].to(memory_format=torch.channels_last)


def augment(pictures, generator):
    """Bytes: a random shift of up to two pixels over a border of zeros, and a flip, for each picture."""
    n = len(pictures)
    padded = F.pad(pictures, (2, 2, 2, 2))
    rows = torch.arange(28) + torch.randint(0, 5, (n, 1), generator=generator)
    columns = torch.arange(28) + torch.randint(0, 5, (n, 1), generator=generator)
    flip = torch.rand(n, 1, generator=generator) < 0.5
    columns = torch.where(flip, columns.flip(1), columns)
    return padded[torch.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]


@torch.no_grad()
def accuracy(model, pictures, labels):
    model.eval()
    right = sum((model(normalise(x)).argmax(1) == t).sum().item()
                for x, t in zip(pictures.split(500), labels.split(500)))
    return right / len(labels)


def make_optimizer(model):
    decay = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decay, "weight_decay": 5e-4}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=0.4, momentum=0.9, nesterov=True, fused=True)


def initialise(model):
    """He et al. 2015b, fan in, as resnetc does it."""
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("-o", "--output", required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    pictures = read_idx(args.data / "train-images-idx3-ubyte.gz")
    labels = read_idx(args.data / "train-labels-idx1-ubyte.gz").long()
    test = read_idx(args.data / "t10k-images-idx3-ubyte.gz")
    test_labels = read_idx(args.data / "t10k-labels-idx1-ubyte.gz").long()

    model = modules.Cifar(modules.Basic, 3, inputs=1)
    initialise(model)
    model = model.to(memory_format=torch.channels_last)
    optimizer = make_optimizer(model)
    steps = (len(pictures) + 127) // 128
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.4, total_steps=steps * args.epochs, cycle_momentum=False)
    for epoch in range(args.epochs):
        model.train()
        start, total = time.time(), 0.0
        for index in torch.randperm(len(pictures), generator=generator).split(128):
            x = normalise(augment(pictures[index], generator))
            loss = F.cross_entropy(model(x), labels[index], label_smoothing=0.1)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(index)
        seconds = time.time() - start
        print(f"epoch {epoch + 1} loss {total / len(pictures):.4f} "
              f"accuracy {100 * accuracy(model, test, test_labels):.2f} seconds {seconds:.1f}", flush=True)
    torch.save(model.state_dict(), args.output)


if __name__ == "__main__":
    main()
