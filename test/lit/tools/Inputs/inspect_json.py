"""Reads `resnetc inspect --json`: parameters and multiply-adds are the sum of the layers', and as given; every layer
has calls, is fused into one that has, or needs no code (it is the identity, or in place)."""
import json
import sys

network = json.load(sys.stdin)
layers = network["layers"]
for number, total in enumerate(("parameters", "multiply_adds"), start=1):
    assert network[total] == sum(layer[total] for layer in layers)
    assert len(sys.argv) <= number or network[total] == int(sys.argv[number])
assert network["weight_layers"] == sum(layer["kind"] in ("conv", "linear") for layer in layers)
assert [layer for layer in layers if "inside" not in layer][-1]["output"] == network["output"]
callers = {layer["name"] for layer in layers if layer["calls"]}
for layer in layers:
    assert layer.get("fused_into", layer["name"]) in callers | {layer["name"]}, layer
    assert layer["kind"] not in ("conv", "linear") or layer["calls"], layer
    assert layer["kind"] not in ("batch_norm", "residual", "scale") or layer["calls"] or "fused_into" in layer, layer
    assert ("inside" in layer) == ("role" in layer)
    assert "inside" not in layer or layer["role"] in ("body", "shortcut", "gate", "branch")
    for call in layer["calls"]:
        assert call["output_bytes"] > 0 and call["layout"] in ("planar", "blocked16") and "batch=" in call["kernel"]
