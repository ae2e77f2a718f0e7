"""Reads `resnetc inspect --json`: parameters and multiply-adds are as given and the sum of the layers'; every layer
has calls, is fused into one that has, or needs no code (it is the identity, or in place)."""
import json
import sys

network = json.load(sys.stdin)
layers = network["layers"]
assert network["parameters"] == int(sys.argv[1]) == sum(layer["parameters"] for layer in layers)
assert network["multiply_adds"] == int(sys.argv[2]) == sum(layer["multiply_adds"] for layer in layers)
assert network["weight_layers"] == sum(layer["kind"] in ("conv", "linear") for layer in layers)
assert layers[-1]["output"] == network["output"]
callers = {layer["name"] for layer in layers if layer["calls"]}
for layer in layers:
    assert layer["calls"] or layer.get("fused_into") in callers or layer["kind"] in ("drop_path", "dropout", "flatten"), layer
    assert layer["kind"] not in ("conv", "linear") or layer["calls"], layer
    assert ("inside" in layer) == ("role" in layer)
    assert "inside" not in layer or layer["role"] in ("body", "shortcut", "gate", "branch")
    for call in layer["calls"]:
        assert call["output_bytes"] > 0 and call["layout"] in ("planar", "blocked16") and "batch=" in call["kernel"]
