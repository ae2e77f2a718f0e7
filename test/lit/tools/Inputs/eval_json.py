"""Checks what `resnetc eval --json` printed of a network that says class 3 of everything: eval_json.py JSON LABELS"""
import json
import math
import sys

result = json.load(open(sys.argv[1]))
labels = list(open(sys.argv[2], "rb").read()[8:])
assert result["images"] == len(labels) == 300
assert result["top1"] == labels.count(3) / 300
# Of the equal logits the lower classes come first: 3, then 0, 1, 2, 4.
assert abs(result["top5"] - sum(label <= 4 for label in labels) / 300) < 1e-12
loss = math.log(9 + math.e) - labels.count(3) / 300
assert abs(result["loss"] - loss) < 1e-6, (result["loss"], loss)
assert len(result["confusion"]) == 10
for label, row in enumerate(result["confusion"]):
    assert row == [labels.count(label) if predicted == 3 else 0 for predicted in range(10)]
    assert result["classes"][label]["images"] == labels.count(label)
    assert result["classes"][label]["accuracy"] == (1 if label == 3 else 0)
assert result["classes"][9]["name"] == "Ankle boot"
assert result["images_per_second"] > 0
